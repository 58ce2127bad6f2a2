"""What a dead worker held is free at once; what kills workers or stumbles becomes visible."""

import subprocess
import sys
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from config.clock import Clock
from config.process import process_name
from lti_tool.cli.local import ROOT
from lti_tool.db import Database
from lti_tool.queries import outbox as outbox_queries
from lti_tool.queries.outbox import OpenPromise
from lti_tool.services import outbox
from lti_tool.services.outbox import Claim, LeaseLostError, Topic
from tasks.keepers import Keeper, Relay

NOW = datetime(2020, 1, 1, tzinfo=UTC)
PAINT = Topic(name="test.paint", queue="google")
SAY_NAME = "from config.process import process_name; print(process_name())"


@pytest.fixture(scope="module")
def dead() -> str:
    done = subprocess.run(
        [sys.executable, "-c", SAY_NAME], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def promise(database: Database, organization_id: UUID) -> UUID:
    key = uuid4()
    with database.transaction() as session:
        outbox.promise(session, PAINT, organization_id=organization_id, key=key, now=NOW)
    return key


def claim(database: Database, owner: str, now: datetime = NOW) -> Claim | None:
    with database.transaction() as session:
        return outbox.claim(session, queue=PAINT.queue, owner=owner, now=now)


def relay(database: Database, keeper: Keeper[None, UUID, UUID] | None = None) -> Relay:
    keepers = {PAINT.name: keeper} if keeper else {}
    return Relay(database=database, clock=Clock(), ports=None, keepers=keepers)


def open_promises(database: Database, organization_id: UUID) -> tuple[OpenPromise, ...]:
    with database.reading() as session:
        return outbox_queries.open_promises(session, organization_id)


class TestLeaseOfADeadProcess:
    def test_is_free_as_soon_as_a_worker_starts(
        self, database: Database, organization_id: UUID, dead: str
    ) -> None:
        woken: list[frozenset[str]] = []
        key = promise(database, organization_id)
        first = claim(database, dead)
        database.wake = woken.append
        assert relay(database).recover() == 1
        assert woken == [{"google"}]
        again = claim(database, "next")
        assert first is not None
        assert again is not None
        assert (again.key, again.attempts, again.fence) == (key, 2, first.fence + 1)

    def test_is_no_reason_to_touch_the_leases_of_the_living_and_of_other_machines(
        self, database: Database, organization_id: UUID, dead: str
    ) -> None:
        holders = [process_name(), "elsewhere/1:17:4711", dead]
        for holder in holders:
            promise(database, organization_id)
            assert claim(database, holder)
        assert relay(database).recover() == 1
        with database.reading() as session:
            assert outbox.holders(session) == set(holders[:2])

    def test_that_was_freed_by_mistake_is_fenced_once_another_claims_it(
        self, database: Database, organization_id: UUID
    ) -> None:
        promise(database, organization_id)
        slow = claim(database, "slow")
        assert slow is not None
        with database.transaction() as session:
            outbox.release(session, ["slow"], now=NOW)
        quick = claim(database, "quick")
        assert quick is not None
        with pytest.raises(LeaseLostError), database.transaction() as session:
            outbox.keep(session, slow, now=NOW)
        with database.transaction() as session:
            outbox.keep(session, quick, now=NOW)
        assert open_promises(database, organization_id) == ()

    def test_of_what_kills_every_worker_ends_as_a_dead_letter_with_a_remedy(
        self, database: Database, organization_id: UUID, dead: str
    ) -> None:
        promise(database, organization_id)
        for _ in range(outbox.ATTEMPTS_BEFORE_DEAD):
            assert claim(database, dead)
            relay(database).recover()
        assert claim(database, dead) is None
        (letter,) = open_promises(database, organization_id)
        assert (letter.state, letter.error_code) == ("dead", "worker-died")
        assert letter.error_remedy
        with database.transaction() as session:
            assert outbox.retry(
                session, organization_id=organization_id, promise_id=letter.promise_id, now=NOW
            )
        assert claim(database, "next")


class TestStumble:
    @pytest.mark.parametrize("stage", ["prepare", "perform", "record"])
    def test_is_put_off_and_holds_up_nobody_else(
        self, database: Database, organization_id: UUID, stage: str
    ) -> None:
        poison, healthy = (promise(database, organization_id) for _ in range(2))
        kept: list[UUID] = []

        def stumble(here: str, key: UUID) -> UUID:
            if (here, key) == (stage, poison):
                raise ZeroDivisionError
            return key

        def record(session: object, claim: Claim, work: UUID, answer: UUID, now: datetime) -> None:
            kept.append(stumble("record", work))

        keeper: Keeper[None, UUID, UUID] = Keeper(
            topic=PAINT,
            prepare=lambda session, claim, now: stumble("prepare", claim.key),
            perform=lambda ports, work: stumble("perform", work),
            record=record,
        )
        worker = relay(database, keeper)
        assert worker.drain("google") == 2
        assert kept == [healthy]
        (letter,) = open_promises(database, organization_id)
        assert (letter.state, letter.error_code) == ("retrying", "stumbled")
        assert letter.due_at > NOW
