"""What families allow: the list of a course or school, and one student's record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lti_tool.domain.consent import Channel, Consent, consent_obstacles
from lti_tool.domain.errors import Obstacle
from lti_tool.domain.ids import PersonId
from lti_tool.models.course import CourseRecord, MembershipRecord
from lti_tool.models.pairings import ConsentRecord
from lti_tool.models.people import PersonRecord
from lti_tool.models.sealed import unseal
from lti_tool.queries import gates, people
from lti_tool.queries.errors import NotFoundError


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelState:
    """Whether a student may use one channel today, and if not, why."""

    channel: Channel
    obstacles: tuple[Obstacle, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentLine:
    """A student with the state of each channel."""

    person_id: UUID
    name: str
    channels: tuple[ChannelState, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentLine:
    """One recorded consent, and who recorded it."""

    channel: Channel
    guardian_name: str
    given_on: date
    expires_on: date | None
    withdrawn_on: date | None
    recorded_by: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentPage:
    """One student's consents, the newest first."""

    person_id: UUID
    name: str
    channels: tuple[ChannelState, ...]
    consents: tuple[ConsentLine, ...]


def students(
    session: Session,
    organization_id: UUID,
    *,
    school_id: UUID,
    course_id: UUID | None,
    channels: Sequence[Channel],
    on: date,
) -> tuple[StudentLine, ...]:
    """List the students of the course, or outside a course of the school, by name."""
    ids = student_ids(session, organization_id, school_id=school_id, course_id=course_id)
    names = people.names(session, organization_id, ids)
    given = gates.consents(session, organization_id, ids)
    lines = (
        StudentLine(
            person_id=person_id,
            name=names[person_id],
            channels=_states(given, person_id, channels, on),
        )
        for person_id in ids
    )
    return tuple(sorted(lines, key=lambda line: line.name.casefold()))


def student_ids(
    session: Session, organization_id: UUID, *, school_id: UUID, course_id: UUID | None
) -> tuple[UUID, ...]:
    """Return the students now in the course, or in any course of the school."""
    wanted = _students(organization_id, school_id).where(MembershipRecord.left_at.is_(None))
    if course_id is not None:
        wanted = wanted.where(MembershipRecord.course_id == course_id)
    return tuple(session.scalars(wanted))


def page(
    session: Session,
    organization_id: UUID,
    school_id: UUID,
    person_id: UUID,
    *,
    channels: Sequence[Channel],
    on: date,
) -> StudentPage:
    """Return one student's record.

    :raises NotFoundError: if the school has no such student
    """
    # Somebody who left keeps the record: the family can still look at it and take it back.
    theirs = _students(organization_id, school_id).where(MembershipRecord.person_id == person_id)
    if session.scalars(theirs).first() is None:
        raise NotFoundError
    rows = session.scalars(
        select(ConsentRecord)
        .where(
            ConsentRecord.organization_id == organization_id,
            ConsentRecord.person_id == person_id,
        )
        .order_by(ConsentRecord.recorded_at.desc(), ConsentRecord.channel)
    ).all()
    names = people.names(session, organization_id, {person_id, *(r.recorded_by for r in rows)})
    given = gates.consents(session, organization_id, [person_id])
    return StudentPage(
        person_id=person_id,
        name=names[person_id],
        channels=_states(given, person_id, channels, on),
        consents=tuple(
            ConsentLine(
                channel=Channel(row.channel),
                guardian_name=unseal(session, row, "guardian_name_sealed") or "",
                given_on=row.given_on,
                expires_on=row.expires_on,
                withdrawn_on=row.withdrawn_on,
                recorded_by=names.get(row.recorded_by, ""),
                recorded_at=row.recorded_at,
            )
            for row in rows
        ),
    )


def _students(organization_id: UUID, school_id: UUID) -> Select[UUID]:
    """Select the students of the school, left or not; test students are outside everything."""
    return (
        select(MembershipRecord.person_id)
        .join(
            CourseRecord,
            (CourseRecord.organization_id == MembershipRecord.organization_id)
            & (CourseRecord.id == MembershipRecord.course_id),
        )
        .join(
            PersonRecord,
            (PersonRecord.organization_id == MembershipRecord.organization_id)
            & (PersonRecord.id == MembershipRecord.person_id),
        )
        .where(
            MembershipRecord.organization_id == organization_id,
            MembershipRecord.role == "student",
            CourseRecord.school_id == school_id,
            PersonRecord.is_test.is_(False),
        )
        .distinct()
    )


def _states(
    given: Sequence[Consent], person_id: UUID, channels: Sequence[Channel], on: date
) -> tuple[ChannelState, ...]:
    return tuple(
        ChannelState(
            channel=channel,
            obstacles=consent_obstacles(
                given, person_id=PersonId(person_id), channel=channel, on=on
            ),
        )
        for channel in channels
    )
