"""Scores and results: every post is kept, and only a sound one moves a grade."""

import uuid
from datetime import datetime, timedelta
from typing import Any, Final

from flask import Blueprint, Response, jsonify, make_response, request

from sandbox import clock
from sandbox.lms import bearer, grades, paging, people
from sandbox.lms.platform import Lms, current
from sandbox.lms.profiles import PROFILES, ROUTE, Profile
from sandbox.lms.refusals import ServiceRefusalError
from sandbox.lms.vocabulary import RESULTS_TYPE, SCOPE_RESULT, SCOPE_SCORE, SCORE_TYPE
from sandbox.store import Document

blueprint = Blueprint("scores", __name__)

_FIELDS: Final = frozenset(
    {
        "userId",
        "scoringUserId",
        "scoreGiven",
        "scoreMaximum",
        "comment",
        "timestamp",
        "activityProgress",
        "gradingProgress",
        "submission",
    }
)
_ACTIVITY: Final = frozenset({"Initialized", "Started", "InProgress", "Submitted", "Completed"})
_GRADING: Final = frozenset({"FullyGraded", "Pending", "PendingManual", "Failed", "NotReady"})
_SUBMISSION: Final = "https://canvas.instructure.com/lti/submission"
_SUBMISSION_TYPES: Final = frozenset(
    {
        "none",
        "basic_lti_launch",
        "online_text_entry",
        "external_tool",
        "online_upload",
        "online_url",
    }
)
_AHEAD: Final = timedelta(minutes=1)


@blueprint.post(f"/{ROUTE}/line-items/<context>/<item>/scores")
def post_score(profile: str, context: str, item: str) -> Response:
    """Judge one score, keep a record of it in any case, and store what it changes."""
    lms = current()
    registration = bearer.caller(lms, profile, any_of=(SCOPE_SCORE,))
    body = bearer.content_type(SCORE_TYPE)
    course = bearer.context(lms, profile, context)
    found = grades.own_item(lms, registration, course, item)
    record = {"client_id": registration["client_id"], "line_item": found["id"], "body": body}
    with lms.store.atomic():
        try:
            user = _store_score(lms, PROFILES[profile], course, found, body)
        except ServiceRefusalError as refusal:
            _keep(lms, {**record, "status": refusal.status, "fault": refusal.fault})
            raise
        _keep(lms, {**record, "user": user, "status": 200, "fault": None})
    if profile == "schoology":
        return make_response("", 204)
    address = grades.address(lms, found, course, profile)
    return jsonify(resultUrl=f"{address}/results/{body['userId']}")


@blueprint.get(f"/{ROUTE}/line-items/<context>/<item>/results")
def results(profile: str, context: str, item: str) -> Response:
    """Answer the current grades of one column."""
    lms = current()
    registration = bearer.caller(lms, profile, any_of=(SCOPE_RESULT,))
    bearer.accept(RESULTS_TYPE)
    course = bearer.context(lms, profile, context)
    found = grades.own_item(lms, registration, course, item)
    address = grades.address(lms, found, course, profile)
    asked = request.args.get("user_id")
    every = [
        _shown(address, profile, found, who, result)
        for user in people.students(course)
        if (result := stored(lms, found["id"], user)) and (who := people.person(lms, user))
    ]
    chosen = [result for result in every if asked in {None, result["userId"]}]
    most = PROFILES[profile].list_limit
    page = paging.cut(lms, chosen, most=max(most, 50), usual=most)
    response = jsonify(page.entries)
    response.mimetype = RESULTS_TYPE
    if page.link:
        response.headers["Link"] = page.link
    return response


def stored(lms: Lms, item: str, user: str) -> Document | None:
    """Return what the gradebook holds for one person in one column."""
    return lms.store.get("result", f"{item}/{user}")


def history(lms: Lms) -> list[Document]:
    """Return every score that was posted, refused ones too, oldest first."""
    return list(lms.store.all("score_post").values())


def _keep(lms: Lms, record: Document) -> None:
    at = clock.real_now().isoformat()
    lms.store.put("score_post", uuid.uuid4().hex, {**record, "at": at})


def _store_score(
    lms: Lms, profile: Profile, course: Document, item: Document, body: Document
) -> str:
    moment = _check(profile, body)
    who = people.by_subject(lms, profile.name, body["userId"])
    if who is None or not people.active_student(course, who["user"], item["section"]):
        raise ServiceRefusalError(422, "User not found in course or is not a student")
    before = stored(lms, item["id"], who["user"]) or {
        "score": None,
        "maximum": None,
        "comments": [],
        "submission": None,
    }
    if "timestamp" in before and moment < datetime.fromisoformat(before["timestamp"]):
        raise ServiceRefusalError(
            profile.stale_score_status, "timestamp is earlier than that of the stored result"
        )
    after = {
        **before,
        **_grade(profile, item, body, before),
        "timestamp": moment.isoformat(),
        "activityProgress": body["activityProgress"],
        "gradingProgress": body["gradingProgress"],
        "comments": _comments(profile, body, before["comments"]),
        "submission": _submission(body) or before["submission"],
    }
    lms.store.put("result", f"{item['id']}/{who['user']}", after)
    return str(who["user"])


