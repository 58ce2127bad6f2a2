"""Who is doing this request: one statement from the token to the actor."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Exists, and_, exists, select
from sqlalchemy.orm import Session

from config.keyring import Keyring, Purpose
from lti_tool.domain.permissions import (
    READ_ONLY,
    Permission,
    ProgramRole,
    permissions_of,
)
from lti_tool.domain.policy import Policy
from lti_tool.models.course import CourseRecord
from lti_tool.models.pairings import MentorRecord
from lti_tool.models.people import (
    GrantRecord,
    OrganizationRecord,
    PersonRecord,
    SignInRecord,
    StaffRecord,
)
from lti_tool.models.registration import DeploymentRecord
from lti_tool.models.sealed import unseal_value
from lti_tool.queries.people import name


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The person doing this request, where, and what they may do there."""

    sign_in_id: UUID
    kind: str
    """tab | first-party."""
    organization_id: UUID
    organization_name: str
    school_id: UUID
    person_id: UUID
    name: str
    """As the LMS or staff gave it, or a stable pseudonym."""
    time_zone: str
    policy: Policy
    roles: frozenset[ProgramRole]
    permissions: frozenset[Permission]
    is_read_only: bool
    authenticated_at: datetime
    last_seen_at: datetime
    course_id: UUID | None
    course_title: str | None
    deployment_id: UUID | None
    resource_link_id: UUID | None
    frame_origins: tuple[str, ...]
    masquerading_person_id: UUID | None

    def may(self, permission: Permission) -> bool:
        """Tell whether the actor has the permission here."""
        return permission in self.permissions


def actor(
    session: Session, token: str, *, kind: str, idle: timedelta, now: datetime
) -> Actor | None:
    """Return who holds `token`, or nothing when it is unknown, revoked or idle too long."""
    keyring: Keyring = session.info["keyring"]
    row = session.execute(
        select(
            SignInRecord,
            OrganizationRecord.name,
            OrganizationRecord.time_zone,
            OrganizationRecord.policy,
            CourseRecord.title,
            DeploymentRecord.frame_origins,
            PersonRecord.display_name_sealed,
            _granted(ProgramRole.coordinator).label("coordinates"),
            _granted(ProgramRole.it_administrator).label("administers"),
            _on_staff().label("supervises"),
            _mentors().label("mentors"),
        )
        .join(OrganizationRecord, OrganizationRecord.id == SignInRecord.organization_id)
        .join(
            PersonRecord,
            and_(
                PersonRecord.organization_id == SignInRecord.organization_id,
                PersonRecord.id == SignInRecord.person_id,
            ),
        )
        .outerjoin(
            CourseRecord,
            and_(
                CourseRecord.organization_id == SignInRecord.organization_id,
                CourseRecord.id == SignInRecord.course_id,
            ),
        )
        .outerjoin(DeploymentRecord, DeploymentRecord.id == SignInRecord.deployment_id)
        .where(
            SignInRecord.token_digest.in_(keyring.digests(Purpose.links, token)),
            SignInRecord.kind == kind,
            SignInRecord.revoked_at.is_(None),
            SignInRecord.last_seen_at > now - idle,
        )
    ).one_or_none()
    return _actor(session, row) if row else None


def deep_linking(session: Session, organization_id: UUID, sign_in_id: UUID) -> str | None:
    """Return the JSON of the deep-linking settings, for a tab opened to choose content."""
    sealed = session.scalars(
        select(SignInRecord.deep_linking_sealed).where(
            SignInRecord.organization_id == organization_id, SignInRecord.id == sign_in_id
        )
    ).one_or_none()
    if sealed is None:
        return None
    return unseal_value(
        session, "sign_ins", organization_id, sign_in_id, "deep_linking_sealed", sealed
    )


def _actor(session: Session, row: Any) -> Actor:
    sign_in: SignInRecord = row[0]
    roles = {
        role
        for role, holds in (
            (ProgramRole.coordinator, row.coordinates),
            (ProgramRole.it_administrator, row.administers),
            (ProgramRole.supervisor, row.supervises),
            (ProgramRole.mentor, row.mentors),
        )
        if holds
    }
    if sign_in.course_role in set(ProgramRole):
        roles.add(ProgramRole(sign_in.course_role))
    permissions = permissions_of(frozenset(roles))
    is_read_only = sign_in.masquerading_person_id is not None
    return Actor(
        sign_in_id=sign_in.id,
        kind=sign_in.kind,
        organization_id=sign_in.organization_id,
        organization_name=row.name,
        school_id=sign_in.school_id,
        person_id=sign_in.person_id,
        name=name(session, sign_in.organization_id, sign_in.person_id, row.display_name_sealed),
        time_zone=row.time_zone,
        policy=Policy.from_dict(row.policy),
        roles=frozenset(roles),
        permissions=permissions & READ_ONLY if is_read_only else permissions,
        is_read_only=is_read_only,
        authenticated_at=sign_in.authenticated_at,
        last_seen_at=sign_in.last_seen_at,
        course_id=sign_in.course_id,
        course_title=row.title,
        deployment_id=sign_in.deployment_id,
        resource_link_id=sign_in.resource_link_id,
        frame_origins=tuple(row.frame_origins or ()),
        masquerading_person_id=sign_in.masquerading_person_id,
    )


def _granted(role: ProgramRole) -> Exists:
    return exists().where(
        GrantRecord.organization_id == SignInRecord.organization_id,
        GrantRecord.person_id == SignInRecord.person_id,
        GrantRecord.school_id == SignInRecord.school_id,
        GrantRecord.role == role,
        GrantRecord.revoked_at.is_(None),
    )


def _on_staff() -> Exists:
    return exists().where(
        StaffRecord.organization_id == SignInRecord.organization_id,
        StaffRecord.person_id == SignInRecord.person_id,
        StaffRecord.school_id == SignInRecord.school_id,
        StaffRecord.removed_at.is_(None),
    )


def _mentors() -> Exists:
    return exists().where(
        MentorRecord.organization_id == SignInRecord.organization_id,
        MentorRecord.id == SignInRecord.person_id,
        MentorRecord.school_id == SignInRecord.school_id,
    )
