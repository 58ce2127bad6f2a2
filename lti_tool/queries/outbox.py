"""Promises that wait or need a person, for operators."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.models.outbox import PromiseRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPromise:
    """A promise that is not kept yet."""

    promise_id: UUID
    topic: str
    queue: str
    state: str
    """waiting | retrying | dead."""
    attempts: int
    due_at: datetime
    promised_at: datetime
    error_code: str | None
    error_remedy: str | None

    def to_dict(self) -> dict[str, str | int | None]:
        """Return the promise as JSON-able values."""
        return {
            "promise_id": str(self.promise_id),
            "topic": self.topic,
            "state": self.state,
            "attempts": self.attempts,
            "due_at": self.due_at.isoformat(),
            "error_code": self.error_code,
            "error_remedy": self.error_remedy,
        }


def open_promises(session: Session, organization_id: UUID) -> tuple[OpenPromise, ...]:
    """Return what is not kept yet in the organization, dead letters first."""
    rows = session.scalars(
        select(PromiseRecord)
        .where(
            PromiseRecord.organization_id == organization_id,
            PromiseRecord.is_open | PromiseRecord.dead_at.is_not(None),
        )
        .order_by(PromiseRecord.is_open, PromiseRecord.due_at)
    )
    return tuple(
        OpenPromise(
            promise_id=row.id,
            topic=row.topic,
            queue=row.queue,
            state=_state(row),
            attempts=row.attempts,
            due_at=row.due_at,
            promised_at=row.promised_at,
            error_code=row.error_code,
            error_remedy=row.error_remedy,
        )
        for row in rows
    )


def count_dead(session: Session) -> int:
    """Count dead letters of all organizations."""
    return (
        session.scalar(
            select(func.count())
            .select_from(PromiseRecord)
            .where(PromiseRecord.dead_at.is_not(None))
        )
        or 0
    )


def _state(row: PromiseRecord) -> str:
    if row.dead_at is not None:
        return "dead"
    return "retrying" if row.error_code else "waiting"
