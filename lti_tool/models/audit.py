"""Rows of the audit log: an append-only chain of ids, times and salted digests.

Names and free text lie in the erasable payload; erasing destroys payload and salt and leaves the
chain intact (decision 15).
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.db import Base, TenantRow


class AuditRecord(TenantRow, Base, kw_only=True):
    """Who did what to whom and when."""

    __tablename__ = "audit"
    __table_args__ = (
        UniqueConstraint("organization_id", "sequence"),
        Index("ix_audit_subject", "organization_id", "subject_id"),
    )

    at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    """Empty when the system or the command line acted."""
    action: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]
    payload_digest: Mapped[bytes] = mapped_column(LargeBinary)
    """Salted digest of the payload."""
    payload_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    salt: Mapped[bytes | None] = mapped_column(LargeBinary)
    sequence: Mapped[int | None] = mapped_column(default=None)
    """Place in the chain, given when the line is chained shortly after its commit."""
    link: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)
    """Hash over the previous link and this line."""
    erased_at: Mapped[datetime | None] = mapped_column(default=None)


class AuditSealRecord(TenantRow, Base, kw_only=True):
    """The head of the chain, signed with a key outside the database."""

    __tablename__ = "audit_seals"
    __table_args__ = (UniqueConstraint("organization_id", "sequence"),)

    sequence: Mapped[int]
    link: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_at: Mapped[datetime]
    seal: Mapped[bytes] = mapped_column(LargeBinary)
