"""The confirmed staff roster of a school, and whom the coordinator may confirm."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.domain.roles import StaffRole
from lti_tool.models.course import CourseRecord, MembershipRecord
from lti_tool.models.people import StaffRecord
from lti_tool.models.sealed import unseal
from lti_tool.queries import people
from lti_tool.queries.errors import NotFoundError

TEACHING = ("teacher", "teaching-assistant")


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffLine:
    """A member of staff on the roster."""

    person_id: UUID
    name: str
    staff_role: StaffRole
    google_address: str | None
    google_user: str | None
    confirmed_by: str
    confirmed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A teacher of a course whom nobody has confirmed yet."""

    person_id: UUID
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffPage:
    """The roster of a school, and who could be added to it."""

    staff: tuple[StaffLine, ...]
    candidates: tuple[Candidate, ...]


def page(session: Session, organization_id: UUID, school_id: UUID) -> StaffPage:
    """Return the roster of the school by name, and the teachers of its courses not on it."""
    rows = _rows(session, organization_id, school_id)
    on_roster = {row.person_id for row in rows}
    teaching = _teaching(session, organization_id, school_id) - on_roster
    wanted = on_roster | teaching | {row.confirmed_by for row in rows}
    names = people.names(session, organization_id, wanted)
    staff = (_line(session, row, names) for row in rows)
    candidates = (Candidate(person_id=person, name=names[person]) for person in teaching)
    return StaffPage(
        staff=tuple(sorted(staff, key=lambda line: line.name.casefold())),
        candidates=tuple(sorted(candidates, key=lambda one: one.name.casefold())),
    )


def person(
    session: Session, organization_id: UUID, school_id: UUID, person_id: UUID
) -> StaffLine | Candidate:
    """Return somebody on the roster, or who may be confirmed.

    :raises NotFoundError: if the school knows no such member of staff
    """
    found = page(session, organization_id, school_id)
    known: tuple[StaffLine | Candidate, ...] = (*found.staff, *found.candidates)
    for each in known:
        if each.person_id == person_id:
            return each
    raise NotFoundError


def choices(
    session: Session, organization_id: UUID, school_id: UUID
) -> tuple[tuple[str, str], ...]:
    """Return (id, name) of all who may supervise, for a form: confirmed, in a role that counts."""
    rows = [
        row
        for row in _rows(session, organization_id, school_id)
        if StaffRole(row.staff_role).counts
    ]
    names = people.names(session, organization_id, (row.person_id for row in rows))
    pairs = ((str(row.person_id), names[row.person_id]) for row in rows)
    return tuple(sorted(pairs, key=lambda pair: pair[1].casefold()))


def _rows(session: Session, organization_id: UUID, school_id: UUID) -> list[StaffRecord]:
    return list(
        session.scalars(
            select(StaffRecord).where(
                StaffRecord.organization_id == organization_id,
                StaffRecord.school_id == school_id,
                StaffRecord.removed_at.is_(None),
            )
        )
    )


def _teaching(session: Session, organization_id: UUID, school_id: UUID) -> set[UUID]:
    return set(
        session.scalars(
            select(MembershipRecord.person_id)
            .join(
                CourseRecord,
                (CourseRecord.organization_id == MembershipRecord.organization_id)
                & (CourseRecord.id == MembershipRecord.course_id),
            )
            .where(
                MembershipRecord.organization_id == organization_id,
                MembershipRecord.role.in_(TEACHING),
                MembershipRecord.left_at.is_(None),
                CourseRecord.school_id == school_id,
            )
        )
    )


def _line(session: Session, row: StaffRecord, names: dict[UUID, str]) -> StaffLine:
    return StaffLine(
        person_id=row.person_id,
        name=names[row.person_id],
        staff_role=StaffRole(row.staff_role),
        google_address=unseal(session, row, "google_address_sealed"),
        google_user=row.google_user,
        confirmed_by=names.get(row.confirmed_by, ""),
        confirmed_at=row.confirmed_at,
    )
