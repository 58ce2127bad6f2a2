"""Pairings: who is in them and where they stand; always within one organization."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lti_tool.domain.consent import Channel
from lti_tool.domain.formats import Format
from lti_tool.domain.pairings import PairingStatus
from lti_tool.models.course import ProgramRecord
from lti_tool.models.pairings import PairingMemberRecord, PairingRecord
from lti_tool.queries.errors import NotFoundError

Wanted: TypeAlias = Select[PairingRecord, UUID, bool, str, UUID]

MENTOR = "mentor"
MENTEE = "mentee"


@dataclass(frozen=True, slots=True, kw_only=True)
class PairingPeople:
    """A pairing with the ids of everybody in it."""

    id: UUID
    program_id: UUID
    school_id: UUID
    format: Format
    is_e_mentoring: bool
    status: PairingStatus
    channels: tuple[Channel, ...]
    is_virtual_start_approved: bool
    version: int
    created_at: datetime
    mentor_ids: tuple[UUID, ...]
    mentee_ids: tuple[UUID, ...]

    @property
    def person_ids(self) -> tuple[UUID, ...]:
        """Return everybody in the pairing, mentors first."""
        return (*self.mentor_ids, *self.mentee_ids)


def pairing_people(session: Session, organization_id: UUID, pairing_id: UUID) -> PairingPeople:
    """Return one pairing of the organization.

    :raises NotFoundError: if the organization has no such pairing
    """
    found = _people(session, _pairings(organization_id).where(PairingRecord.id == pairing_id))
    if not found:
        raise NotFoundError
    return found[0]


def pairing_of_school(
    session: Session, organization_id: UUID, school_id: UUID, pairing_id: UUID
) -> PairingPeople:
    """Return one pairing of the school.

    :raises NotFoundError: if the school has no such pairing
    """
    found = pairing_people(session, organization_id, pairing_id)
    if found.school_id != school_id:
        raise NotFoundError
    return found


def for_student(
    session: Session, organization_id: UUID, person_id: UUID
) -> tuple[PairingPeople, ...]:
    """List the pairings of a student that have not ended, the newest first."""
    return _people(session, _with(organization_id, person_id, MENTEE))


def for_mentor(
    session: Session, organization_id: UUID, person_id: UUID
) -> tuple[PairingPeople, ...]:
    """List the pairings of a mentor that have not ended, the newest first."""
    return _people(session, _with(organization_id, person_id, MENTOR))


def in_programs(
    session: Session, organization_id: UUID, program_ids: Sequence[UUID]
) -> tuple[PairingPeople, ...]:
    """List every pairing of these programs, ended ones included, the newest first."""
    if not program_ids:
        return ()
    return _people(
        session, _pairings(organization_id).where(PairingRecord.program_id.in_(program_ids))
    )


def _pairings(organization_id: UUID) -> Wanted:
    return (
        select(
            PairingRecord,
            ProgramRecord.school_id,
            ProgramRecord.is_e_mentoring,
            PairingMemberRecord.side,
            PairingMemberRecord.person_id,
        )
        .join(
            ProgramRecord,
            (ProgramRecord.organization_id == PairingRecord.organization_id)
            & (ProgramRecord.id == PairingRecord.program_id),
        )
        .join(
            PairingMemberRecord,
            (PairingMemberRecord.organization_id == PairingRecord.organization_id)
            & (PairingMemberRecord.pairing_id == PairingRecord.id),
        )
        .where(PairingRecord.organization_id == organization_id)
        .order_by(PairingRecord.created_at.desc(), PairingRecord.id, PairingMemberRecord.person_id)
    )


def _with(organization_id: UUID, person_id: UUID, side: str) -> Wanted:
    theirs = select(PairingMemberRecord.pairing_id).where(
        PairingMemberRecord.organization_id == organization_id,
        PairingMemberRecord.person_id == person_id,
        PairingMemberRecord.side == side,
    )
    return _pairings(organization_id).where(
        PairingRecord.id.in_(theirs), PairingRecord.status != PairingStatus.ended
    )


def _people(session: Session, wanted: Wanted) -> tuple[PairingPeople, ...]:
    """Put the rows of one statement together: one row per person in a pairing."""
    found: dict[UUID, tuple[PairingRecord, UUID, bool]] = {}
    members: defaultdict[tuple[UUID, str], list[UUID]] = defaultdict(list)
    for row, school_id, is_e_mentoring, side, person_id in session.execute(wanted):
        found[row.id] = (row, school_id, is_e_mentoring)
        members[row.id, side].append(person_id)
    return tuple(
        PairingPeople(
            id=row.id,
            program_id=row.program_id,
            school_id=school_id,
            format=Format(row.format),
            is_e_mentoring=is_e_mentoring,
            status=PairingStatus(row.status),
            channels=tuple(Channel(channel) for channel in row.channels),
            is_virtual_start_approved=row.virtual_start_approved_by is not None,
            version=row.version,
            created_at=row.created_at,
            mentor_ids=tuple(members[row.id, MENTOR]),
            mentee_ids=tuple(members[row.id, MENTEE]),
        )
        for row, school_id, is_e_mentoring in found.values()
    )