def _check(profile: Profile, body: Document) -> datetime:
    """Refuse a score that breaks the standard, and return its time."""
    unknown = [name for name in body if name not in _FIELDS and "://" not in name]
    if unknown:
        raise ServiceRefusalError(400, f"unknown fields: {sorted(unknown)}")
    if not isinstance(body.get("userId"), str) or not body["userId"]:
        raise ServiceRefusalError(400, "userId is missing")
    if body.get("activityProgress") not in _ACTIVITY:
        raise ServiceRefusalError(400, f"activityProgress must be one of {sorted(_ACTIVITY)}")
    if body.get("gradingProgress") not in _GRADING:
        raise ServiceRefusalError(400, f"gradingProgress must be one of {sorted(_GRADING)}")
    if not isinstance(body.get("comment", ""), str):
        raise ServiceRefusalError(400, "comment must be text")
    for name in ("submission", _SUBMISSION):
        if not isinstance(body.get(name, {}), dict):
            raise ServiceRefusalError(400, f"{name} must be an object")
    _check_numbers(body)
    moment = _moment(body.get("timestamp"), "timestamp", sub_seconds=True)
    if profile.name == "canvas":
        _check_submission(body)
    return moment


def _check_numbers(body: Document) -> None:
    given, maximum = body.get("scoreGiven"), body.get("scoreMaximum")
    for name, value in (("scoreGiven", given), ("scoreMaximum", maximum)):
        if value is not None and not _is_number(value):
            raise ServiceRefusalError(422, f"{name} must be a number")
    if given is None:
        return
    if maximum is None or maximum <= 0:
        raise ServiceRefusalError(422, "scoreMaximum must accompany scoreGiven and be above 0")
    if given < 0:
        raise ServiceRefusalError(422, "scoreGiven must not be below 0")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _moment(text: Any, name: str, *, sub_seconds: bool = False) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise ServiceRefusalError(400, f"{name} is not an ISO 8601 time") from error
    if moment.tzinfo is None:
        raise ServiceRefusalError(400, f"{name} has no time zone")
    if sub_seconds and "." not in text:
        raise ServiceRefusalError(400, f"{name} needs sub-second precision")
    return moment


def _check_submission(body: Document) -> None:
    extension = body.get(_SUBMISSION, {})
    if extension.get("submission_type", "none") not in _SUBMISSION_TYPES:
        raise ServiceRefusalError(400, "submission_type is unknown")
    at = extension.get("submitted_at") or body.get("submission", {}).get("submittedAt")
    if at is not None and _moment(at, "submitted_at") > clock.now() + _AHEAD:
        raise ServiceRefusalError(400, "submitted_at lies in the future")


def _grade(profile: Profile, item: Document, body: Document, before: Document) -> Document:
    """Return the grade after this post: counted, left alone, or (on Canvas) wiped."""
    given = body.get("scoreGiven")
    if given is not None and body["gradingProgress"] in profile.counted_grading:
        score = given / body["scoreMaximum"] * item["scoreMaximum"]
        return {"score": round(score, 4), "maximum": item["scoreMaximum"]}
    keep = body.get(_SUBMISSION, {}).get("preserve_score") is True
    if profile.uncounted_score_clears and not keep:
        return {"score": None, "maximum": None}
    return {"score": before["score"], "maximum": before["maximum"]}


def _comments(profile: Profile, body: Document, before: list[str]) -> list[str]:
    comment = body.get("comment")
    if not comment:
        return before
    return [*before, comment] if profile.comments_pile_up else [comment]


def _submission(body: Document) -> Document | None:
    extension = body.get(_SUBMISSION)
    return {**extension, "at": body["timestamp"]} if extension else None


def _shown(address: str, profile: str, item: Document, who: Document, result: Document) -> Document:
    sub = people.subject(profile, who)
    shown: Document = {"id": f"{address}/results/{sub}", "scoreOf": address, "userId": sub}
    if result["score"] is not None:
        shown |= {"resultScore": result["score"], "resultMaximum": item["scoreMaximum"]}
    if result["comments"]:
        shown["comment"] = result["comments"][-1]
    return shown
