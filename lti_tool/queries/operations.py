"""Is it connected, is it healthy, what is stuck: for administrators, without anybody's words."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.models.google import GoogleConnectionRecord
from lti_tool.models.people import SchoolRecord
from lti_tool.models.registration import DeploymentRecord, RegistrationRecord
from lti_tool.queries import outbox
from lti_tool.queries.outbox import OpenPromise


@dataclass(frozen=True, slots=True, kw_only=True)
class GoogleState:
    """How the connection to Google stands."""

    domain: str
    connected_at: datetime
    remedy: str
    """What has to be mended before anything goes on; empty when nothing is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """An installation in an LMS; one that waits belongs to nobody yet."""

    platform: str
    school: str | None
    first_seen_at: datetime
    is_approved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Operations:
    """What an administrator looks at."""

    stuck: tuple[OpenPromise, ...]
    waiting: tuple[OpenPromise, ...]
    connections: tuple[Connection, ...]
    google: GoogleState | None

    @property
    def has_waiting_connection(self) -> bool:
        """Tell whether an installation waits for approval."""
        return any(not connection.is_approved for connection in self.connections)


def page(session: Session, organization_id: UUID) -> Operations:
    """Return the state of the organization's connections and promises."""
    promises = outbox.open_promises(session, organization_id)
    return Operations(
        stuck=tuple(promise for promise in promises if promise.state == "dead"),
        waiting=tuple(promise for promise in promises if promise.state != "dead"),
        connections=_connections(session, organization_id),
        google=_google(session, organization_id, promises),
    )


def waiting_deployment(
    session: Session, organization_id: UUID, lti_deployment_id: str
) -> UUID | None:
    """Return the waiting installation of that id on one of the organization's platforms.

    The administrator reads the id in the LMS and types it: on a platform that serves many
    districts nobody can take another one's installation by pressing a button.
    """
    return session.scalars(
        select(DeploymentRecord.id).where(
            DeploymentRecord.approved_at.is_(None),
            DeploymentRecord.lti_deployment_id == lti_deployment_id,
            DeploymentRecord.registration_id.in_(_registrations(session, organization_id)),
        )
    ).one_or_none()


def school_name(session: Session, organization_id: UUID, school_id: UUID) -> str:
    """Return the name of a school of the organization."""
    return session.get_one(SchoolRecord, (organization_id, school_id)).name


def _connections(session: Session, organization_id: UUID) -> tuple[Connection, ...]:
    rows = session.execute(
        select(DeploymentRecord, RegistrationRecord.name, SchoolRecord.name)
        .join(RegistrationRecord, RegistrationRecord.id == DeploymentRecord.registration_id)
        .outerjoin(
            SchoolRecord,
            (SchoolRecord.organization_id == DeploymentRecord.organization_id)
            & (SchoolRecord.id == DeploymentRecord.school_id),
        )
        .where(
            (DeploymentRecord.organization_id == organization_id)
            | (
                DeploymentRecord.approved_at.is_(None)
                & DeploymentRecord.registration_id.in_(_registrations(session, organization_id))
            )
        )
        .order_by(DeploymentRecord.first_seen_at)
    ).all()
    return tuple(
        Connection(
            platform=platform,
            school=school,
            first_seen_at=row.first_seen_at,
            is_approved=row.approved_at is not None,
        )
        for row, platform, school in rows
    )


def _registrations(session: Session, organization_id: UUID) -> list[UUID]:
    return list(
        session.scalars(
            select(DeploymentRecord.registration_id)
            .where(DeploymentRecord.organization_id == organization_id)
            .distinct()
        )
    )


def _google(
    session: Session, organization_id: UUID, promises: tuple[OpenPromise, ...]
) -> GoogleState | None:
    row = session.get(GoogleConnectionRecord, (organization_id, organization_id))
    if row is None:
        return None
    refused = (
        promise.error_remedy or ""
        for promise in promises
        if promise.error_code == "not-authorized" and promise.queue == "google"
    )
    return GoogleState(domain=row.domain, connected_at=row.connected_at, remedy=next(refused, ""))
