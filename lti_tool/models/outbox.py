"""Rows of promises: what has to happen outside, kept by the workers."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.db import Base, TenantRow


class PromiseRecord(TenantRow, Base, kw_only=True):
    """*Make the remote equal to local for this key*: one row per topic and key.

    Every new promise for the key raises `wanted_version`; keeping it raises `kept_version`. So a
    later promise supersedes an earlier one, the key is never worked on twice at once, and nothing
    can overtake (decision 20).
    """

    __tablename__ = "promises"
    __table_args__ = (
        UniqueConstraint("organization_id", "topic", "key"),
        Index("ix_promises_due", "queue", "is_open", "due_at"),
    )

    queue: Mapped[str]
    """The Celery queue whose workers keep it."""
    topic: Mapped[str]
    key: Mapped[str]
    """Identifiers only."""
    wanted_version: Mapped[int]
    due_at: Mapped[datetime]
    promised_at: Mapped[datetime]
    is_open: Mapped[bool] = mapped_column(default=True)
    """Wanted and not given up; the claim looks at open rows only."""
    kept_version: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_owner: Mapped[str | None] = mapped_column(default=None)
    lease_until: Mapped[datetime | None] = mapped_column(default=None)
    fence: Mapped[int] = mapped_column(default=0)
    """Grows with every claim; a worker whose lease ran out can no longer record."""
    kept_at: Mapped[datetime | None] = mapped_column(default=None)
    dead_at: Mapped[datetime | None] = mapped_column(default=None)
    """When it became a dead letter for staff to see and retry."""
    error_code: Mapped[str | None] = mapped_column(default=None)
    error_remedy: Mapped[str | None] = mapped_column(default=None)
