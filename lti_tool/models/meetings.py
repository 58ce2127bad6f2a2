"""Rows of meetings, who is in them, presence, and the minutes of the ledger."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.db import Base, TenantRow, refers


class MeetingRecord(TenantRow, Base, kw_only=True):
    """A supervised meeting of a pairing: intent, its room and its event, and how it went."""

    __tablename__ = "meetings"
    __table_args__ = (
        refers("pairing_id", to="pairings"),
        refers("supervisor_id", to="people"),
        refers("backup_id", to="people"),
        UniqueConstraint("organization_id", "request_id"),
        CheckConstraint("ends_at > starts_at", name="ends_after_it_starts"),
        CheckConstraint("backup_id <> supervisor_id", name="backup_is_another_person"),
        Index("ix_meetings_pairing", "organization_id", "pairing_id"),
        Index("ix_meetings_starts", "organization_id", "starts_at"),
    )

    pairing_id: Mapped[UUID]
    request_id: Mapped[UUID]
    """Made with the form: a double click or a re-sent form opens the slot once."""
    title: Mapped[str]
    """Neutral: names nobody."""
    channel: Mapped[str]
    place: Mapped[str]
    local_start: Mapped[str]
    """Wall time as intended, ISO without offset; `starts_at` is derived from it."""
    time_zone: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    supervisor_id: Mapped[UUID]
    backup_id: Mapped[UUID]
    status: Mapped[str]
    created_by: Mapped[UUID]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    generation: Mapped[int] = mapped_column(default=1)
    """Part of the Google event id; grows when an event must be made anew."""
    hold_reason: Mapped[str | None] = mapped_column(default=None)
    """Neutral text; never a finding about a person."""
    agenda: Mapped[str | None] = mapped_column(default=None)
    # -- the room (Google Meet)
    space_name: Mapped[str | None] = mapped_column(default=None)
    """``spaces/<id>``, set once by compare-and-set; rooms are never reused."""
    meeting_url_sealed: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)
    host_id: Mapped[UUID | None] = mapped_column(default=None)
    """Staff member in whose account room and event lie; stays when somebody else covers."""
    cohosts: Mapped[dict[str, str]] = mapped_column(JSON, default_factory=dict)
    """Person id to ``spaces/<id>/members/<id>``, as last read back."""
    stray_member: Mapped[str | None] = mapped_column(default=None)
    """A member who does not belong to the staff of this meeting, to be removed."""
    room_verified_at: Mapped[datetime | None] = mapped_column(default=None)
    """When RESTRICTED, moderated and the exact staff were read back."""
    # -- the event (Google Calendar)
    event_id: Mapped[str | None] = mapped_column(default=None)
    event_status: Mapped[str | None] = mapped_column(default=None)
    """inserting | conflict | confirmed | cancelled; `inserting` is stored before the request."""
    event_digest: Mapped[str | None] = mapped_column(default=None)
    # -- how it went
    opened_at: Mapped[datetime | None] = mapped_column(default=None)
    opened_by: Mapped[UUID | None] = mapped_column(default=None)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    closed_by: Mapped[UUID | None] = mapped_column(default=None)
    outcome: Mapped[str | None] = mapped_column(default=None)
    end_call_at: Mapped[datetime | None] = mapped_column(default=None)
    """When the tool ends the call unless staff confirm that a person on hold has left."""
    alone_seen_at: Mapped[datetime | None] = mapped_column(default=None)
    """When people without staff were first seen in the running call; empty once staff are back."""
    presence_read_at: Mapped[datetime | None] = mapped_column(default=None)
    """When the room's calls were last listed."""
    presence_complete_at: Mapped[datetime | None] = mapped_column(default=None)
    """When every call of the room was collected; until then minutes are indeterminate."""
    ledger_digest: Mapped[str | None] = mapped_column(default=None)
    ledger_computed_at: Mapped[datetime | None] = mapped_column(default=None)


