"""Scores, as both products take, ignore or refuse them."""

from datetime import UTC, datetime, timedelta

import pytest

from integrations.lms.gradebook import CANVAS_SUBMISSION, LmsGradebook
from lti_tool.ports.errors import (
    GatewayError,
    NotAuthorizedError,
    NotFoundError,
    QuotaExceededError,
    RefusedError,
    UnavailableError,
)
from lti_tool.ports.lms import Platform, Score
from tests.contract.lms.platform import COURSE, Json, Lms

AT = datetime(2026, 10, 1, 14, 0, 0, 123456, tzinfo=UTC)
ITEM_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"
ITEM_TYPE = "application/vnd.ims.lis.v2.lineitem+json"


def _line_item(lms: Lms, platform: Platform) -> str:
    answer = lms.connector().post(
        platform,
        lms.line_items_url(platform),
        scopes=(ITEM_SCOPE,),
        content_type=ITEM_TYPE,
        body=b'{"label": "Reflection", "scoreMaximum": 10}',
    )
    assert answer.status in {200, 201}, answer.body
    return str(answer.json()["id"])


def _score(lms: Lms, platform: Platform, **changed: object) -> Score:
    values: Json = {
        "subject": lms.subject(platform, "maya"),
        "given": 8.5,
        "maximum": 10.0,
        "comment": None,
        "at": AT,
        **changed,
    }
    return Score(**values)


def _grade(lms: Lms, platform: Platform, line_item: str) -> Json | None:
    book = lms.control("GET", f"/courses/{COURSE}/gradebook?client_id={platform.client_id}")
    maya = next(row for row in book["students"] if row["user"] == "maya")
    grades: Json = maya["scores"]
    return grades.get(line_item.rsplit("/", 1)[-1])


def test_69_a_score_reaches_the_gradebook(lms: Lms, platform: Platform) -> None:
    item = _line_item(lms, platform)
    LmsGradebook(lms.connector()).post_score(platform, item, _score(lms, platform))
    grade = _grade(lms, platform, item)
    assert grade is not None
    assert grade["score"] == 8.5


def test_69_zero_and_a_comment_are_sent_as_they_are(lms: Lms, platform: Platform) -> None:
    item = _line_item(lms, platform)
    score = _score(lms, platform, given=0.0, comment="Please add what you saw.")
    LmsGradebook(lms.connector()).post_score(platform, item, score)
    sent = lms.posted(platform)[-1]["body"]
    assert sent["scoreGiven"] == 0
    assert sent["comment"] == "Please add what you saw."


def test_canvas_is_told_that_a_grade_is_no_new_attempt(lms: Lms, canvas: Platform) -> None:
    item = _line_item(lms, canvas)
    LmsGradebook(lms.connector()).post_score(canvas, item, _score(lms, canvas))
    assert lms.posted(canvas)[-1]["body"][CANVAS_SUBMISSION] == {"new_submission": False}


def test_69_a_newer_score_that_is_there_already_counts_as_success(
    lms: Lms, platform: Platform
) -> None:
    item, book = _line_item(lms, platform), LmsGradebook(lms.connector())
    book.post_score(platform, item, _score(lms, platform))
    older = _score(lms, platform, given=1.0, at=AT - timedelta(seconds=1))
    book.post_score(platform, item, older)
    grade = _grade(lms, platform, item)
    assert grade is not None
    assert grade["score"] == 8.5


def test_69_the_same_score_twice_leaves_one(lms: Lms, platform: Platform) -> None:
    item, book = _line_item(lms, platform), LmsGradebook(lms.connector())
    for _ in range(2):
        book.post_score(platform, item, _score(lms, platform))
    grade = _grade(lms, platform, item)
    assert grade is not None
    assert grade["score"] == 8.5


def test_69_a_timeout_after_the_commit_is_mended_by_posting_again(
    lms: Lms, platform: Platform
) -> None:
    item, book = _line_item(lms, platform), LmsGradebook(lms.connector())
    lms.break_next("scores", "drop-after")
    with pytest.raises(UnavailableError):
        book.post_score(platform, item, _score(lms, platform))
    book.post_score(platform, item, _score(lms, platform))
    assert _grade(lms, platform, item) is not None


def test_69_a_person_who_is_no_student_is_refused_with_a_remedy(
    lms: Lms, platform: Platform
) -> None:
    item = _line_item(lms, platform)
    score = _score(lms, platform, subject=lms.subject(platform, "rivera"))
    with pytest.raises(RefusedError, match="not an active student"):
        LmsGradebook(lms.connector()).post_score(platform, item, score)


def test_a_column_that_is_gone_is_not_found(lms: Lms, platform: Platform) -> None:
    gone = f"{lms.line_items_url(platform)}/0"
    with pytest.raises(NotFoundError):
        LmsGradebook(lms.connector()).post_score(platform, gone, _score(lms, platform))


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("500", UnavailableError),
        ("401", NotAuthorizedError),
        ("403-rate", QuotaExceededError),
        ("429", QuotaExceededError),
        ("redirect", RefusedError),
    ],
)
def test_69_each_fault_is_told_apart(
    lms: Lms, platform: Platform, mode: str, expected: type[GatewayError]
) -> None:
    item, book = _line_item(lms, platform), LmsGradebook(lms.connector())
    lms.break_next("scores", mode)
    with pytest.raises(expected):
        book.post_score(platform, item, _score(lms, platform))
    book.post_score(platform, item, _score(lms, platform))
