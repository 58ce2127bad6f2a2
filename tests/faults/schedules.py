"""Randomized schedules of relays that stumble, lose answers, die, and outlive their leases.

Two topics follow each other for many keys, as a room and its event do. At the end, when the
trouble is over, the remote must hold the newest wish of every key, and nothing may have been
recorded twice under the same fence. The seed is all that is needed to see a run again.
"""

import hashlib
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Integer, MetaData, String, Table, UniqueConstraint, select, update
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from config.clock import Clock
from config.keyring import Keyring
from lti_tool.db import Database, new_engine
from lti_tool.models.outbox import PromiseRecord
from lti_tool.models.people import OrganizationRecord
from lti_tool.models.sealed import new_data_key
from lti_tool.ports.errors import (
    ConflictError,
    NotAuthorizedError,
    QuotaExceededError,
    UnavailableError,
)
from lti_tool.services import outbox
from lti_tool.services.outbox import Claim, Topic
from tasks.keepers import Keeper, Relay
from tests.faults.turns import Turns

STARTS = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
QUEUE = "google"
PAINT = Topic(name="test.paint", queue=QUEUE)
VARNISH = Topic(name="test.varnish", queue=QUEUE)
KEYS = 6
WISHES = 18
RELAYS = 3
ROUNDS = 14
CALM_ROUNDS = 30
TWICE = "RecordedTwice"
TROUBLE = 0.12
"""How likely something goes wrong at each place where it can."""

_metadata = MetaData()
wishes = Table(
    "test_wishes",
    _metadata,
    Column("key", String(36), primary_key=True),
    Column("wanted", Integer, nullable=False),
    Column("painted", Integer, nullable=False),
    Column("varnished", Integer, nullable=False),
)
recordings = Table(
    "test_recordings",
    _metadata,
    Column("number", Integer, primary_key=True),
    Column("topic", String(40), nullable=False),
    Column("key", String(36), nullable=False),
    Column("fence", Integer, nullable=False),
    UniqueConstraint("topic", "key", "fence"),
)


class PowerCutError(BaseException):
    """The worker is gone; nothing after this line runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hands(Clock):
    """A clock that the schedule moves."""

    moved: list[timedelta] = field(default_factory=lambda: [timedelta()])

    def now(self) -> datetime:
        return STARTS + self.moved[0]

    def move(self, length: timedelta) -> None:
        self.moved[0] += length


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is asked of the remote: this value for this key."""

    topic: str
    key: UUID
    value: int


@dataclass(slots=True, kw_only=True)
class Storm:
    """One run: its chance, its clock, its remote, and what has happened."""

    seed: int
    turns: Turns
    chance: random.Random
    clock: Hands = field(default_factory=Hands)
    is_over: bool = False
    remote: dict[tuple[str, UUID], int] = field(default_factory=dict)
    seen: Counter[str] = field(default_factory=Counter)
    trace: list[str] = field(default_factory=list)

    def note(self, what: str) -> None:
        self.seen[what.split(maxsplit=1)[0]] += 1
        self.trace.append(what)

    def strike(self, place: str) -> None:
        """Let something go wrong here, perhaps."""
        if self.is_over or self.chance.random() > TROUBLE:
            return
        fault = self.chance.choice(
            (
                UnavailableError("It did not answer."),
                QuotaExceededError("Too many.", retry_after=timedelta(minutes=9)),
                NotAuthorizedError("The key was taken back."),
                ConflictError("Somebody changed it."),
                ZeroDivisionError(),
                PowerCutError(),
                None,
            )
        )
        self.note(f"{type(fault).__name__ if fault else 'LeaseRunsOut'} {place}")
        if fault is not None:
            raise fault
        self.clock.move(outbox.LEASE + timedelta(seconds=1))

    def ask(self, wish: Wish) -> int:
        """Make the remote follow; as with scores and events, an older wish changes nothing."""
        self.turns.hand_on()
        self.strike("before-request")
        place = (wish.topic, wish.key)
        self.remote[place] = max(wish.value, self.remote.get(place, 0))
        self.note(f"Effect {wish.topic} {wish.key} {wish.value}")
        self.turns.hand_on()
        self.strike("after-request")
        return wish.value


class SteppedDatabase(Database):
    """Hands the turn on, and may lose its power, before each transaction."""

    storm: Storm

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        self.storm.turns.hand_on()
        if not self.storm.is_over and self.storm.chance.random() < TROUBLE / 4:
            self.storm.note("PowerCutError between")
            raise PowerCutError
        with super().transaction() as session:
            yield session


def run(database_url: str, seed: int, *, strict: bool = True) -> Storm:
    """Play the schedule of a seed on an empty migrated database, and check how it ends."""
    chance = random.Random(seed)  # noqa: S311 - repeats a run, hides nothing
    random.seed(seed)  # the outbox draws its jitter there
    storm = Storm(seed=seed, turns=Turns(chance, strict=strict), chance=chance)
    keyring = Keyring.from_dict(Keyring.generate())
    database = SteppedDatabase(new_engine(database_url), keyring)
    database.storm = storm
    try:
        organization_id = _prepare(database, storm, keyring)
        keys = [UUID(int=chance.getrandbits(128)) for _ in range(KEYS)]
        actors = [partial(_work, database, storm, number) for number in range(RELAYS)]
        with capture_logs():  # printing every trace would take longer than the run
            storm.turns.play([partial(_wish, database, storm, organization_id, keys), *actors])
            storm.is_over = True
            _calm_down(database, storm, organization_id)
        _check(database, storm)
    finally:
        database.engine.dispose()
    return storm


def digest(storm: Storm) -> str:
    """Return a short word for all that happened, in its order."""
    return hashlib.sha256("\n".join(storm.trace).encode()).hexdigest()[:12]


