"""Programs: which one a course belongs to, and the policy that holds in it."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lti_tool.domain.formats import Format
from lti_tool.domain.narrowing import Narrowing, narrowed
from lti_tool.domain.policy import Policy
from lti_tool.models.course import CourseRecord, ProgramCourseRecord, ProgramRecord
from lti_tool.models.people import OrganizationRecord
from lti_tool.queries.errors import NotFoundError


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A year of mentoring at a school."""

    id: UUID
    school_id: UUID
    name: str
    format: Format
    is_e_mentoring: bool
    starts_on: date
    ends_on: date
    narrowing: Narrowing
    organization_policy: Policy
    version: int

    @property
    def policy(self) -> Policy:
        """Return the policy that holds in the program.

        :raises PolicyInvalidError: if the organization has since closed all that was left open
        """
        return narrowed(self.organization_policy, self.narrowing)


def policy_of(session: Session, organization_id: UUID, program_id: UUID) -> Policy:
    """Return the organization's policy, narrowed by the program.

    :raises NotFoundError: if the organization has no such program
    """
    row = session.execute(
        select(OrganizationRecord.policy, ProgramRecord.policy)
        .join(ProgramRecord, ProgramRecord.organization_id == OrganizationRecord.id)
        .where(OrganizationRecord.id == organization_id, ProgramRecord.id == program_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError
    return narrowed(Policy.from_dict(row[0]), Narrowing.from_dict(row[1]))


def program_of_course(session: Session, organization_id: UUID, course_id: UUID) -> Program | None:
    """Return the program that is carried out in the course, or nothing before it is set up."""
    row = session.execute(
        _programs(organization_id)
        .join(
            ProgramCourseRecord,
            (ProgramCourseRecord.organization_id == ProgramRecord.organization_id)
            & (ProgramCourseRecord.program_id == ProgramRecord.id),
        )
        .where(ProgramCourseRecord.id == course_id)
    ).one_or_none()
    return _program(*row) if row else None


def program(session: Session, organization_id: UUID, school_id: UUID, program_id: UUID) -> Program:
    """Return a program of the school.

    :raises NotFoundError: if the school has no such program
    """
    row = session.execute(
        _programs(organization_id).where(
            ProgramRecord.id == program_id, ProgramRecord.school_id == school_id
        )
    ).one_or_none()
    if row is None:
        raise NotFoundError
    return _program(*row)


def programs_of_school(
    session: Session, organization_id: UUID, school_id: UUID
) -> tuple[Program, ...]:
    """List the programs of the school, the newest first."""
    rows = session.execute(
        _programs(organization_id)
        .where(ProgramRecord.school_id == school_id)
        .order_by(ProgramRecord.starts_on.desc(), ProgramRecord.id)
    )
    return tuple(_program(*row) for row in rows)


def programs_here(
    session: Session, organization_id: UUID, *, school_id: UUID, course_id: UUID | None
) -> tuple[Program, ...]:
    """Return the course's program, or outside a course those of the school."""
    if course_id is None:
        return programs_of_school(session, organization_id, school_id)
    found = program_of_course(session, organization_id, course_id)
    return (found,) if found else ()


def course_ids(session: Session, organization_id: UUID, program_id: UUID) -> tuple[UUID, ...]:
    """Return the courses in which the program is carried out."""
    return tuple(
        session.scalars(
            select(ProgramCourseRecord.id).where(
                ProgramCourseRecord.organization_id == organization_id,
                ProgramCourseRecord.program_id == program_id,
            )
        )
    )


def course_titles(session: Session, organization_id: UUID, program_id: UUID) -> tuple[str, ...]:
    """Return the titles of the program's courses, in order."""
    return tuple(
        session.scalars(
            select(CourseRecord.title)
            .join(
                ProgramCourseRecord,
                (ProgramCourseRecord.organization_id == CourseRecord.organization_id)
                & (ProgramCourseRecord.id == CourseRecord.id),
            )
            .where(
                ProgramCourseRecord.organization_id == organization_id,
                ProgramCourseRecord.program_id == program_id,
            )
            .order_by(CourseRecord.title)
        )
    )


def _programs(organization_id: UUID) -> Select[ProgramRecord, dict[str, Any]]:
    return (
        select(ProgramRecord, OrganizationRecord.policy)
        .join(OrganizationRecord, OrganizationRecord.id == ProgramRecord.organization_id)
        .where(ProgramRecord.organization_id == organization_id)
    )


def _program(row: ProgramRecord, organization_policy: dict[str, Any]) -> Program:
    return Program(
        id=row.id,
        school_id=row.school_id,
        name=row.name,
        format=Format(row.format),
        is_e_mentoring=row.is_e_mentoring,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        narrowing=Narrowing.from_dict(row.policy),
        organization_policy=Policy.from_dict(organization_policy),
        version=row.version,
    )
