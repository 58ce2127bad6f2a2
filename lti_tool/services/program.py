"""Setting up a year of mentoring at a school, and changing it without losing another's change."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from lti_tool.db import insert_if_absent
from lti_tool.domain.errors import DomainError, Obstacle
from lti_tool.domain.formats import Format
from lti_tool.domain.narrowing import Narrowing, narrowed
from lti_tool.domain.policy import Policy
from lti_tool.models.course import CourseRecord, ProgramCourseRecord, ProgramRecord
from lti_tool.models.people import OrganizationRecord
from lti_tool.queries.errors import ChangedMeanwhileError, NotFoundError
from lti_tool.queries.pairings import in_programs
from lti_tool.services import audit, lapses


class ProgramCode(StrEnum):
    """What is wrong with a program."""

    ends_before_start = "program-ends-before-it-starts"


class ProgramInvalidError(DomainError):
    """The program's days contradict each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramPlan:
    """What staff decide about a program.

    :raises ProgramInvalidError: if it ends before it starts
    """

    name: str
    format: Format
    is_e_mentoring: bool
    starts_on: date
    ends_on: date
    narrowing: Narrowing

    def __post_init__(self) -> None:
        """Refuse a program without a day."""
        if self.ends_on <= self.starts_on:
            remedy = "Enter a last day that lies after the first."
            raise ProgramInvalidError(Obstacle(code=ProgramCode.ends_before_start, remedy=remedy))


def set_up(
    session: Session,
    plan: ProgramPlan,
    *,
    organization_id: UUID,
    school_id: UUID,
    course_id: UUID,
    actor_id: UUID,
    now: datetime,
) -> UUID:
    """Set up the program of a course; a form sent twice finds the program that is there.

    :raises NotFoundError: if the school has no such course
    :raises PolicyInvalidError: if the narrowing leaves nothing of the organization's policy
    """
    course = session.get(CourseRecord, (organization_id, course_id), with_for_update=True)
    if course is None or course.school_id != school_id:
        raise NotFoundError
    known = session.get(ProgramCourseRecord, (organization_id, course_id))
    if known is not None:
        return known.program_id
    _check(session, organization_id, plan.narrowing)
    program_id = uuid4()
    session.add(
        ProgramRecord(
            organization_id=organization_id,
            id=program_id,
            school_id=school_id,
            name=plan.name,
            format=plan.format,
            is_e_mentoring=plan.is_e_mentoring,
            starts_on=plan.starts_on,
            ends_on=plan.ends_on,
            created_by=actor_id,
            created_at=now,
            policy=plan.narrowing.to_dict(),
        )
    )
    session.flush()
    _carry_out(session, organization_id, program_id, course_id)
    _write(session, organization_id, program_id, "program-set-up", actor_id, now, name=plan.name)
    return program_id


def link_course(
    session: Session,
    *,
    organization_id: UUID,
    school_id: UUID,
    program_id: UUID,
    course_id: UUID,
    actor_id: UUID,
    now: datetime,
) -> None:
    """Carry the program out in one more course of its school.

    :raises NotFoundError: if program or course is not the school's
    """
    course = session.get(CourseRecord, (organization_id, course_id))
    if course is None or course.school_id != school_id:
        raise NotFoundError
    _program(session, organization_id, school_id, program_id)
    if _carry_out(session, organization_id, program_id, course_id):
        _write(
            session,
            organization_id,
            program_id,
            "program-course-linked",
            actor_id,
            now,
            course=str(course_id),
        )


def change(
    session: Session,
    plan: ProgramPlan,
    *,
    organization_id: UUID,
    school_id: UUID,
    program_id: UUID,
    version: int,
    actor_id: UUID,
    now: datetime,
) -> None:
    """Change the program; meetings that a stricter policy no longer permits go on hold.

    :raises NotFoundError: if the school has no such program
    :raises ChangedMeanwhileError: if it was changed after the form was opened
    :raises PolicyInvalidError: if the narrowing leaves nothing of the organization's policy
    """
    row = _program(session, organization_id, school_id, program_id)
    if row.version != version:
        raise ChangedMeanwhileError
    _check(session, organization_id, plan.narrowing)
    row.name, row.format = plan.name, plan.format
    row.is_e_mentoring = plan.is_e_mentoring
    row.starts_on, row.ends_on = plan.starts_on, plan.ends_on
    row.policy = plan.narrowing.to_dict()
    row.version += 1
    session.flush()
    _write(session, organization_id, program_id, "program-changed", actor_id, now, name=plan.name)
    people = {
        person
        for pairing in in_programs(session, organization_id, [program_id])
        for person in pairing.person_ids
    }
    lapses.reassess(session, organization_id=organization_id, person_ids=people, now=now)


def _carry_out(session: Session, organization_id: UUID, program_id: UUID, course_id: UUID) -> bool:
    return insert_if_absent(
        session,
        ProgramCourseRecord,
        {"organization_id": organization_id, "id": course_id, "program_id": program_id},
    )


def _program(
    session: Session, organization_id: UUID, school_id: UUID, program_id: UUID
) -> ProgramRecord:
    row = session.get(ProgramRecord, (organization_id, program_id), with_for_update=True)
    if row is None or row.school_id != school_id:
        raise NotFoundError
    return row


def _check(session: Session, organization_id: UUID, narrowing: Narrowing) -> None:
    organization = session.get_one(OrganizationRecord, organization_id)
    narrowed(Policy.from_dict(organization.policy), narrowing)


def _write(
    session: Session,
    organization_id: UUID,
    program_id: UUID,
    action: str,
    actor_id: UUID,
    now: datetime,
    **payload: str,
) -> None:
    audit.write(
        session,
        organization_id=organization_id,
        actor_id=actor_id,
        action=action,
        subject_kind="program",
        subject_id=program_id,
        now=now,
        payload=payload,
    )
