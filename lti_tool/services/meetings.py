"""Scheduling meetings: only what is permitted (S1), once per form, with cover and cancellation."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.domain.consent import Channel
from lti_tool.domain.errors import DomainError, Obstacle
from lti_tool.domain.meetings import MeetingStatus, PermittedMeeting, Place, permit
from lti_tool.domain.schedule import wall_time
from lti_tool.models.meetings import MeetingPersonRecord, MeetingRecord
from lti_tool.models.people import OrganizationRecord
from lti_tool.queries.errors import ChangedMeanwhileError, NotFoundError
from lti_tool.queries.pairings import MENTEE, MENTOR, PairingPeople, pairing_of_school
from lti_tool.queries.plans import Intent, Planned, plan, planned
from lti_tool.queries.program import policy_of
from lti_tool.services import audit, events, google, lapses, messages, outbox, people, rooms
from lti_tool.services.mail_texts import Template


class MeetingCode(StrEnum):
    """Why a slot cannot be opened or changed, beyond the rules of S1."""

    in_the_past = "starts-in-the-past"
    google_not_connected = "google-not-connected"
    staff_without_google = "supervisor-without-google-address"
    backup_without_google = "backup-without-google-address"
    over = "meeting-is-over"
    in_use = "meeting-is-open"


_REMEDIES = {
    MeetingCode.in_the_past: "Choose a time that lies ahead.",
    MeetingCode.google_not_connected: (
        "Meet in person, or ask the school's IT administrator to connect Google."
    ),
    MeetingCode.staff_without_google: (
        "Ask the coordinator to add the supervisor's school Google address to the staff roster."
    ),
    MeetingCode.backup_without_google: (
        "Ask the coordinator to add the backup's school Google address to the staff roster."
    ),
    MeetingCode.over: "This meeting is over; open another slot.",
    MeetingCode.in_use: "Close the meeting first.",
}


class SlotRefusedError(DomainError):
    """The slot cannot be opened or changed as asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """What the form asks for; `request_id` was made with the form."""

    request_id: UUID
    pairing_id: UUID
    local_start: datetime
    """Naive wall time in the organization's zone."""
    minutes: int
    channel: Channel
    place: Place
    supervisor_id: UUID
    backup_id: UUID
    fold: Literal[0, 1] | None = None
    """Which of two, when the clocks go back."""
    agenda: str | None = None


def open_slot(
    session: Session,
    *,
    organization_id: UUID,
    school_id: UUID,
    actor_id: UUID,
    slot: Slot,
    now: datetime,
) -> UUID:
    """Schedule a meeting that S1 permits and return its id; the same form opens one slot only.

    :raises NotFoundError: if the school has no such pairing
    :raises DomainError: with everything that stands against it
    """
    pairing = pairing_of_school(session, organization_id, school_id, slot.pairing_id)
    people.lock(session, organization_id, (*pairing.person_ids, slot.supervisor_id, slot.backup_id))
    known = session.scalars(
        select(MeetingRecord.id).where(
            MeetingRecord.organization_id == organization_id,
            MeetingRecord.request_id == slot.request_id,
        )
    ).first()
    if known is not None:
        return known
    pairing = pairing_of_school(session, organization_id, school_id, slot.pairing_id)
    intent = _intent(session, organization_id, pairing, slot)
    proof = permit(
        plan(session, organization_id, intent),
        policy=policy_of(session, organization_id, pairing.program_id),
    )
    meeting = _store(session, organization_id, actor_id, slot, intent, proof, now)
    _refuse_if(_remote_obstacles(session, meeting, now))
    if google.host_account(session, meeting) is not None:
        meeting.host_id = slot.supervisor_id
        topic = rooms.ROOM if slot.channel is Channel.video else events.EVENT
        outbox.promise(session, topic, organization_id=organization_id, key=meeting.id, now=now)
    _note(session, meeting, "meeting-scheduled", actor_id, now, channel=slot.channel)
    return meeting.id


def cancel(
    session: Session,
    *,
    organization_id: UUID,
    meeting_id: UUID,
    actor_id: UUID,
    now: datetime,
) -> None:
    """Call a meeting off: its event goes, and everybody expected is told; twice is once."""
    current = _lock_everybody(session, organization_id, meeting_id)
    meeting = session.get_one(MeetingRecord, (organization_id, meeting_id), with_for_update=True)
    if meeting.status == MeetingStatus.cancelled:
        return
    if meeting.status == MeetingStatus.open:
        _refuse_if((_obstacle(MeetingCode.in_use),))
    if meeting.status == MeetingStatus.ended:
        _refuse_if((_obstacle(MeetingCode.over),))
    meeting.status = MeetingStatus.cancelled
    meeting.version += 1
    for person_id in current.plan.mentor_ids:
        messages.mail_person(
            session,
            organization_id=organization_id,
            person_id=person_id,
            template=Template.meeting_cancelled,
            subject_id=meeting_id,
            now=now,
        )
    _note(session, meeting, "meeting-canceled", actor_id, now)
    outbox.promise(session, events.EVENT, organization_id=organization_id, key=meeting_id, now=now)


