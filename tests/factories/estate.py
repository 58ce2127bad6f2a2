"""One row of every kind in a school, so that nothing can be left out of a look at all of them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import Base
from lti_tool.models.audit import AuditSealRecord
from lti_tool.models.course import (
    ActivityRecord,
    ResourceLinkRecord,
    SubmissionRecord,
    SubmissionTextRecord,
)
from lti_tool.models.feedback import FeedbackFormRecord, FeedbackResponseRecord
from lti_tool.models.google import GoogleCalendarRecord, GoogleConnectionRecord
from lti_tool.models.meetings import (
    CallRecord,
    LedgerMinuteRecord,
    LinkShowingRecord,
    MeetingPersonRecord,
    MeetingRecord,
    ParticipantRecord,
    PresenceRecord,
)
from lti_tool.models.messages import MailRecord, NoticeRecord
from lti_tool.models.outbox import PromiseRecord
from lti_tool.models.pairings import ObjectiveCheckInRecord, ObjectiveRecord
from lti_tool.models.people import SignInRecord, SignInRequestRecord
from lti_tool.models.sealed import seal
from lti_tool.services import audit
from tests.factories.world import ZONE, World, cookie_token

OBJECTIVE = "Compare two careers in the harbor."
REFLECTION = "I learned that engineers write more than they draw."
ANSWER = "It went well."
COMMENT = "Thoughtful."
JOINER = "Somebody at the door"


@dataclass(frozen=True, slots=True, kw_only=True)
class Estate:
    """Ids of the rows that a school holds beyond its people and its pairing."""

    objective_id: UUID
    activity_id: UUID
    resource_link_id: UUID
    submission_id: UUID
    meeting_id: UUID
    participant_id: UUID
    presence_id: UUID
    feedback_form_id: UUID
    feedback_response_id: UUID
    notice_id: UUID
    promise_id: UUID
    sign_in_request_id: UUID
    sign_in_id: UUID
    """The mentor's session outside the LMS."""


def make_estate(session: Session, world: World, *, now: datetime) -> Estate:
    """Write one row of every kind that `make_world` leaves out."""
    ids = {field.name: uuid4() for field in fields(Estate)}
    cookie_token(session, world, world.mentor_id, now=now)
    ids["sign_in_id"] = session.scalars(
        select(SignInRecord.id).where(SignInRecord.person_id == world.mentor_id)
    ).one()
    estate = Estate(**ids)
    for rows in (
        _work(session, world, estate, now),
        _meeting(session, world, estate, now),
        _presence(session, world, estate, now),
        _feedback(session, world, estate, now),
        _messages(world, estate, now),
        _connections(session, world, now),
    ):
        for row in rows:
            session.add(row)
            session.flush()
    audit.write(
        session,
        organization_id=world.organization_id,
        actor_id=world.teacher_id,
        action="look",
        subject_kind="person",
        subject_id=world.student_id,
        now=now,
        payload={"name": "Maya Torres"},
    )
    return estate


def _work(session: Session, world: World, estate: Estate, now: datetime) -> Iterable[Base]:
    organization_id, text_id = world.organization_id, uuid4()
    yield ObjectiveRecord(
        organization_id=organization_id,
        id=estate.objective_id,
        pairing_id=world.pairing_id,
        text=OBJECTIVE,
        created_by=world.teacher_id,
        created_at=now,
    )
    yield ActivityRecord(
        organization_id=organization_id,
        id=estate.activity_id,
        course_id=world.course_id,
        kind="objective-check-in",
        title="After the first meeting",
        instructions="Say how far you have come.",
        points=10,
        created_by=world.teacher_id,
        created_at=now,
    )
    yield ResourceLinkRecord(
        organization_id=organization_id,
        id=estate.resource_link_id,
        course_id=world.course_id,
        deployment_id=world.deployment_id,
        lti_resource_link_id="link-1",
        first_seen_at=now,
        activity_id=estate.activity_id,
        line_item_url="https://canvas.example/line_items/1",
    )
    yield SubmissionRecord(
        organization_id=organization_id,
        id=estate.submission_id,
        activity_id=estate.activity_id,
        person_id=world.student_id,
        resource_link_id=estate.resource_link_id,
        status="submitted",
        started_at=now,
        changed_at=now,
        version=1,
        submitted_at=now,
        submitted_version=1,
        comment_sealed=seal(
            session, "submissions", organization_id, estate.submission_id, "comment_sealed", COMMENT
        ),
    )
    yield SubmissionTextRecord(
        organization_id=organization_id,
        id=text_id,
        submission_id=estate.submission_id,
        version=1,
        saved_at=now,
        text_sealed=seal(
            session, "submission_texts", organization_id, text_id, "text_sealed", REFLECTION
        ),
        progress={str(estate.objective_id): "halfway"},
    )
    yield ObjectiveCheckInRecord(
        organization_id=organization_id,
        id=uuid4(),
        objective_id=estate.objective_id,
        submission_id=estate.submission_id,
        progress="halfway",
        recorded_at=now,
    )


