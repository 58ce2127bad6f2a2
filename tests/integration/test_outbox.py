from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from config.clock import Clock
from lti_tool.db import Database
from lti_tool.models.outbox import PromiseRecord
from lti_tool.ports.errors import (
    GatewayError,
    NotAuthorizedError,
    QuotaExceededError,
    RefusedError,
    UnavailableError,
)
from lti_tool.queries import outbox as outbox_queries
from lti_tool.services import outbox
from lti_tool.services.outbox import Claim, LeaseLostError, Topic
from tasks.keepers import Keeper, Relay

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
PAINT = Topic(name="test.paint", queue="google")


def promise(database: Database, organization_id: UUID, key: UUID, now: datetime = NOW) -> None:
    with database.transaction() as session:
        outbox.promise(session, PAINT, organization_id=organization_id, key=key, now=now)


def claim(database: Database, owner: str = "worker", now: datetime = NOW) -> Claim | None:
    with database.transaction() as session:
        return outbox.claim(session, queue=PAINT.queue, owner=owner, now=now)


def certain_claim(database: Database, owner: str = "worker", now: datetime = NOW) -> Claim:
    got = claim(database, owner, now)
    assert got is not None
    return got


def keep(database: Database, got: Claim, now: datetime = NOW) -> None:
    with database.transaction() as session:
        outbox.keep(session, got, now=now)


def fail(database: Database, got: Claim, error: GatewayError, now: datetime = NOW) -> None:
    with database.transaction() as session:
        outbox.fail(session, got, error, now=now)


def row(database: Database) -> PromiseRecord:
    with database.reading() as session:
        found = session.scalars(select(PromiseRecord)).one()
        session.expunge(found)
        return found


class TestPromise:
    def test_is_claimed_once_and_kept(self, database: Database, organization_id: UUID) -> None:
        key = uuid4()
        promise(database, organization_id, key)
        got = certain_claim(database)
        assert (got.key, got.version, got.attempts) == (key, 1, 1)
        assert claim(database) is None
        keep(database, got)
        assert claim(database, now=NOW + timedelta(days=1)) is None

    def test_of_a_rolled_back_change_was_never_made(
        self, database: Database, organization_id: UUID
    ) -> None:
        def change_and_stumble() -> None:
            with database.transaction() as session:
                outbox.promise(
                    session, PAINT, organization_id=organization_id, key=uuid4(), now=NOW
                )
                raise RuntimeError

        with pytest.raises(RuntimeError):
            change_and_stumble()
        assert claim(database) is None

    def test_supersedes_the_earlier_one_of_its_key(
        self, database: Database, organization_id: UUID
    ) -> None:
        key = uuid4()
        promise(database, organization_id, key)
        promise(database, organization_id, key)
        got = certain_claim(database)
        assert got.version == 2
        keep(database, got)
        assert claim(database) is None

    def test_raised_while_an_earlier_one_is_worked_on_stays_open(
        self, database: Database, organization_id: UUID
    ) -> None:
        key = uuid4()
        promise(database, organization_id, key)
        got = certain_claim(database)
        promise(database, organization_id, key)
        assert claim(database, "other") is None  # the head of a key is claimed alone
        keep(database, got)
        assert certain_claim(database).version == 2

    def test_wakes_the_workers_after_the_commit_only(
        self, database: Database, organization_id: UUID
    ) -> None:
        woken: list[frozenset[str]] = []
        database.wake = woken.append
        with database.transaction() as session:
            outbox.promise(session, PAINT, organization_id=organization_id, key=uuid4(), now=NOW)
            assert woken == []
        assert woken == [frozenset({"google"})]

    def test_due_later_is_left_alone_until_then(
        self, database: Database, organization_id: UUID
    ) -> None:
        later = NOW + timedelta(minutes=1)
        with database.transaction() as session:
            outbox.promise(
                session, PAINT, organization_id=organization_id, key=uuid4(), now=NOW, due_at=later
            )
        assert claim(database) is None
        assert claim(database, now=later) is not None


class TestLease:
    def test_that_ran_out_goes_to_another_and_fences_the_first(
        self, database: Database, organization_id: UUID
    ) -> None:
        promise(database, organization_id, uuid4())
        slow = certain_claim(database, "slow")
        after = NOW + outbox.LEASE + timedelta(seconds=1)
        quick = certain_claim(database, "quick", after)
        with database.transaction() as session:
            assert not outbox.still_holds(session, slow)
        with pytest.raises(LeaseLostError):
            keep(database, slow, after)
        keep(database, quick, after)

    def test_is_given_to_exactly_one_of_many_at_once(
        self, database: Database, organization_id: UUID
    ) -> None:
        for _ in range(20):
            promise(database, organization_id, uuid4())
        with ThreadPoolExecutor(8) as pool:
            claims = list(pool.map(lambda n: claim(database, f"w{n}"), range(60)))
        ids = [got.promise_id for got in claims if got is not None]
        assert len(ids) == len(set(ids)) == 20


