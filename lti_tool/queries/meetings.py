"""Meetings as people see them in lists, whom they are shown to, and what a slot is made of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from lti_tool.domain.consent import Channel
from lti_tool.domain.meetings import MeetingStatus
from lti_tool.domain.pairings import PairingStatus
from lti_tool.domain.permissions import Permission
from lti_tool.domain.roles import StaffRole
from lti_tool.domain.schedule import on_that_day
from lti_tool.models.meetings import MeetingPersonRecord, MeetingRecord
from lti_tool.models.pairings import PairingRecord
from lti_tool.models.people import StaffRecord
from lti_tool.queries import people
from lti_tool.queries.errors import NotFoundError
from lti_tool.queries.pairings import MENTEE, MENTOR, in_programs
from lti_tool.queries.program import programs_here
from lti_tool.queries.sign_ins import Actor

PAST_SHOWN = 60
OVERSEEING = Permission.open_slots
"""Whoever may do this sees every meeting of the course, or outside a course of the school."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingLine:
    """A meeting in a list."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    channel: Channel
    status: MeetingStatus
    is_confirmed: bool
    outcome: str | None
    mentors: str
    mentees: str
    supervisor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingList:
    """The meetings that somebody may see, by day."""

    today: tuple[MeetingLine, ...]
    upcoming: tuple[MeetingLine, ...]
    past: tuple[MeetingLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Something to choose in a form."""

    id: UUID
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotChoices:
    """What a slot can be made of: active pairings, and staff who may supervise."""

    pairings: tuple[Choice, ...]
    staff: tuple[Choice, ...]


def list_for(session: Session, actor: Actor, *, now: datetime) -> MeetingList:
    """Return the meetings that the actor may see."""
    rows = session.scalars(
        select(MeetingRecord)
        .where(*visible_to(session, actor))
        .order_by(MeetingRecord.starts_at, MeetingRecord.id)
    ).all()
    found = lines(session, actor.organization_id, rows)
    today = on_that_day(now, actor.time_zone)
    days = {line.id: on_that_day(line.starts_at, actor.time_zone) for line in found}
    past = [line for line in found if days[line.id] < today]
    return MeetingList(
        today=tuple(line for line in found if days[line.id] == today),
        upcoming=tuple(line for line in found if days[line.id] > today),
        past=tuple(reversed(past[-PAST_SHOWN:])),
    )


def lines(
    session: Session, organization_id: UUID, rows: Iterable[MeetingRecord]
) -> list[MeetingLine]:
    """Return meetings with the names of those concerned, in a fixed number of statements."""
    meetings = list(rows)
    if not meetings:
        return []
    members: dict[tuple[UUID, str], list[UUID]] = {}
    for person in session.scalars(
        select(MeetingPersonRecord).where(
            MeetingPersonRecord.organization_id == organization_id,
            MeetingPersonRecord.meeting_id.in_([meeting.id for meeting in meetings]),
        )
    ):
        members.setdefault((person.meeting_id, person.side), []).append(person.person_id)
    wanted = {person_id for ids in members.values() for person_id in ids}
    wanted |= {meeting.supervisor_id for meeting in meetings}
    names = people.names(session, organization_id, wanted)
    return [
        MeetingLine(
            id=meeting.id,
            starts_at=meeting.starts_at,
            ends_at=meeting.ends_at,
            channel=Channel(meeting.channel),
            status=MeetingStatus(meeting.status),
            is_confirmed=is_confirmed(meeting),
            outcome=meeting.outcome,
            mentors=_joined(members.get((meeting.id, MENTOR), []), names),
            mentees=_joined(members.get((meeting.id, MENTEE), []), names),
            supervisor=names[meeting.supervisor_id],
        )
        for meeting in meetings
    ]


def visible_to(session: Session, actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """Return the condition under which the actor may see a meeting at all (S8)."""
    organization_id, person_id = actor.organization_id, actor.person_id
    taking_part = select(MeetingPersonRecord.meeting_id).where(
        MeetingPersonRecord.organization_id == organization_id,
        MeetingPersonRecord.person_id == person_id,
    )
    allowed = [
        MeetingRecord.supervisor_id == person_id,
        MeetingRecord.backup_id == person_id,
        MeetingRecord.id.in_(taking_part),
    ]
    if actor.may(OVERSEEING):
        allowed.append(MeetingRecord.pairing_id.in_(_pairings_here(session, actor)))
    return (MeetingRecord.organization_id == organization_id, or_(*allowed))


def require_visible(session: Session, actor: Actor, meeting_id: UUID) -> None:
    """Make sure that the actor may see this meeting.

    :raises NotFoundError: if not, whether or not it exists
    """
    found = session.scalars(
        select(MeetingRecord.id).where(*visible_to(session, actor), MeetingRecord.id == meeting_id)
    ).first()
    if found is None:
        raise NotFoundError


def slot_choices(session: Session, actor: Actor) -> SlotChoices:
    """Return what the actor may put into a slot."""
    found = [
        pairing
        for pairing in in_programs(session, actor.organization_id, _programs(session, actor))
        if pairing.status is PairingStatus.active
    ]
    wanted = {person_id for pairing in found for person_id in pairing.person_ids}
    names = people.names(session, actor.organization_id, wanted)
    choices = [
        Choice(
            id=pairing.id,
            label=f"{_joined(pairing.mentor_ids, names)} with {_joined(pairing.mentee_ids, names)}",
        )
        for pairing in found
    ]
    return SlotChoices(
        pairings=tuple(sorted(choices, key=lambda choice: choice.label.casefold())),
        staff=staff_choices(session, actor.organization_id, actor.school_id),
    )


def staff_choices(session: Session, organization_id: UUID, school_id: UUID) -> tuple[Choice, ...]:
    """Return the staff of the school who may supervise, by name."""
    ids = [
        row.person_id
        for row in session.scalars(
            select(StaffRecord).where(
                StaffRecord.organization_id == organization_id,
                StaffRecord.school_id == school_id,
                StaffRecord.removed_at.is_(None),
            )
        )
        if StaffRole(row.staff_role).counts
    ]
    names = people.names(session, organization_id, ids)
    return tuple(
        sorted(
            (Choice(id=person_id, label=names[person_id]) for person_id in ids),
            key=lambda choice: choice.label.casefold(),
        )
    )


def is_confirmed(meeting: MeetingRecord) -> bool:
    """Tell whether everything outside is ready: room checked, event in the calendar."""
    if meeting.channel == Channel.video and meeting.room_verified_at is None:
        return False
    return meeting.host_id is None or meeting.event_status == "confirmed"


def _programs(session: Session, actor: Actor) -> tuple[UUID, ...]:
    return tuple(
        program.id
        for program in programs_here(
            session,
            actor.organization_id,
            school_id=actor.school_id,
            course_id=actor.course_id,
        )
    )


def _pairings_here(session: Session, actor: Actor) -> list[UUID]:
    return list(
        session.scalars(
            select(PairingRecord.id).where(
                PairingRecord.organization_id == actor.organization_id,
                PairingRecord.program_id.in_(_programs(session, actor)),
            )
        )
    )


def _joined(person_ids: Iterable[UUID], names: Mapping[UUID, str]) -> str:
    return ", ".join(sorted(names[person_id] for person_id in person_ids))
