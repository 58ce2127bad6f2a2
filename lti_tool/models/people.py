"""Rows of organizations, schools, persons, their identities and what they were granted."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.db import Base, TenantRow, refers


class OrganizationRecord(Base, kw_only=True):
    """The tenant: holder of the contract, the policy and the data; usually a district."""

    __tablename__ = "organizations"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    time_zone: Mapped[str]
    """IANA name; "on that day" is the local date there."""
    data_key_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """The organization's data key, wrapped by the keyring (envelope encryption)."""
    created_at: Mapped[datetime]
    policy: Mapped[dict[str, Any]] = mapped_column(JSON, default_factory=dict)
    """Departures from the documented defaults of `domain.policy.Policy`."""


class SchoolRecord(TenantRow, Base, kw_only=True):
    """A school of the organization."""

    __tablename__ = "schools"
    __table_args__ = (ForeignKeyConstraint(["organization_id"], ["organizations.id"]),)

    name: Mapped[str]


class PersonRecord(TenantRow, Base, kw_only=True):
    """A person of one organization; never merged by e-mail (decision 3)."""

    __tablename__ = "people"
    __table_args__ = (ForeignKeyConstraint(["organization_id"], ["organizations.id"]),)

    created_at: Mapped[datetime]
    display_name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)
    """Name as the LMS or staff gave it; without one, pages show a stable pseudonym."""
    is_test: Mapped[bool] = mapped_column(default=False)
    """A test student of the LMS: simulated, outside roster, matching, hours and Google."""


class IdentityRecord(TenantRow, Base, kw_only=True):
    """One way in which a person is known: an LTI subject or an e-mail address."""

    __tablename__ = "identities"
    __table_args__ = (
        refers("person_id", to="people"),
        UniqueConstraint("organization_id", "kind", "namespace", "subject_digest"),
        Index("ix_identities_person", "organization_id", "person_id"),
    )

    person_id: Mapped[UUID]
    kind: Mapped[str]
    """lti | e-mail."""
    namespace: Mapped[str]
    """Registration id of an LTI subject; empty otherwise."""
    subject_digest: Mapped[bytes] = mapped_column(LargeBinary)
    """Keyed hash, so that a subject is found without being readable."""
    subject_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


class GrantRecord(TenantRow, Base, kw_only=True):
    """A role granted on the command line; never inferred from LTI claims (decision 4)."""

    __tablename__ = "grants"
    __table_args__ = (
        refers("person_id", to="people"),
        refers("school_id", to="schools"),
        Index("ix_grants_person", "organization_id", "person_id"),
    )

    person_id: Mapped[UUID]
    school_id: Mapped[UUID]
    role: Mapped[str]
    """coordinator | it-administrator."""
    granted_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)


class StaffRecord(TenantRow, Base, kw_only=True):
    """A line of the confirmed staff roster: who may supervise, and their Google address."""

    __tablename__ = "staff"
    __table_args__ = (
        refers("person_id", to="people"),
        refers("school_id", to="schools"),
        UniqueConstraint("organization_id", "school_id", "person_id"),
    )

    person_id: Mapped[UUID]
    school_id: Mapped[UUID]
    staff_role: Mapped[str]
    """instructional-staff | administrator | counselor | other-staff."""
    confirmed_by: Mapped[UUID]
    confirmed_at: Mapped[datetime]
    google_address_sealed: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)
    """The only source of Google subjects (decision 22)."""
    google_user: Mapped[str | None] = mapped_column(default=None)
    """``users/<id>`` as Meet reports it."""
    removed_at: Mapped[datetime | None] = mapped_column(default=None)


class SignInRecord(Base, kw_only=True):
    """A signed-in tab in the frame, or a first-party session; the token is stored hashed."""

    __tablename__ = "sign_ins"
    __table_args__ = (
        refers("person_id", to="people"),
        refers("course_id", to="courses"),
        refers("school_id", to="schools"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    """tab | first-party."""
    organization_id: Mapped[UUID]
    school_id: Mapped[UUID]
    """The school whose grants apply: the course's, or the one signed in to."""
    person_id: Mapped[UUID]
    created_at: Mapped[datetime]
    authenticated_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    token_digest: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True, default=None)
    code_digest: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True, default=None)
    """One-time launch code, exchanged for the token by the frame's script."""
    code_expires_at: Mapped[datetime | None] = mapped_column(default=None)
    browser_proof_digest: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)
    """What the browser must prove with the code, unless its cookie has proved it already."""
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)
    deployment_id: Mapped[UUID | None] = mapped_column(ForeignKey("deployments.id"), default=None)
    course_id: Mapped[UUID | None] = mapped_column(default=None)
    resource_link_id: Mapped[UUID | None] = mapped_column(default=None)
    course_role: Mapped[str | None] = mapped_column(default=None)
    masquerading_person_id: Mapped[UUID | None] = mapped_column(default=None)
    """The person really at the keyboard; makes the sign-in read-only."""
    landing_path: Mapped[str] = mapped_column(default="/")
    deep_linking_sealed: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)
    """Settings of a deep-linking request (return URL, data), sealed."""


class SignInRequestRecord(TenantRow, Base, kw_only=True):
    """A mailed code and link, waiting to be used once."""

    __tablename__ = "sign_in_requests"
    __table_args__ = (refers("person_id", to="people"),)

    person_id: Mapped[UUID]
    requested_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    browser_digest: Mapped[bytes] = mapped_column(LargeBinary)
    """The browser that asked; the link works there only, the code anywhere."""
    link_digest: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)
    code_digest: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)
    """Both made when the mail is sent (decision 17)."""
    attempts: Mapped[int] = mapped_column(default=0)
    consumed_at: Mapped[datetime | None] = mapped_column(default=None)
    next_path: Mapped[str] = mapped_column(default="/")