class TestFailure:
    def test_that_may_pass_is_tried_again_later(
        self, database: Database, organization_id: UUID
    ) -> None:
        promise(database, organization_id, uuid4())
        fail(database, certain_claim(database), UnavailableError("wait"))
        assert claim(database) is None
        assert certain_claim(database, now=NOW + timedelta(minutes=1)).attempts == 2

    def test_waits_as_long_as_the_other_side_asked(
        self, database: Database, organization_id: UUID
    ) -> None:
        promise(database, organization_id, uuid4())
        error = QuotaExceededError("wait", retry_after=timedelta(hours=2))
        fail(database, certain_claim(database), error)
        assert row(database).due_at >= NOW + timedelta(hours=2)

    def test_that_cannot_pass_is_a_dead_letter_that_a_person_can_retry(
        self, database: Database, organization_id: UUID
    ) -> None:
        promise(database, organization_id, uuid4())
        other = uuid4()
        promise(database, organization_id, other, NOW + timedelta(seconds=1))
        fail(database, certain_claim(database), RefusedError("Mend the address."))
        assert certain_claim(database, now=NOW + timedelta(seconds=1)).key == other
        with database.reading() as session:
            dead = outbox_queries.open_promises(session, organization_id)[0]
        assert (dead.state, dead.error_remedy) == ("dead", "Mend the address.")
        with database.transaction() as session:
            assert outbox.retry(
                session, organization_id=organization_id, promise_id=dead.promise_id, now=NOW
            )
        assert certain_claim(database).promise_id == dead.promise_id

    def test_dies_after_many_attempts_but_never_for_a_missing_credential(
        self, database: Database, organization_id: UUID
    ) -> None:
        promise(database, organization_id, uuid4())
        now = NOW
        for _ in range(outbox.ATTEMPTS_BEFORE_DEAD + 3):
            now += timedelta(hours=1)
            fail(database, certain_claim(database, now=now), NotAuthorizedError("Mend."), now)
        assert row(database).dead_at is None
        now += timedelta(hours=1)
        fail(database, certain_claim(database, now=now), UnavailableError("wait"), now)
        assert row(database).dead_at is not None

    def test_of_an_older_wish_leaves_the_newer_one_open(
        self, database: Database, organization_id: UUID
    ) -> None:
        key = uuid4()
        promise(database, organization_id, key)
        got = certain_claim(database)
        promise(database, organization_id, key)
        fail(database, got, RefusedError("no"))
        assert certain_claim(database).version == 2


class TestRelay:
    def test_makes_its_request_outside_any_transaction_and_records_the_answer(
        self, database: Database, organization_id: UUID
    ) -> None:
        seen: list[str] = []

        def perform(ports: Callable[[str], None], work: str) -> str:
            # Were a writing transaction open, SQLite would be locked and this would not return.
            with database.transaction():
                ports(work)
            return "painted"

        keeper = Keeper(
            topic=PAINT,
            prepare=lambda session, claim, now: str(claim.key),
            perform=perform,
            record=lambda session, claim, work, answer, now: seen.append(answer),
        )
        key = uuid4()
        promise(database, organization_id, key, datetime(2020, 1, 1, tzinfo=UTC))
        relay = Relay(
            database=database, clock=Clock(), ports=seen.append, keepers={PAINT.name: keeper}
        )
        assert relay.drain("google") == 1
        assert seen == [str(key), "painted"]
        assert relay.drain("google") == 0

    def test_keeps_the_others_when_one_is_poison(
        self, database: Database, organization_id: UUID
    ) -> None:
        poison, healthy = uuid4(), uuid4()
        kept: list[UUID] = []

        def perform(ports: None, work: UUID) -> UUID:
            if work == poison:
                raise RefusedError("Never.")
            return work

        keeper = Keeper(
            topic=PAINT,
            prepare=lambda session, claim, now: claim.key,
            perform=perform,
            record=lambda session, claim, work, answer, now: kept.append(answer),
        )
        old = datetime(2020, 1, 1, tzinfo=UTC)
        promise(database, organization_id, poison, old)
        promise(database, organization_id, healthy, old + timedelta(seconds=1))
        relay = Relay(database=database, clock=Clock(), ports=None, keepers={PAINT.name: keeper})
        assert relay.drain("google") == 2
        assert kept == [healthy]