def _meeting(session: Session, world: World, estate: Estate, now: datetime) -> Iterable[Base]:
    starts_at = now + timedelta(days=1)
    yield MeetingRecord(
        organization_id=world.organization_id,
        id=estate.meeting_id,
        pairing_id=world.pairing_id,
        request_id=uuid4(),
        title="Mentoring meeting",
        channel="video",
        place="school",
        local_start=starts_at.replace(tzinfo=None).isoformat(timespec="minutes"),
        time_zone=ZONE,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=30),
        supervisor_id=world.rivera_id,
        backup_id=world.chen_id,
        status="scheduled",
        created_by=world.teacher_id,
        created_at=now,
        meeting_url_sealed=seal(
            session,
            "meetings",
            world.organization_id,
            estate.meeting_id,
            "meeting_url_sealed",
            "https://meet.example/abc",
        ),
    )
    for person_id, side in ((world.mentor_id, "mentor"), (world.student_id, "mentee")):
        yield MeetingPersonRecord(
            organization_id=world.organization_id,
            id=uuid4(),
            meeting_id=estate.meeting_id,
            person_id=person_id,
            side=side,
        )
    yield LinkShowingRecord(
        organization_id=world.organization_id,
        id=uuid4(),
        meeting_id=estate.meeting_id,
        person_id=world.student_id,
        shown_at=now,
    )


def _presence(session: Session, world: World, estate: Estate, now: datetime) -> Iterable[Base]:
    organization_id, call_id = world.organization_id, uuid4()
    yield CallRecord(
        organization_id=organization_id,
        id=call_id,
        meeting_id=estate.meeting_id,
        remote_name=f"conferenceRecords/{call_id}",
        started_at=now,
    )
    yield ParticipantRecord(
        organization_id=organization_id,
        id=estate.participant_id,
        meeting_id=estate.meeting_id,
        call_id=call_id,
        remote_name=f"conferenceRecords/{call_id}/participants/1",
        identity_kind="anonymous",
        google_user=None,
        display_name_sealed=seal(
            session,
            "participants",
            organization_id,
            estate.participant_id,
            "display_name_sealed",
            JOINER,
        ),
    )
    yield PresenceRecord(
        organization_id=organization_id,
        id=estate.presence_id,
        meeting_id=estate.meeting_id,
        basis="corrected",
        joined_at=now,
        left_at=now + timedelta(minutes=10),
        person_id=world.student_id,
        recorded_by=world.rivera_id,
        recorded_at=now,
        reason="The call list was late.",
    )
    yield PresenceRecord(
        organization_id=organization_id,
        id=uuid4(),
        meeting_id=estate.meeting_id,
        basis="measured",
        joined_at=now,
        left_at=now + timedelta(minutes=10),
        remote_name=f"conferenceRecords/{call_id}/participants/1/participantSessions/1",
        participant_id=estate.participant_id,
    )
    yield LedgerMinuteRecord(
        organization_id=organization_id,
        meeting_id=estate.meeting_id,
        at=now,
        verdict="indeterminate",
        basis=None,
        counts=False,
    )


def _feedback(session: Session, world: World, estate: Estate, now: datetime) -> Iterable[Base]:
    organization_id = world.organization_id
    yield FeedbackFormRecord(
        organization_id=organization_id,
        id=estate.feedback_form_id,
        meeting_id=estate.meeting_id,
        audience="mentee",
        owner_id=world.rivera_id,
        requested_at=now,
    )
    yield FeedbackResponseRecord(
        organization_id=organization_id,
        id=estate.feedback_response_id,
        form_id=estate.feedback_form_id,
        remote_response_id="response-1",
        submitted_at=now,
        collected_at=now,
        answers_sealed=seal(
            session,
            "feedback_responses",
            organization_id,
            estate.feedback_response_id,
            "answers_sealed",
            json.dumps({"how": ANSWER}),
        ),
        person_id=world.student_id,
    )


def _messages(world: World, estate: Estate, now: datetime) -> Iterable[Base]:
    organization_id = world.organization_id
    yield NoticeRecord(
        organization_id=organization_id,
        id=estate.notice_id,
        school_id=world.school_id,
        code="mentor_on_hold",
        subject_kind="person",
        subject_id=world.mentor_id,
        raised_at=now,
    )
    yield SignInRequestRecord(
        organization_id=organization_id,
        id=estate.sign_in_request_id,
        person_id=world.mentor_id,
        requested_at=now,
        expires_at=now + timedelta(minutes=10),
        browser_digest=b"browser",
    )
    yield MailRecord(
        organization_id=organization_id,
        id=uuid4(),
        person_id=world.mentor_id,
        template="sign_in",
        subject_id=estate.sign_in_request_id,
        wanted_at=now,
    )
    yield PromiseRecord(
        organization_id=organization_id,
        id=estate.promise_id,
        queue="google",
        topic="meeting.room",
        key=str(estate.meeting_id),
        wanted_version=1,
        due_at=now,
        promised_at=now,
    )


def _connections(session: Session, world: World, now: datetime) -> Iterable[Base]:
    organization_id = world.organization_id
    if session.get(GoogleConnectionRecord, (organization_id, organization_id)) is None:
        yield GoogleConnectionRecord(
            organization_id=organization_id,
            id=organization_id,
            domain="harbor.example",
            service_account_sealed=b"sealed",
            connected_at=now,
        )
        yield AuditSealRecord(
            organization_id=organization_id,
            id=uuid4(),
            sequence=1,
            link=bytes(32),
            sealed_at=now,
            seal=b"seal",
        )
    yield GoogleCalendarRecord(
        organization_id=organization_id,
        id=world.rivera_id,
        calendar_id="calendar-1",
        created_at=now,
    )