def cover(
    session: Session,
    *,
    organization_id: UUID,
    meeting_id: UUID,
    actor_id: UUID,
    supervisor_id: UUID,
    backup_id: UUID,
    version: int,
    now: datetime,
) -> None:
    """Name other staff: same room, same event; S1 must hold with them as well.

    :raises ChangedMeanwhileError: if the meeting changed since the page was loaded
    :raises DomainError: with everything that stands against it
    """
    current = _lock_everybody(session, organization_id, meeting_id, supervisor_id, backup_id)
    meeting = session.get_one(MeetingRecord, (organization_id, meeting_id), with_for_update=True)
    if (meeting.supervisor_id, meeting.backup_id) == (supervisor_id, backup_id):
        return
    if meeting.version != version:
        raise ChangedMeanwhileError
    if meeting.status in rooms.OVER:
        _refuse_if((_obstacle(MeetingCode.over),))
    changed = plan(session, organization_id, _with_staff(current, supervisor_id, backup_id))
    permit(changed, policy=current.policy)
    meeting.supervisor_id, meeting.backup_id = supervisor_id, backup_id
    meeting.version += 1
    session.flush()
    if meeting.channel == Channel.video:
        _refuse_if(_google_obstacles(session, meeting))
        rooms.check_again(session, meeting, now=now)
    outbox.promise(session, events.EVENT, organization_id=organization_id, key=meeting_id, now=now)
    _note(session, meeting, "staff-changed", actor_id, now)
    lapses.reassess(
        session, organization_id=organization_id, person_ids=current.person_ids, now=now
    )


def _intent(session: Session, organization_id: UUID, pairing: PairingPeople, slot: Slot) -> Intent:
    zone = session.get_one(OrganizationRecord, organization_id).time_zone
    starts_at = wall_time(slot.local_start, zone, fold=slot.fold)
    return Intent(
        school_id=pairing.school_id,
        format=pairing.format,
        pairing_status=pairing.status,
        channel=slot.channel,
        place=slot.place,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=slot.minutes),
        time_zone=zone,
        supervisor_id=slot.supervisor_id,
        backup_id=slot.backup_id,
        mentor_ids=pairing.mentor_ids,
        mentee_ids=pairing.mentee_ids,
    )


def _store(
    session: Session,
    organization_id: UUID,
    actor_id: UUID,
    slot: Slot,
    intent: Intent,
    proof: PermittedMeeting,
    now: datetime,
) -> MeetingRecord:
    """Store what was proven to be permitted, and nothing else."""
    meeting = MeetingRecord(
        organization_id=organization_id,
        id=uuid4(),
        pairing_id=slot.pairing_id,
        request_id=slot.request_id,
        title=events.TITLE,
        channel=proof.plan.channel,
        place=proof.plan.place,
        local_start=slot.local_start.isoformat(timespec="minutes"),
        time_zone=intent.time_zone,
        starts_at=proof.plan.starts_at,
        ends_at=proof.plan.ends_at,
        supervisor_id=slot.supervisor_id,
        backup_id=slot.backup_id,
        status=MeetingStatus.scheduled,
        created_by=actor_id,
        created_at=now,
        agenda=slot.agenda,
    )
    session.add(meeting)
    session.flush()
    sides = [(p, MENTOR) for p in proof.plan.mentor_ids] + [(p, MENTEE) for p in proof.plan.mentees]
    session.add_all(
        MeetingPersonRecord(
            organization_id=organization_id,
            id=uuid4(),
            meeting_id=meeting.id,
            person_id=person_id,
            side=side,
        )
        for person_id, side in sides
    )
    session.flush()
    return meeting


def _remote_obstacles(
    session: Session, meeting: MeetingRecord, now: datetime
) -> tuple[Obstacle, ...]:
    found: tuple[Obstacle, ...] = ()
    if meeting.ends_at <= now:
        found = (_obstacle(MeetingCode.in_the_past),)
    if meeting.channel == Channel.video:
        found = (*found, *_google_obstacles(session, meeting))
    return found


def _google_obstacles(session: Session, meeting: MeetingRecord) -> tuple[Obstacle, ...]:
    """List what a video meeting lacks; without Google people still meet in person."""
    if google.domain_of(session, meeting.organization_id) is None:
        return (_obstacle(MeetingCode.google_not_connected),)
    addresses = google.staff_addresses(session, meeting)
    found = []
    if meeting.supervisor_id not in addresses or google.host_account(session, meeting) is None:
        found.append(_obstacle(MeetingCode.staff_without_google, meeting.supervisor_id))
    if meeting.backup_id not in addresses:
        found.append(_obstacle(MeetingCode.backup_without_google, meeting.backup_id))
    return tuple(found)


def _with_staff(current: Planned, supervisor_id: UUID, backup_id: UUID) -> Intent:
    return replace(current.intent, supervisor_id=supervisor_id, backup_id=backup_id)


def _lock_everybody(
    session: Session, organization_id: UUID, meeting_id: UUID, *more: UUID
) -> Planned:
    """Lock the people of a meeting, then read it: the gates it is judged by stay as they are.

    :raises NotFoundError: if there is no such meeting
    """
    meeting = session.get(MeetingRecord, (organization_id, meeting_id))
    if meeting is None:
        raise NotFoundError
    people.lock(
        session,
        organization_id,
        (*planned(session, organization_id, meeting_id).person_ids, *more),
    )
    session.expire(meeting)
    return planned(session, organization_id, meeting_id)


def _refuse_if(obstacles: tuple[Obstacle, ...]) -> None:
    if obstacles:
        raise SlotRefusedError(*obstacles)


def _obstacle(code: MeetingCode, person_id: UUID | None = None) -> Obstacle:
    return Obstacle(code=code, about=str(person_id or ""), remedy=_REMEDIES[code])


def _note(
    session: Session,
    meeting: MeetingRecord,
    action: str,
    actor_id: UUID | None,
    now: datetime,
    **payload: str,
) -> None:
    audit.write(
        session,
        organization_id=meeting.organization_id,
        actor_id=actor_id,
        action=action,
        subject_kind="meeting",
        subject_id=meeting.id,
        now=now,
        payload=payload,
    )