# ---------------------------------------------------------------- the actors


def _prepare(database: SteppedDatabase, storm: Storm, keyring: Keyring) -> UUID:
    _metadata.create_all(database.engine)
    organization_id = UUID(int=storm.chance.getrandbits(128))
    with Database(database.engine, keyring).transaction() as session:
        session.add(
            OrganizationRecord(
                id=organization_id,
                name="Harbor District",
                time_zone="America/New_York",
                data_key_sealed=new_data_key(keyring, organization_id),
                created_at=STARTS,
            )
        )
    return organization_id


def _wish(database: SteppedDatabase, storm: Storm, organization_id: UUID, keys: list[UUID]) -> None:
    for number in range(WISHES):
        key = keys[number] if number < len(keys) else storm.chance.choice(keys)
        storm.clock.move(timedelta(seconds=1))
        while True:
            try:
                with database.transaction() as session:
                    _raise_wish(session, key)
                    outbox.promise(
                        session,
                        PAINT,
                        organization_id=organization_id,
                        key=key,
                        now=storm.clock.now(),
                    )
                break
            except PowerCutError:
                continue


def _raise_wish(session: Session, key: UUID) -> None:
    raised = session.execute(
        update(wishes)
        .where(wishes.c.key == str(key))
        .values(wanted=wishes.c.wanted + 1)
        .returning(wishes.c.key)
    ).first()
    if raised is None:
        session.execute(wishes.insert().values(key=str(key), wanted=1, painted=0, varnished=0))


def _work(database: SteppedDatabase, storm: Storm, number: int) -> None:
    for life in range(ROUNDS):
        name = f"relay-{number}-{life}"
        try:
            _relay(database, storm, name).drain(QUEUE)
        except PowerCutError:
            if storm.chance.random() < 1 / 2:  # a worker of the same machine starts
                _release(database, storm, name)
        storm.clock.move(timedelta(seconds=storm.chance.choice((1, 5, 60))))


def _release(database: SteppedDatabase, storm: Storm, name: str) -> None:
    storm.turns.hand_on()
    with Database(database.engine, database.keyring).transaction() as session:
        outbox.release(session, [name], now=storm.clock.now())


def _relay(database: SteppedDatabase, storm: Storm, name: str) -> Relay:
    keepers: dict[str, Keeper[Any, Any, Any]] = {
        topic.name: Keeper(
            topic=topic,
            prepare=partial(_prepare_wish, storm, column),
            perform=lambda ports, wish: ports.ask(wish),
            record=partial(_record, storm, column, after),
        )
        for topic, column, after in ((PAINT, "painted", VARNISH), (VARNISH, "varnished", None))
    }
    return Relay(
        database=database, clock=storm.clock, ports=storm, keepers=keepers, owner=lambda: name
    )


def _prepare_wish(
    storm: Storm, column: str, session: Session, claim: Claim, _now: datetime
) -> Wish | None:
    row = session.execute(select(wishes).where(wishes.c.key == str(claim.key))).one()
    storm.strike("prepare")
    value = row.wanted if column == "painted" else row.painted
    if value == getattr(row, column):
        return None
    return Wish(topic=claim.topic, key=claim.key, value=value)


def _record(
    storm: Storm,
    column: str,
    after: Topic | None,
    session: Session,
    claim: Claim,
    wish: Wish,
    answer: int,
    now: datetime,
) -> None:
    key = str(claim.key)
    if _is_recorded(session, claim):
        storm.note(TWICE)
    session.execute(recordings.insert().values(topic=claim.topic, key=key, fence=claim.fence))
    session.execute(update(wishes).where(wishes.c.key == key).values({column: answer}))
    if after is not None:
        outbox.promise(
            session, after, organization_id=claim.organization_id, key=claim.key, now=now
        )
    storm.strike("record")


def _is_recorded(session: Session, claim: Claim) -> bool:
    found = session.execute(
        select(recordings.c.number).where(
            recordings.c.topic == claim.topic,
            recordings.c.key == str(claim.key),
            recordings.c.fence == claim.fence,
        )
    )
    return found.first() is not None


# ---------------------------------------------------------------- the end


def _calm_down(database: SteppedDatabase, storm: Storm, organization_id: UUID) -> None:
    """Let time pass and somebody retry what died, until nothing is open."""
    for _ in range(CALM_ROUNDS):
        storm.clock.move(outbox.LONGEST_BACKOFF * 2)
        with database.transaction() as session:
            rows = session.scalars(select(PromiseRecord)).all()
            if all(row.dead_at is None and not row.is_open for row in rows):
                return
            for row in rows:
                outbox.retry(
                    session,
                    organization_id=organization_id,
                    promise_id=row.id,
                    now=storm.clock.now(),
                )
        _relay(database, storm, "last").drain(QUEUE)
    raise AssertionError(f"seed {storm.seed}: promises stay open for ever")


def _check(database: SteppedDatabase, storm: Storm) -> None:
    run_of = f"seed {storm.seed}"
    assert storm.seen[TWICE] == 0, f"{run_of}: recorded twice under one fence"
    with database.reading() as session:
        for row in session.execute(select(wishes)):
            key = UUID(row.key)
            found = (storm.remote.get((PAINT.name, key)), storm.remote.get((VARNISH.name, key)))
            wanted = (row.wanted, row.wanted)
            assert found == wanted, f"{run_of}: {key} holds {found}, not {wanted}"
            assert (row.painted, row.varnished) == wanted, f"{run_of}: {key} is not recorded"
        for promise in session.scalars(select(PromiseRecord)):
            assert promise.lease_owner is None, f"{run_of}: a lease was left behind"
            assert promise.kept_version == promise.wanted_version, f"{run_of}: not kept"
