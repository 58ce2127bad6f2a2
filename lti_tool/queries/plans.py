"""The plan of a meeting as S1 and the gate look at it: true now, whatever status is stored."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.domain.consent import Channel
from lti_tool.domain.formats import Format
from lti_tool.domain.gate import PersonKind
from lti_tool.domain.ids import PersonId
from lti_tool.domain.meetings import MeetingPlan, MeetingStatus, Place
from lti_tool.domain.pairings import PairingStatus
from lti_tool.domain.policy import Policy
from lti_tool.domain.schedule import on_that_day
from lti_tool.models.course import ProgramRecord
from lti_tool.models.meetings import MeetingPersonRecord, MeetingRecord
from lti_tool.models.pairings import PairingRecord
from lti_tool.queries import gates
from lti_tool.queries.errors import NotFoundError
from lti_tool.queries.pairings import MENTEE, MENTOR
from lti_tool.queries.program import policy_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What was asked for: when, where, how, and who looks after it."""

    school_id: UUID
    format: Format
    pairing_status: PairingStatus
    channel: Channel
    place: Place
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    supervisor_id: UUID
    backup_id: UUID
    mentor_ids: tuple[UUID, ...]
    mentee_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A stored meeting with its plan as of now."""

    organization_id: UUID
    meeting_id: UUID
    school_id: UUID
    program_id: UUID
    intent: Intent
    plan: MeetingPlan
    policy: Policy
    status: MeetingStatus
    opened_by: PersonId | None
    opened_at: datetime | None
    closed_at: datetime | None
    room_ready: bool

    @property
    def person_ids(self) -> tuple[PersonId, ...]:
        """Return everybody named on the meeting."""
        staff = tuple(person.person_id for person in self.plan.staff)
        return (*staff, *self.plan.mentor_ids, *self.plan.mentees)

    def kind_of(self, person_id: UUID) -> PersonKind | None:
        """Say in what capacity somebody is named here, or nothing."""
        if any(person.person_id == person_id for person in self.plan.staff):
            return PersonKind.staff
        if person_id in self.plan.mentor_ids:
            return PersonKind.mentor
        return PersonKind.mentee if person_id in self.plan.mentees else None


def plan(session: Session, organization_id: UUID, intent: Intent) -> MeetingPlan:
    """Return the plan of a meeting, with the gates of its people as they are now."""
    files = gates.mentor_files(session, organization_id, intent.mentor_ids)
    staff = gates.supervisors(
        session, organization_id, intent.school_id, (intent.supervisor_id, intent.backup_id)
    )
    return MeetingPlan(
        format=intent.format,
        channel=intent.channel,
        place=intent.place,
        starts_at=intent.starts_at,
        ends_at=intent.ends_at,
        on=on_that_day(intent.starts_at, intent.time_zone),
        supervisor=staff.get(PersonId(intent.supervisor_id)),
        backup=staff.get(PersonId(intent.backup_id)),
        mentors=tuple(files[PersonId(person_id)] for person_id in intent.mentor_ids),
        mentees=tuple(PersonId(person_id) for person_id in intent.mentee_ids),
        consents=gates.consents(session, organization_id, intent.mentee_ids),
        pairing_active=intent.pairing_status is PairingStatus.active,
    )


def planned(session: Session, organization_id: UUID, meeting_id: UUID) -> Planned:
    """Return one meeting of the organization.

    :raises NotFoundError: if there is none of that id
    """
    found = all_planned(session, organization_id, (meeting_id,))
    if not found:
        raise NotFoundError
    return found[0]


def all_planned(
    session: Session, organization_id: UUID, meeting_ids: Iterable[UUID]
) -> Sequence[Planned]:
    """Return these meetings of the organization in the order of their start."""
    wanted = set(meeting_ids)
    if not wanted:
        return ()
    rows = session.execute(
        select(
            MeetingRecord,
            PairingRecord.format,
            PairingRecord.status,
            ProgramRecord.id,
            ProgramRecord.school_id,
        )
        .join(
            PairingRecord,
            (PairingRecord.organization_id == MeetingRecord.organization_id)
            & (PairingRecord.id == MeetingRecord.pairing_id),
        )
        .join(
            ProgramRecord,
            (ProgramRecord.organization_id == PairingRecord.organization_id)
            & (ProgramRecord.id == PairingRecord.program_id),
        )
        .where(MeetingRecord.organization_id == organization_id, MeetingRecord.id.in_(wanted))
        .order_by(MeetingRecord.starts_at, MeetingRecord.id)
    ).all()
    people = _people(session, organization_id, wanted)
    policies = {row[3]: policy_of(session, organization_id, row[3]) for row in rows}
    return tuple(
        _planned(
            session,
            row[0],
            Intent(
                school_id=row[4],
                format=Format(row[1]),
                pairing_status=PairingStatus(row[2]),
                channel=Channel(row[0].channel),
                place=Place(row[0].place),
                starts_at=row[0].starts_at,
                ends_at=row[0].ends_at,
                time_zone=row[0].time_zone,
                supervisor_id=row[0].supervisor_id,
                backup_id=row[0].backup_id,
                mentor_ids=tuple(people[row[0].id, MENTOR]),
                mentee_ids=tuple(people[row[0].id, MENTEE]),
            ),
            program_id=row[3],
            policy=policies[row[3]],
        )
        for row in rows
    )


def _planned(
    session: Session, row: MeetingRecord, intent: Intent, *, program_id: UUID, policy: Policy
) -> Planned:
    return Planned(
        organization_id=row.organization_id,
        meeting_id=row.id,
        school_id=intent.school_id,
        program_id=program_id,
        intent=intent,
        plan=plan(session, row.organization_id, intent),
        policy=policy,
        status=MeetingStatus(row.status),
        opened_by=PersonId(row.opened_by) if row.opened_by else None,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        room_ready=not intent.channel.is_virtual or row.room_verified_at is not None,
    )


def _people(
    session: Session, organization_id: UUID, meeting_ids: Iterable[UUID]
) -> defaultdict[tuple[UUID, str], list[UUID]]:
    people: defaultdict[tuple[UUID, str], list[UUID]] = defaultdict(list)
    for row in session.scalars(
        select(MeetingPersonRecord)
        .where(
            MeetingPersonRecord.organization_id == organization_id,
            MeetingPersonRecord.meeting_id.in_(meeting_ids),
        )
        .order_by(MeetingPersonRecord.person_id)
    ):
        people[row.meeting_id, row.side].append(row.person_id)
    return people
