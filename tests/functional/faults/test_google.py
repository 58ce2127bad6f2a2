"""Every request to Google goes wrong once, in every way that it can."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from lti_tool.domain.consent import Channel
from lti_tool.domain.meetings import MeetingStatus
from lti_tool.models.feedback import FeedbackFormRecord
from lti_tool.models.meetings import MeetingRecord
from lti_tool.models.outbox import PromiseRecord
from lti_tool.queries import outbox as outbox_queries
from lti_tool.services import feedback, meetings, outbox
from tests.factories.meetings import TEN, Scene
from tests.servers.google import CHEN

CHAIN = (
    ("calendar", "calendars.insert"),
    ("calendar", "events.insert"),
    ("meet", "spaces.create"),
    ("meet", "spaces.members.list"),
    ("meet", "spaces.members.create"),
    ("meet", "spaces.get"),
    ("forms", "forms.create"),
    ("forms", "forms.batchUpdate"),
    ("forms", "forms.get"),
    ("forms", "forms.setPublishSettings"),
    ("drive", "permissions.create"),
)
PASSES = (
    "drop_after_send",
    "401",
    "403:rateLimitExceeded",
    "403:quotaExceeded",
    "429",
    "500",
    "503",
)
NEEDS_A_PERSON = ("403:forbidden", "404", "409", "410", "412")
ONLY_IN_DOUBT = {"forms.get"}
"""Asked only when it is not known whether the request before it arrived."""
ROUNDS = 80
LATER = TEN + timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A dead letter as a person sees it."""

    topic: str
    code: str | None
    remedy: str | None


def follow(scene: Scene) -> list[Letter]:
    """Let time pass, and a person retry what died, until nothing is open; return what died."""
    letters: list[Letter] = []
    for _ in range(ROUNDS):
        scene.drain()
        letters += retry_dead(scene)
        with scene.database.reading() as session:
            due = session.scalars(
                select(PromiseRecord.due_at).where(
                    PromiseRecord.is_open, PromiseRecord.queue == "google"
                )
            ).all()
        if not due:
            return letters
        scene.clock.at = max(scene.clock.at, min(due)) + timedelta(seconds=1)
    raise AssertionError(f"still open: {scene.open_promises()}")


def retry_dead(scene: Scene) -> list[Letter]:
    organization_id = scene.world.organization_id
    with scene.database.reading() as session:
        dead = [
            each
            for each in outbox_queries.open_promises(session, organization_id)
            if each.state == "dead"
        ]
    with scene.database.transaction() as session:
        for each in dead:
            assert outbox.retry(
                session,
                organization_id=organization_id,
                promise_id=each.promise_id,
                now=scene.clock.now(),
            )
    return [Letter(topic=d.topic, code=d.error_code, remedy=d.error_remedy) for d in dead]


def ended_meeting(scene: Scene) -> UUID:
    meeting_id = scene.open_slot(channel=Channel.in_person, local_start=LATER)
    with scene.database.transaction() as session:
        row = session.get_one(MeetingRecord, (scene.world.organization_id, meeting_id))
        row.status = MeetingStatus.ended
    return meeting_id


def ask(scene: Scene, meeting_id: UUID) -> None:
    with scene.database.transaction() as session:
        feedback.ask(
            session,
            organization_id=scene.world.organization_id,
            meeting_id=meeting_id,
            actor_id=scene.world.teacher_id,
            now=scene.clock.now(),
        )


def published(scene: Scene, before: int) -> list[dict[str, Any]]:
    held = scene.google.control("/forms", verb="GET")["forms"][before:]
    return [form for form in held if form["publishSettings"]["publishState"]["isPublished"]]


def play(scene: Scene, mode: str) -> list[Letter]:
    """Open a slot and ask for feedback while everything goes wrong once; check how it ends."""
    before = len(scene.google.control("/forms", verb="GET")["forms"])
    for service, method in CHAIN:
        scene.google.fault(service, mode, method)
    meeting_id, past = scene.open_slot(), ended_meeting(scene)
    ask(scene, past)
    letters = follow(scene)
    meeting = scene.meeting(meeting_id)
    assert meeting.event_status == "confirmed"
    assert [event["status"] for event in scene.events(meeting_id)] == ["confirmed"]
    assert scene.room(meeting_id)["members"] == [{"email": CHEN, "role": "COHOST"}]
    forms = published(scene, before)
    assert len(forms) == 2
    assert all(len(form["items"]) == 5 for form in forms)
    with scene.database.reading() as session:
        stored = session.scalars(select(FeedbackFormRecord.remote_form_id)).all()
    assert {form["formId"] for form in forms} == set(stored)
    left = {fault["method"] for fault in scene.google.control("/faults", verb="GET")["faults"]}
    assert left <= ONLY_IN_DOUBT
    return letters


@pytest.mark.parametrize("mode", PASSES)
def test_what_passes_by_itself_needs_nobody(scene: Scene, mode: str) -> None:
    assert play(scene, mode) == []


@pytest.mark.parametrize("mode", NEEDS_A_PERSON)
def test_what_cannot_pass_is_shown_with_a_remedy_and_ends_well_when_it_is_retried(
    scene: Scene, mode: str
) -> None:
    letters = play(scene, mode)
    assert letters
    assert all(letter.code and letter.remedy for letter in letters)


@pytest.mark.parametrize("mode", ["drop_after_send", "401", "403:quotaExceeded", "429", "503"])
def test_a_cancellation_reaches_the_calendar_in_the_end(scene: Scene, mode: str) -> None:
    meeting_id = scene.open_slot()
    follow(scene)
    scene.google.fault("calendar", mode, "events.delete", times=2)
    with scene.database.transaction() as session:
        meetings.cancel(
            session,
            organization_id=scene.world.organization_id,
            meeting_id=meeting_id,
            actor_id=scene.world.teacher_id,
            now=scene.clock.now(),
        )
    assert follow(scene) == []
    assert scene.meeting(meeting_id).event_status == "cancelled"
    assert [event["status"] for event in scene.events(meeting_id)] == ["cancelled"]


def test_a_credential_that_was_taken_back_keeps_the_queue_until_it_is_mended(scene: Scene) -> None:
    scene.google.fault("token", "invalid_grant", times=30)
    meeting_id = scene.open_slot()
    for _ in range(outbox.ATTEMPTS_BEFORE_DEAD + 3):
        scene.drain()
        scene.clock.at += outbox.LONGEST_BACKOFF
    assert retry_dead(scene) == []
    scene.google.control("/faults", verb="DELETE")
    scene.clock.at += outbox.LONGEST_BACKOFF * 2
    assert follow(scene) == []
    assert scene.meeting(meeting_id).event_status == "confirmed"
