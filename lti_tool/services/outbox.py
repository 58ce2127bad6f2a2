"""The outbox: promise in the transaction of the change, keep it later, exactly as often as needed.

A promise says *make the remote equal to local for this key*. One row per (topic, key): promising
again raises the wanted version, so what a worker finds is always the newest wish. Claims are
fenced leases taken by one ``UPDATE ... RETURNING`` that works on SQLite and PostgreSQL alike; a
worker whose lease ran out can no longer record anything. Retry with jitter what can succeed
later; all else becomes a dead letter that a person sees and can retry.
"""

import random
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from sqlalchemy import and_, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lti_tool.db import PROMISED
from lti_tool.models.outbox import PromiseRecord
from lti_tool.ports.errors import GatewayError, NotAuthorizedError

LEASE = timedelta(minutes=2)
"""Must outlast the slowest remote request (30 s read time-out) with room to spare."""
FIRST_BACKOFF = timedelta(seconds=2)
LONGEST_BACKOFF = timedelta(minutes=30)
JITTER = 0.25
ATTEMPTS_BEFORE_DEAD = 12
WORKER_DIED = (
    "worker-died",
    "Workers died again and again while they were at it; see their logs, then try again.",
)
NAMESPACE = UUID("6d0f1f5e-7f0e-4a3b-9a53-2f3f3f1c9a11")


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A kind of promise: its stable name and the queue whose workers keep it."""

    name: str
    queue: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A promise that this worker, and nobody else, may keep until the lease runs out."""

    organization_id: UUID
    promise_id: UUID
    topic: str
    key: UUID
    version: int
    attempts: int
    fence: int
    owner: str


def promise(
    session: Session,
    topic: Topic,
    *,
    organization_id: UUID,
    key: UUID,
    now: datetime,
    due_at: datetime | None = None,
) -> None:
    """Promise that the remote will follow for `key`; raised again, the newest wish wins."""
    values = {
        "organization_id": organization_id,
        "id": uuid5(NAMESPACE, f"{organization_id}/{topic.name}/{key}"),
        "queue": topic.queue,
        "topic": topic.name,
        "key": str(key),
        "wanted_version": 1,
        "kept_version": 0,
        "due_at": due_at or now,
        "promised_at": now,
        "is_open": True,
        "attempts": 0,
        "fence": 0,
    }
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(PromiseRecord).values(**values)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["organization_id", "topic", "key"],
            set_={
                "wanted_version": PromiseRecord.wanted_version + 1,
                "due_at": due_at or now,
                "promised_at": now,
                "is_open": True,
                "attempts": 0,
                "dead_at": None,
                "error_code": None,
                "error_remedy": None,
            },
        )
    )
    if due_at is None or due_at <= now:
        session.info.setdefault(PROMISED, set()).add(topic.queue)


