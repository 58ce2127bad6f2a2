"""The words and dates of the frame, without a browser."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from lti_tool.domain.presence import Basis
from lti_tool.domain.supervision import Verdict
from lti_tool.web import formats, notices
from tests.e2e.frame_site import example_minutes

NEW_YORK = "America/New_York"


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        (datetime(2026, 11, 24, 15, 42, tzinfo=UTC), "Tue, Nov 24, 2026, 10:42 AM"),
        (datetime(2026, 7, 2, 3, 5, tzinfo=UTC), "Wed, Jul 1, 2026, 11:05 PM"),
        (datetime(2026, 7, 1, 16, 0, tzinfo=UTC), "Wed, Jul 1, 2026, 12:00 PM"),
        (datetime(2026, 1, 5, 5, 0, tzinfo=UTC), "Mon, Jan 5, 2026, 12:00 AM"),
    ],
)
def test_an_instant_is_written_in_the_zone_of_the_school(instant: datetime, text: str) -> None:
    assert formats.local_time(instant, NEW_YORK) == text


def test_a_plain_day_is_not_moved_by_a_zone() -> None:
    assert formats.local_date(date(2026, 11, 24), NEW_YORK) == "Tue, Nov 24, 2026"


def test_equal_minutes_in_a_row_are_one_line_of_the_table() -> None:
    runs = formats.minute_runs(example_minutes(), NEW_YORK)
    assert [run[2] for run in runs] == ["3", "22", "4", "1", "15"]
    assert runs[1] == ("10:45 AM", "11:06 AM", "22", "Supervised", "Measured by Meet")
    assert runs[3][3:] == ("No staff present", "—")


def test_supervised_minutes_that_the_rules_leave_out_are_said_to_be_so() -> None:
    minute = next(m for m in example_minutes() if m.verdict is Verdict.supervised)
    left_out = replace(minute, basis=Basis.corrected, counts=False)
    ((_, _, _, proven, basis),) = formats.minute_runs([left_out], NEW_YORK)
    assert proven == "Supervised, but not counted by the rules of your school"
    assert basis == "Corrected afterwards"


def test_a_summary_says_what_is_not_proven_too() -> None:
    text = formats.minute_summary(example_minutes())
    assert text == "37 of 45 minutes count. 4 not clear. 1 without staff."


def test_every_verdict_and_every_basis_has_words() -> None:
    assert set(formats.VERDICTS) == set(Verdict)
    assert set(formats.BASES) == set(Basis)


def test_an_unknown_code_says_nothing() -> None:
    assert notices.said("<b>hello</b>") is None
    assert notices.said("") is None


def test_no_notice_uses_a_word_that_hurts() -> None:
    texts = " ".join(notice.text.lower() for notice in notices.NOTICES.values())
    assert not any(word in texts for word in ("suspended", "flagged", "rejected", "session"))
