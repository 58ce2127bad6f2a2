"""Rows of feedback forms and the responses that were collected."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.db import Base, TenantRow, refers


class FeedbackFormRecord(TenantRow, Base, kw_only=True):
    """A Google Form for one meeting and one audience."""

    __tablename__ = "feedback_forms"
    __table_args__ = (
        refers("meeting_id", to="meetings"),
        UniqueConstraint("organization_id", "meeting_id", "audience"),
    )

    meeting_id: Mapped[UUID]
    audience: Mapped[str]
    """mentee | mentor."""
    owner_id: Mapped[UUID]
    """The staff member in whose Google account the form lives."""
    requested_at: Mapped[datetime]
    remote_form_id: Mapped[str | None] = mapped_column(default=None)
    responder_url: Mapped[str | None] = mapped_column(default=None)
    items_filled_at: Mapped[datetime | None] = mapped_column(default=None)
    published_at: Mapped[datetime | None] = mapped_column(default=None)
    shared_at: Mapped[datetime | None] = mapped_column(default=None)
    token_entry: Mapped[str | None] = mapped_column(default=None)
    """Prefill entry of the respondent token, ``entry.<decimal>``."""
    collected_at: Mapped[datetime | None] = mapped_column(default=None)
    collected_until: Mapped[datetime | None] = mapped_column(default=None)
    """Newest submission time seen; the next poll starts a little before it."""


class FeedbackResponseRecord(TenantRow, Base, kw_only=True):
    """One collected response; an edited one replaces its earlier state."""

    __tablename__ = "feedback_responses"
    __table_args__ = (
        refers("form_id", to="feedback_forms"),
        refers("person_id", to="people"),
        UniqueConstraint("organization_id", "form_id", "remote_response_id"),
    )

    form_id: Mapped[UUID]
    remote_response_id: Mapped[str]
    submitted_at: Mapped[datetime]
    collected_at: Mapped[datetime]
    answers_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """JSON of question key to text."""
    person_id: Mapped[UUID | None] = mapped_column(default=None)
    """Who answered, when the respondent token was genuine."""