def claim(session: Session, *, queue: str, owner: str, now: datetime) -> Claim | None:
    """Lease the promise that is due first, or return nothing.

    The condition is repeated in the UPDATE: a second PostgreSQL transaction re-checks it after
    waiting for the row, so the loser of a race gets nothing instead of the same promise.
    """
    free = and_(
        PromiseRecord.is_open,
        PromiseRecord.due_at <= now,
        or_(PromiseRecord.lease_until.is_(None), PromiseRecord.lease_until < now),
    )
    first = (
        select(PromiseRecord.id)
        .where(PromiseRecord.queue == queue, free)
        .order_by(PromiseRecord.due_at)
        .limit(1)
    )
    if session.get_bind().dialect.name == "postgresql":
        first = first.with_for_update(skip_locked=True)
    row = session.execute(
        update(PromiseRecord)
        .where(PromiseRecord.id == first.scalar_subquery(), free)
        .values(
            lease_owner=owner,
            lease_until=now + LEASE,
            attempts=PromiseRecord.attempts + 1,
            fence=PromiseRecord.fence + 1,
        )
        .returning(
            PromiseRecord.organization_id,
            PromiseRecord.id,
            PromiseRecord.topic,
            PromiseRecord.key,
            PromiseRecord.wanted_version,
            PromiseRecord.attempts,
            PromiseRecord.fence,
        )
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if row is None:
        return None
    return Claim(
        organization_id=row[0],
        promise_id=row[1],
        topic=row[2],
        key=UUID(row[3]),
        version=row[4],
        attempts=row[5],
        fence=row[6],
        owner=owner,
    )


def still_holds(session: Session, claim: Claim) -> bool:
    """Tell whether the claim's lease is still this worker's, so that no work is wasted.

    Nothing is locked here: `keep`, at the end of the recording, decides. Rows of the subject are
    locked before the promise's row everywhere, or recording and promising would deadlock.
    """
    fence = session.scalars(
        select(PromiseRecord.fence).where(
            PromiseRecord.organization_id == claim.organization_id,
            PromiseRecord.id == claim.promise_id,
        )
    ).one()
    return fence == claim.fence


def hold(session: Session, claim: Claim) -> None:
    """Lock the claimed promise now, before another one is promised in its preparation.

    Who keeps a promise otherwise locks it last. Two topics that promise each other must lock in
    one order, or two workers wait for each other.

    :raises LeaseLostError: if another worker has claimed it meanwhile
    """
    _claimed(session, claim)


def keep(session: Session, claim: Claim, *, now: datetime) -> None:
    """Record that the promise was kept; a newer wish for the key stays open.

    :raises LeaseLostError: if the lease ran out; the whole recording must be rolled back then
    """
    row = _claimed(session, claim)
    row.kept_version = claim.version
    row.kept_at = now
    row.is_open = row.wanted_version > claim.version
    row.lease_owner = row.lease_until = None
    row.error_code = row.error_remedy = None
    if row.is_open:
        session.info.setdefault(PROMISED, set()).add(row.queue)
    else:
        row.attempts = 0


def fail(session: Session, claim: Claim, error: GatewayError, *, now: datetime) -> None:
    """Put the promise off, or make it a dead letter when trying again cannot help."""
    row = _claimed(session, claim)
    row.lease_owner = row.lease_until = None
    row.error_code, row.error_remedy = error.code, error.remedy
    # A missing credential is mended by a person: keep the queue and go on by itself then.
    patient = isinstance(error, NotAuthorizedError)
    if error.retryable and (patient or claim.attempts < ATTEMPTS_BEFORE_DEAD):
        row.due_at = now + backoff(claim.attempts, retry_after=error.retry_after)
    elif row.wanted_version > claim.version:
        row.due_at, row.attempts = now, 0  # a newer wish may succeed where this one did not
    else:
        row.is_open, row.dead_at = False, now


def retry(session: Session, *, organization_id: UUID, promise_id: UUID, now: datetime) -> bool:
    """Give a dead letter another chance; tell whether it was one."""
    row = session.get(PromiseRecord, (organization_id, promise_id), with_for_update=True)
    if row is None or row.dead_at is None:
        return False
    row.is_open, row.dead_at, row.attempts, row.due_at = True, None, 0, now
    session.info.setdefault(PROMISED, set()).add(row.queue)
    return True


def holders(session: Session) -> frozenset[str]:
    """Return the names of the processes that hold leases."""
    owners = session.scalars(
        select(PromiseRecord.lease_owner)
        .where(PromiseRecord.is_open, PromiseRecord.lease_owner.is_not(None))
        .distinct()
    )
    return frozenset(owner for owner in owners if owner is not None)


def release(session: Session, owners: Collection[str], *, now: datetime) -> int:
    """Free what dead processes held, so that it is kept at once; return how many it were.

    What was claimed again and again and never came to an end is likely to be what kills the
    workers: it becomes a dead letter.
    """
    held = session.scalars(
        select(PromiseRecord)
        .where(PromiseRecord.is_open, PromiseRecord.lease_owner.in_(owners))
        .with_for_update(skip_locked=True)  # another worker that starts frees it just now
    ).all()
    for row in held:
        row.lease_owner = row.lease_until = None
        if row.attempts >= ATTEMPTS_BEFORE_DEAD:
            row.is_open, row.dead_at = False, now
            row.error_code, row.error_remedy = WORKER_DIED
        else:
            session.info.setdefault(PROMISED, set()).add(row.queue)
    return len(held)


def backoff(attempts: int, *, retry_after: timedelta | None) -> timedelta:
    """Return how long to wait: doubling, capped, with jitter; never less than was asked for."""
    doublings: int = 2 ** min(attempts - 1, 20)
    wait = min(FIRST_BACKOFF * doublings, LONGEST_BACKOFF)
    wait *= 1 + random.uniform(-JITTER, JITTER)  # noqa: S311 - spreads load, no secret
    return max(wait, retry_after or timedelta())


def _claimed(session: Session, claim: Claim) -> PromiseRecord:
    row = session.get_one(
        PromiseRecord,
        (claim.organization_id, claim.promise_id),
        populate_existing=True,
        with_for_update=True,
    )
    if row.fence != claim.fence:
        raise LeaseLostError(claim.topic)
    return row


class LeaseLostError(Exception):
    """Another worker claimed the promise meanwhile; nothing may be recorded for it."""
