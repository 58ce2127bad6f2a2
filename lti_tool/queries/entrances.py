"""Who may sign in outside the LMS, to which school, and where somebody is signed in now."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.models.pairings import MentorRecord
from lti_tool.models.people import GrantRecord, SignInRecord, StaffRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A browser in which somebody stays signed in."""

    sign_in_id: UUID
    signed_in_at: datetime
    last_seen_at: datetime
    is_this_one: bool


def school_of(session: Session, organization_id: UUID, person_id: UUID) -> UUID | None:
    """Return the school that a mentor or member of staff signs in to; nothing for anybody else.

    Students and families have ways of their own: a known address alone opens nothing.
    """
    places = (
        select(MentorRecord.school_id).where(
            MentorRecord.organization_id == organization_id, MentorRecord.id == person_id
        ),
        select(StaffRecord.school_id)
        .where(
            StaffRecord.organization_id == organization_id,
            StaffRecord.person_id == person_id,
            StaffRecord.removed_at.is_(None),
        )
        .order_by(StaffRecord.confirmed_at.desc()),
        select(GrantRecord.school_id)
        .where(
            GrantRecord.organization_id == organization_id,
            GrantRecord.person_id == person_id,
            GrantRecord.revoked_at.is_(None),
        )
        .order_by(GrantRecord.granted_at.desc()),
    )
    found = (session.scalars(place.limit(1)).first() for place in places)
    return next((school_id for school_id in found if school_id is not None), None)


def devices(
    session: Session,
    organization_id: UUID,
    person_id: UUID,
    *,
    this_one: UUID,
    idle: timedelta,
    now: datetime,
) -> tuple[Device, ...]:
    """List the browsers in which the person is signed in outside the LMS, the latest first."""
    rows = session.scalars(
        select(SignInRecord)
        .where(
            SignInRecord.organization_id == organization_id,
            SignInRecord.person_id == person_id,
            SignInRecord.kind == "first-party",
            SignInRecord.revoked_at.is_(None),
            SignInRecord.last_seen_at > now - idle,
        )
        .order_by(SignInRecord.last_seen_at.desc())
    )
    return tuple(
        Device(
            sign_in_id=row.id,
            signed_in_at=row.authenticated_at,
            last_seen_at=row.last_seen_at,
            is_this_one=row.id == this_one,
        )
        for row in rows
    )
