"""Rows of an organization's connection to Google Workspace."""

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.db import Base, TenantRow


class GoogleConnectionRecord(TenantRow, Base, kw_only=True):
    """One service account with domain-wide delegation; `id` is the organization's."""

    __tablename__ = "google_connections"

    domain: Mapped[str]
    service_account_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    connected_at: Mapped[datetime]


class GoogleCalendarRecord(TenantRow, Base, kw_only=True):
    """The secondary calendar of a staff member; `id` is the person's."""

    __tablename__ = "google_calendars"

    calendar_id: Mapped[str]
    created_at: Mapped[datetime]
