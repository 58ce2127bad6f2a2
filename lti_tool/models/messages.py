"""Rows of mails to send and of notices for staff."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.db import Base, TenantRow, refers


class MailRecord(TenantRow, Base, kw_only=True):
    """A mail to one person; text and secrets are made when it is sent, never stored."""

    __tablename__ = "mails"
    __table_args__ = (refers("person_id", to="people"),)

    person_id: Mapped[UUID]
    template: Mapped[str]
    """sign_in | meeting_confirmed | meeting_cancelled | on_hold | feedback_wanted | notice."""
    subject_id: Mapped[UUID]
    """What it is about: a sign-in request, a meeting, a notice."""
    wanted_at: Mapped[datetime]
    sent_at: Mapped[datetime | None] = mapped_column(default=None)


class NoticeRecord(TenantRow, Base, kw_only=True):
    """Something staff of a school should see, until somebody has seen to it."""

    __tablename__ = "notices"
    __table_args__ = (
        refers("school_id", to="schools"),
        Index("ix_notices_open", "organization_id", "school_id", "settled_at"),
    )

    school_id: Mapped[UUID]
    code: Mapped[str]
    """Names the text: mentor_on_hold, meeting_on_hold, unsupervised, roster_held, ..."""
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]
    raised_at: Mapped[datetime]
    settled_at: Mapped[datetime | None] = mapped_column(default=None)
    settled_by: Mapped[UUID | None] = mapped_column(default=None)
