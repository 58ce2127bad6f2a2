"""The calendar event of a meeting: exactly one per generation, in its host's own calendar.

The id is ours: a hash of meeting and generation. Inserting it twice is a conflict that we read,
compare and adopt. A meeting that is canceled or on hold has no event; when it comes back, it has
one of the next generation.
"""

import base64
import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.domain.consent import Channel
from lti_tool.domain.meetings import MeetingStatus
from lti_tool.models.google import GoogleCalendarRecord
from lti_tool.models.meetings import MeetingPersonRecord, MeetingRecord
from lti_tool.models.people import OrganizationRecord
from lti_tool.ports.google import Account, CalendarEvent, RemoteEvent
from lti_tool.queries.pairings import MENTOR
from lti_tool.services import audit, google, messages, outbox
from lti_tool.services.mail_texts import Template
from lti_tool.services.outbox import Claim, Topic

CALENDAR = Topic(name="meeting.calendar", queue="google")
EVENT = Topic(name="meeting.event", queue="google")

TITLE = "Career Mentoring"
"""Neutral: names nobody, and says nothing of what it is about."""
WITHOUT_EVENT = frozenset({MeetingStatus.cancelled, MeetingStatus.on_hold})


class EventState(StrEnum):
    """What we know of the event at Google."""

    inserting = "inserting"
    conflict = "conflict"
    confirmed = "confirmed"
    cancelled = "cancelled"


class Step(StrEnum):
    """The one request to make next."""

    insert = "insert"
    read = "read"
    update = "update"
    cancel = "cancel"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarWork:
    """The calendar to create."""

    account: Account
    time_zone: str
    title: str = TITLE


@dataclass(frozen=True, slots=True, kw_only=True)
class EventWork:
    """The next request about an event."""

    step: Step
    account: Account
    calendar_id: str
    event: CalendarEvent
    """Its location is a path here; the tool's own address is put before it when it is sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Google has something under our id already."""


def calendar_to_do(session: Session, claim: Claim, _now: datetime) -> CalendarWork | None:
    """Say in whose account a calendar is to be created; the key is the host's person id."""
    if session.get(GoogleCalendarRecord, (claim.organization_id, claim.key)) is not None:
        return None
    meeting = session.scalars(
        select(MeetingRecord).where(
            MeetingRecord.organization_id == claim.organization_id,
            MeetingRecord.host_id == claim.key,
        )
    ).first()
    account = google.host_account(session, meeting) if meeting else None
    if account is None:
        return None
    zone = session.get_one(OrganizationRecord, claim.organization_id).time_zone
    return CalendarWork(account=account, time_zone=zone)


def calendar_done(
    session: Session, claim: Claim, _work: CalendarWork, calendar_id: str, now: datetime
) -> None:
    """Keep the calendar and go on with the events that waited for it.

    Events' promises are locked before the calendar's own, which is kept at the end.
    """
    if session.get(GoogleCalendarRecord, (claim.organization_id, claim.key)) is None:
        session.add(
            GoogleCalendarRecord(
                organization_id=claim.organization_id,
                id=claim.key,
                calendar_id=calendar_id,
                created_at=now,
            )
        )
    for meeting_id in session.scalars(
        select(MeetingRecord.id)
        .where(
            MeetingRecord.organization_id == claim.organization_id,
            MeetingRecord.host_id == claim.key,
            MeetingRecord.event_status.is_(None),
            MeetingRecord.ends_at > now,
        )
        .order_by(MeetingRecord.id)
    ):
        outbox.promise(
            session, EVENT, organization_id=claim.organization_id, key=meeting_id, now=now
        )


def event_to_do(session: Session, claim: Claim, now: datetime) -> EventWork | None:
    """Compare what should be with what Google is known to hold; name the next request."""
    meeting = session.get(MeetingRecord, (claim.organization_id, claim.key), with_for_update=True)
    if meeting is None or meeting.host_id is None:
        return None
    event = _event(session, meeting)
    step = _next_step(meeting, event)
    if step is None:
        return None
    account = google.host_account(session, meeting)
    if account is None:
        return None
    calendar = session.get(GoogleCalendarRecord, (claim.organization_id, meeting.host_id))
    if calendar is None:
        outbox.hold(session, claim)  # event before calendar, as in `calendar_done`
        outbox.promise(
            session,
            CALENDAR,
            organization_id=claim.organization_id,
            key=meeting.host_id,
            now=now,
        )
        return None
    if step is Step.insert:
        # Noted before the request: should its answer be lost, a cancellation still knows the id.
        meeting.event_id, meeting.event_status = event.event_id, EventState.inserting
    elif step is Step.cancel and meeting.event_id is not None:
        event = replace(event, event_id=meeting.event_id)
    return EventWork(step=step, account=account, calendar_id=calendar.calendar_id, event=event)


