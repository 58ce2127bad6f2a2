"""Rows of mentors, their gates, consent, objectives and pairings."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import JSON, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.db import Base, TenantRow, refers


class MentorRecord(TenantRow, Base, kw_only=True):
    """An adult of the organization who mentors; `id` is the person's."""

    __tablename__ = "mentors"
    __table_args__ = (
        refers("id", to="people"),
        refers("school_id", to="schools"),
    )

    school_id: Mapped[UUID]
    employer: Mapped[str]
    occupation: Mapped[str]
    added_by: Mapped[UUID]
    added_at: Mapped[datetime]
    google_user: Mapped[str | None] = mapped_column(default=None)
    """``users/<id>`` as Meet reports it, bound once under staff confirmation."""


class ClearanceRecord(TenantRow, Base, kw_only=True):
    """The clearance of a mentor, organization-wide; `id` is the person's. Never findings."""

    __tablename__ = "clearances"
    __table_args__ = (refers("id", to="people"),)

    status: Mapped[str]
    checked_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    """First day on which it no longer counts."""
    reference: Mapped[str]
    recorded_by: Mapped[UUID]
    recorded_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class TrainingRecord(TenantRow, Base, kw_only=True):
    """A training module that a person completed."""

    __tablename__ = "trainings"
    __table_args__ = (
        refers("person_id", to="people"),
        UniqueConstraint("organization_id", "person_id", "module", "version"),
    )

    person_id: Mapped[UUID]
    module: Mapped[str]
    version: Mapped[str]
    completed_on: Mapped[date]
    recorded_by: Mapped[UUID]
    recorded_at: Mapped[datetime]
    expires_on: Mapped[date | None] = mapped_column(default=None)


class AgreementRecord(TenantRow, Base, kw_only=True):
    """The agreement that a mentor signed, by version."""

    __tablename__ = "agreements"
    __table_args__ = (
        refers("person_id", to="people"),
        UniqueConstraint("organization_id", "person_id", "version"),
    )

    person_id: Mapped[UUID]
    version: Mapped[str]
    signed_on: Mapped[date]
    recorded_by: Mapped[UUID]
    recorded_at: Mapped[datetime]
    ends_on: Mapped[date | None] = mapped_column(default=None)


class ConsentRecord(TenantRow, Base, kw_only=True):
    """A guardian's consent for one student and one channel."""

    __tablename__ = "consents"
    __table_args__ = (
        refers("person_id", to="people"),
        Index("ix_consents_person", "organization_id", "person_id"),
    )

    person_id: Mapped[UUID]
    channel: Mapped[str]
    given_on: Mapped[date]
    recorded_by: Mapped[UUID]
    recorded_at: Mapped[datetime]
    guardian_name_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    expires_on: Mapped[date | None] = mapped_column(default=None)
    withdrawn_on: Mapped[date | None] = mapped_column(default=None)
    withdrawn_by: Mapped[UUID | None] = mapped_column(default=None)


class PairingRecord(TenantRow, Base, kw_only=True):
    """One or more mentors with one or more mentees, in a format, in a program."""

    __tablename__ = "pairings"
    __table_args__ = (refers("program_id", to="programs"),)

    program_id: Mapped[UUID]
    format: Mapped[str]
    status: Mapped[str]
    created_by: Mapped[UUID]
    created_at: Mapped[datetime]
    channels: Mapped[list[str]] = mapped_column(JSON, default_factory=list)
    """How the pairing will meet; every family consents to each of these."""
    virtual_start_approved_by: Mapped[UUID | None] = mapped_column(default=None)
    """The coordinator who lets the pairing begin without meeting in person first."""
    activated_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(default=1)


class PairingMemberRecord(TenantRow, Base, kw_only=True):
    """A mentor's or mentee's place in a pairing."""

    __tablename__ = "pairing_members"
    __table_args__ = (
        refers("pairing_id", to="pairings"),
        refers("person_id", to="people"),
        UniqueConstraint("organization_id", "pairing_id", "person_id"),
        Index("ix_pairing_members_person", "organization_id", "person_id"),
    )

    pairing_id: Mapped[UUID]
    person_id: Mapped[UUID]
    side: Mapped[str]
    """mentor | mentee."""


class ObjectiveRecord(TenantRow, Base, kw_only=True):
    """A learning objective of a pairing."""

    __tablename__ = "objectives"
    __table_args__ = (refers("pairing_id", to="pairings"),)

    pairing_id: Mapped[UUID]
    text: Mapped[str]
    created_by: Mapped[UUID]
    created_at: Mapped[datetime]
    agreed_on: Mapped[date | None] = mapped_column(default=None)


class ObjectiveCheckInRecord(TenantRow, Base, kw_only=True):
    """A student's own word on how far an objective has come; `submission_id` holds the text."""

    __tablename__ = "objective_check_ins"
    __table_args__ = (
        refers("objective_id", to="objectives"),
        refers("submission_id", to="submissions"),
        UniqueConstraint("organization_id", "submission_id", "objective_id"),
    )

    objective_id: Mapped[UUID]
    submission_id: Mapped[UUID]
    progress: Mapped[str]
    """not-started | started | halfway | nearly | reached."""
    recorded_at: Mapped[datetime]