class MeetingPersonRecord(TenantRow, Base, kw_only=True):
    """A mentor or mentee expected in a meeting, and whether the person is on hold."""

    __tablename__ = "meeting_people"
    __table_args__ = (
        refers("meeting_id", to="meetings"),
        refers("person_id", to="people"),
        UniqueConstraint("organization_id", "meeting_id", "person_id"),
        Index("ix_meeting_people_person", "organization_id", "person_id"),
    )

    meeting_id: Mapped[UUID]
    person_id: Mapped[UUID]
    side: Mapped[str]
    """mentor | mentee."""
    on_hold: Mapped[bool] = mapped_column(default=False)


class LinkShowingRecord(TenantRow, Base, kw_only=True):
    """The Meet link was shown to a person; every showing is logged (S3)."""

    __tablename__ = "link_showings"
    __table_args__ = (
        refers("meeting_id", to="meetings"),
        refers("person_id", to="people"),
    )

    meeting_id: Mapped[UUID]
    person_id: Mapped[UUID]
    shown_at: Mapped[datetime]


class CallRecord(TenantRow, Base, kw_only=True):
    """One call (conference record) in a meeting's room, being collected page by page."""

    __tablename__ = "calls"
    __table_args__ = (
        refers("meeting_id", to="meetings"),
        UniqueConstraint("organization_id", "remote_name"),
    )

    meeting_id: Mapped[UUID]
    remote_name: Mapped[str]
    """``conferenceRecords/<id>``."""
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    participants_collected: Mapped[bool] = mapped_column(default=False)
    """Whether the participants were listed after the call had ended."""


class ParticipantRecord(TenantRow, Base, kw_only=True):
    """Somebody seen in a call, known or not."""

    __tablename__ = "participants"
    __table_args__ = (
        refers("meeting_id", to="meetings"),
        refers("call_id", to="calls"),
        refers("person_id", to="people"),
        UniqueConstraint("organization_id", "remote_name"),
    )

    meeting_id: Mapped[UUID]
    call_id: Mapped[UUID]
    remote_name: Mapped[str]
    """``conferenceRecords/<id>/participants/<id>``."""
    identity_kind: Mapped[str]
    """signed_in | anonymous | phone."""
    google_user: Mapped[str | None]
    display_name_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    person_id: Mapped[UUID | None] = mapped_column(default=None)
    """Who it is: by bound Google user, or as staff named the person live (attested)."""
    named_by: Mapped[UUID | None] = mapped_column(default=None)
    named_at: Mapped[datetime | None] = mapped_column(default=None)
    sessions_collected: Mapped[bool] = mapped_column(default=False)
    """Whether the joins and leaves were listed after the call had ended."""


class PresenceRecord(TenantRow, Base, kw_only=True):
    """An interval in which somebody was present, with its basis."""

    __tablename__ = "presence"
    __table_args__ = (
        refers("meeting_id", to="meetings"),
        refers("participant_id", to="participants"),
        refers("person_id", to="people"),
        UniqueConstraint("organization_id", "remote_name"),
        Index("ix_presence_meeting", "organization_id", "meeting_id"),
    )

    meeting_id: Mapped[UUID]
    basis: Mapped[str]
    """measured | attested | corrected."""
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    remote_name: Mapped[str | None] = mapped_column(default=None)
    """``.../participantSessions/<id>`` of a measured interval."""
    participant_id: Mapped[UUID | None] = mapped_column(default=None)
    person_id: Mapped[UUID | None] = mapped_column(default=None)
    """Set when staff attest; a measured interval takes its participant's person."""
    recorded_by: Mapped[UUID | None] = mapped_column(default=None)
    recorded_at: Mapped[datetime | None] = mapped_column(default=None)
    seconded_by: Mapped[UUID | None] = mapped_column(default=None)
    """The second staff member behind a correction; without one it is not counted."""
    reason: Mapped[str | None] = mapped_column(default=None)
    end_is_known: Mapped[bool] = mapped_column(default=True)


class LedgerMinuteRecord(Base, kw_only=True):
    """One minute of a meeting, with its verdict and basis; recomputed as a whole."""

    __tablename__ = "ledger_minutes"
    __table_args__ = (refers("meeting_id", to="meetings"),)

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    meeting_id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    verdict: Mapped[str]
    basis: Mapped[str | None]
    counts: Mapped[bool]