def event_done(
    session: Session,
    claim: Claim,
    work: EventWork,
    answer: RemoteEvent | Taken | None,
    now: datetime,
) -> None:
    """Note what Google holds now, and go on when it is not yet what should be."""
    meeting = session.get_one(MeetingRecord, (claim.organization_id, claim.key))
    if meeting.event_id != work.event.event_id:
        outbox.promise(
            session, EVENT, organization_id=claim.organization_id, key=claim.key, now=now
        )
        return
    meeting.event_status, meeting.event_digest = _known(work, answer)
    if meeting.event_status == EventState.confirmed and work.step is not Step.update:
        # Inserted, or read back because an answer was lost: either way the first we know of it.
        _note(session, claim, "event-created", now)
        if is_wanted(meeting):
            _tell_mentors(session, meeting, now)
    if meeting.event_status == EventState.cancelled:
        _note(session, claim, "event-canceled", now)
        if work.step is not Step.cancel and is_wanted(meeting):
            next_generation(meeting)  # somebody deleted it at Google; a deleted id stays taken
    if _next_step(meeting, work.event) is not None:
        outbox.promise(
            session, EVENT, organization_id=claim.organization_id, key=claim.key, now=now
        )


def event_id_of(meeting_id: UUID, generation: int) -> str:
    """Return the Google id of an event: deterministic, in base32hex as Google asks."""
    digest = hashlib.sha256(f"{meeting_id}|{generation}".encode()).digest()
    return base64.b32hexencode(digest).decode().rstrip("=").lower()


def next_generation(meeting: MeetingRecord) -> None:
    """Have the event made anew after a hold; the old one, if any, is canceled first."""
    meeting.generation += 1


def is_wanted(meeting: MeetingRecord) -> bool:
    """Tell whether the meeting should have an event now."""
    if meeting.status in WITHOUT_EVENT:
        return False
    return meeting.channel != Channel.video or meeting.room_verified_at is not None


def _next_step(meeting: MeetingRecord, event: CalendarEvent) -> Step | None:
    state = meeting.event_status
    is_old = meeting.event_id is not None and meeting.event_id != event_id_of(
        meeting.id, meeting.generation
    )
    exists = state is not None and state != EventState.cancelled
    if exists and (is_old or meeting.status in WITHOUT_EVENT):
        return Step.cancel
    if not is_wanted(meeting):
        return None
    if meeting.event_id is None or is_old:
        return Step.insert
    if state == EventState.confirmed:
        return None if meeting.event_digest == event.digest else Step.update
    if state == EventState.cancelled:
        return None
    return Step.read if state == EventState.conflict else Step.insert


def _known(work: EventWork, answer: RemoteEvent | Taken | None) -> tuple[EventState, str | None]:
    if work.step is Step.cancel:
        return EventState.cancelled, None
    if isinstance(answer, Taken):
        return EventState.conflict, None
    if answer is None:
        return EventState.inserting, None
    if answer.status == EventState.cancelled:
        return EventState.cancelled, None
    return EventState.confirmed, answer.digest


def _event(session: Session, meeting: MeetingRecord) -> CalendarEvent:
    guests = tuple(sorted(google.staff_addresses(session, meeting).values()))
    location = f"/m/{meeting.id}"  # completed with the tool's address when it is sent
    content = [
        meeting.title,
        location,
        meeting.starts_at.isoformat(),
        meeting.ends_at.isoformat(),
        meeting.time_zone,
        *guests,
    ]
    return CalendarEvent(
        event_id=event_id_of(meeting.id, meeting.generation),
        title=meeting.title,
        location=location,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        time_zone=meeting.time_zone,
        guests=guests,
        digest=hashlib.sha256(json.dumps(content).encode()).hexdigest(),
    )


def _tell_mentors(session: Session, meeting: MeetingRecord, now: datetime) -> None:
    """Mail the mentors that the meeting stands; one who is on hold was told so instead."""
    for person_id in session.scalars(
        select(MeetingPersonRecord.person_id).where(
            MeetingPersonRecord.organization_id == meeting.organization_id,
            MeetingPersonRecord.meeting_id == meeting.id,
            MeetingPersonRecord.side == MENTOR,
            MeetingPersonRecord.on_hold.is_(False),
        )
    ):
        messages.mail_person(
            session,
            organization_id=meeting.organization_id,
            person_id=person_id,
            template=Template.meeting_confirmed,
            subject_id=meeting.id,
            now=now,
        )


def _note(session: Session, claim: Claim, action: str, now: datetime) -> None:
    audit.write(
        session,
        organization_id=claim.organization_id,
        actor_id=None,
        action=action,
        subject_kind="meeting",
        subject_id=claim.key,
        now=now,
    )
