"""Rows of LMS registrations, their deployments, and the tool's own keys."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.db import Base, refers


class RegistrationRecord(Base, kw_only=True):
    """A platform that may launch us: (issuer, client_id). Not a tenant (decision 1)."""

    __tablename__ = "registrations"
    __table_args__ = (UniqueConstraint("issuer", "client_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    profile: Mapped[str]
    """Which platform's habits apply: canvas, schoology, moodle."""
    issuer: Mapped[str]
    client_id: Mapped[str]
    auth_login_url: Mapped[str]
    token_url: Mapped[str]
    token_audience: Mapped[str]
    """`aud` of our client assertion; usually the token URL."""
    jwks_url: Mapped[str]
    frame_origins: Mapped[list[str]] = mapped_column(JSON)
    """Origins that may frame login and launch pages (decision 25)."""
    created_at: Mapped[datetime]


class DeploymentRecord(Base, kw_only=True):
    """One installation of a registration; belongs to an organization once approved."""

    __tablename__ = "deployments"
    __table_args__ = (
        UniqueConstraint("registration_id", "lti_deployment_id"),
        refers("school_id", to="schools"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    registration_id: Mapped[UUID] = mapped_column(ForeignKey("registrations.id"))
    lti_deployment_id: Mapped[str]
    first_seen_at: Mapped[datetime]
    organization_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("organizations.id"), default=None
    )
    school_id: Mapped[UUID | None] = mapped_column(default=None)
    approved_at: Mapped[datetime | None] = mapped_column(default=None)
    frame_origins: Mapped[list[str]] = mapped_column(JSON, default_factory=list)
    """Origins taken from signed claims; pages with data may be framed by these only."""


class ToolKeyRecord(Base, kw_only=True):
    """One of the tool's signing keys; the private part is sealed by the keyring."""

    __tablename__ = "tool_keys"

    kid: Mapped[str] = mapped_column(primary_key=True)
    private_key_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    signs_from: Mapped[datetime]
    """Published at once, used for signing only from here on, so that platforms learn it first."""
    retired_at: Mapped[datetime | None] = mapped_column(default=None)


class ConsumedStateRecord(Base, kw_only=True):
    """A login state that was used; its existence is what makes states and nonces single-use."""

    __tablename__ = "consumed_states"

    state_id: Mapped[UUID] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
