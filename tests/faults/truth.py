"""What must be true when the story is over, seen from outside and from the database."""

import time
from collections import Counter
from typing import Any

import requests
from sqlalchemy import select

from config.clock import Clock
from config.settings import parse_settings
from lti_tool.db import Database, new_engine
from lti_tool.domain.consent import Channel
from lti_tool.models.course import SubmissionRecord
from lti_tool.models.feedback import FeedbackFormRecord, FeedbackResponseRecord
from lti_tool.models.meetings import MeetingRecord
from lti_tool.models.outbox import PromiseRecord
from tests.servers.stack import Stack

QUIET_PATIENCE_SECONDS = 90
LOOK_AGAIN_SECONDS = 0.5
LIVE = "confirmed"
TIMEOUT = 30


def wait_until_quiet(stack: Stack) -> list[str]:
    """Wait until no promise is due; return those that stay."""
    deadline = time.monotonic() + QUIET_PATIENCE_SECONDS
    while True:
        stuck = _stuck(stack)
        if not stuck or time.monotonic() > deadline:
            return stuck
        time.sleep(LOOK_AGAIN_SECONDS)


def faults(stack: Stack) -> list[str]:
    """Return everything that is not as it should be."""
    found = [*_meetings(stack), *_scores(stack), *_feedback(stack)]
    try:
        stack.tool.command("check")  # dead letters, and the chain of the audit log
    except AssertionError as error:
        found.append(str(error))
    return found


def counts(stack: Stack) -> dict[str, int]:
    """Return figures that tell what the kills have cost."""
    published = {meeting.space_name for meeting in _rows(stack, MeetingRecord)}
    forms = {form.remote_form_id for form in _rows(stack, FeedbackFormRecord)}
    return {
        "orphaned rooms": sum(room["name"] not in published for room in _google(stack, "spaces")),
        "orphaned forms": sum(form["formId"] not in forms for form in _google(stack, "forms")),
        "scores posted": len(_lms(stack, "scores")),
    }


def _meetings(stack: Stack) -> list[str]:
    found = []
    events = [entry["event"] for entry in _google(stack, "events")]
    meetings = _rows(stack, MeetingRecord)
    for meeting in meetings:
        own = [e for e in events if str(e.get("location", "")).endswith(f"/m/{meeting.id}")]
        live = [event for event in own if event["status"] == LIVE]
        if len({event["id"] for event in own}) != 1:
            found.append(f"meeting {meeting.id} has {len(own)} events")
        if len(live) != (meeting.event_status == LIVE):
            found.append(f"meeting {meeting.id}: {meeting.event_status}, {len(live)} live events")
        if meeting.channel == Channel.video and meeting.space_name is None:
            found.append(f"meeting {meeting.id} has no room")
    twice = [
        n
        for n, times in Counter(m.space_name for m in meetings if m.space_name).items()
        if times > 1
    ]
    if twice:
        found.append(f"rooms used for two meetings: {twice}")
    rooms = {room["name"]: room for room in _google(stack, "spaces")}
    uris = {
        room["meetingUri"]
        for name, room in rooms.items()
        if name not in {meeting.space_name for meeting in meetings}
    }
    found += [
        f"an orphaned room was told to guests: {uri}"
        for uri in uris
        if any(uri in str(event) for event in events)
    ]
    return found


def _scores(stack: Stack) -> list[str]:
    accepted = [post for post in _lms(stack, "scores") if post["fault"] is None]
    refused = [post for post in _lms(stack, "scores") if post["fault"] is not None]
    found = [f"the LMS refused a score: {post['fault']}" for post in refused]
    versions = {
        (post["line_item"], post["body"]["userId"], post["body"]["timestamp"]) for post in accepted
    }
    values = {
        (*version, post["body"]["scoreGiven"])
        for version in versions
        for post in accepted
        if version == (post["line_item"], post["body"]["userId"], post["body"]["timestamp"])
    }
    if len(values) != len(versions):
        found.append("one version of a grade was posted with two values")
    graded = [row for row in _rows(stack, SubmissionRecord) if row.points is not None]
    if sum(row.grade_version for row in graded) != len(versions):
        found.append(f"{len(versions)} versions of grades reached the LMS, not one for each")
    found += [
        f"the newest grade of {row.id} is not recorded as posted"
        for row in graded
        if row.posted_grade_version != row.grade_version
    ]
    return found


def _feedback(stack: Stack) -> list[str]:
    found = []
    forms = _rows(stack, FeedbackFormRecord)
    stored = Counter(row.form_id for row in _rows(stack, FeedbackResponseRecord))
    remote = {form["formId"]: form for form in _google(stack, "forms")}
    for form in forms:
        given = remote[form.remote_form_id or ""]["responses"]
        if stored[form.id] != given:
            found.append(f"form {form.id}: {given} responses given, {stored[form.id]} stored")
    known = {form.remote_form_id for form in forms}
    found += [
        f"an orphaned form is published: {form_id}"
        for form_id, form in remote.items()
        if form_id not in known and _is_published(form)
    ]
    return found


def _is_published(form: dict[str, Any]) -> bool:
    state = form.get("publishSettings", {}).get("publishState", {})
    return bool(state.get("isPublished"))


def _stuck(stack: Stack) -> list[str]:
    now = Clock(offset_file=stack.sandbox.clock_offset_file).now()
    return [
        f"promise {row.topic} is not kept: {row.attempts} attempts, {row.error_code}"
        for row in _rows(stack, PromiseRecord)
        if row.dead_at is not None or (row.is_open and (row.due_at <= now or row.error_code))
    ]


def _rows(stack: Stack, kind: type[Any]) -> list[Any]:
    settings = parse_settings(stack.tool.settings)
    engine = new_engine(settings.database_url)
    try:
        with Database(engine, settings.keyring).reading() as session:
            rows = list(session.scalars(select(kind)))
            session.expunge_all()
            return rows
    finally:
        engine.dispose()


def _google(stack: Stack, what: str) -> list[dict[str, Any]]:
    answer = requests.get(f"{stack.sandbox.google_url}/control/{what}", timeout=TIMEOUT)
    rows: list[dict[str, Any]] = answer.json()[what]
    return rows


def _lms(stack: Stack, what: str) -> list[dict[str, Any]]:
    answer = requests.get(f"{stack.sandbox.lms_url}/control/{what}", timeout=TIMEOUT)
    rows: list[dict[str, Any]] = answer.json()
    return rows
