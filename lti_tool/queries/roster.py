"""The roster of a course as the LMS last told it, and where its sync stands."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.domain.roles import CourseRole
from lti_tool.models.course import CourseRecord, MembershipRecord
from lti_tool.queries import people
from lti_tool.queries.errors import NotFoundError

_ORDER = tuple(CourseRole)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody in the course."""

    person_id: UUID
    name: str
    role: CourseRole
    seen_at: datetime
    left_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncState:
    """Where the sync of the roster stands."""

    can_sync: bool
    """The LMS gave an address to ask for the roster."""
    is_running: bool
    is_held: bool
    """An empty or much smaller roster waits for staff (decision 26)."""
    synced_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterPage:
    """Everybody in the course, staff first."""

    course_id: UUID
    title: str
    members: tuple[Member, ...]
    gone: tuple[Member, ...]
    sync: SyncState


def page(session: Session, organization_id: UUID, course_id: UUID) -> RosterPage:
    """Return the roster of the course.

    :raises NotFoundError: if the organization has no such course
    """
    course = _course(session, organization_id, course_id)
    rows = session.scalars(
        select(MembershipRecord).where(
            MembershipRecord.organization_id == organization_id,
            MembershipRecord.course_id == course_id,
        )
    ).all()
    names = people.names(session, organization_id, (row.person_id for row in rows))
    members = [
        Member(
            person_id=row.person_id,
            name=names[row.person_id],
            role=CourseRole(row.role),
            seen_at=row.seen_at,
            left_at=row.left_at,
        )
        for row in rows
    ]
    members.sort(key=lambda one: (_ORDER.index(one.role), one.name.casefold()))
    return RosterPage(
        course_id=course_id,
        title=course.title,
        members=tuple(one for one in members if one.left_at is None),
        gone=tuple(one for one in members if one.left_at is not None),
        sync=_state(course),
    )


def sync_state(session: Session, organization_id: UUID, course_id: UUID) -> SyncState:
    """Return where the sync of the course's roster stands.

    :raises NotFoundError: if the organization has no such course
    """
    return _state(_course(session, organization_id, course_id))


def _course(session: Session, organization_id: UUID, course_id: UUID) -> CourseRecord:
    row = session.get(CourseRecord, (organization_id, course_id))
    if row is None:
        raise NotFoundError
    return row


def _state(row: CourseRecord) -> SyncState:
    wanted, synced = row.roster_wanted_at, row.roster_synced_at
    is_waiting = wanted is not None and (synced is None or synced < wanted)
    return SyncState(
        can_sync=row.memberships_url is not None,
        is_running=is_waiting and not row.roster_held,
        is_held=row.roster_held,
        synced_at=synced,
    )
