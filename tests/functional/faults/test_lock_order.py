"""Recording an answer and promising anew lock the same rows in the same order."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from config.clock import Clock
from config.keyring import Keyring
from lti_tool.db import Database, new_engine
from lti_tool.models.people import OrganizationRecord
from lti_tool.services import outbox
from lti_tool.services.outbox import Claim, Topic
from tasks.keepers import Keeper, Relay
from tests.integration.conftest import add_organization

NOW = datetime(2020, 1, 1, tzinfo=UTC)
PAINT = Topic(name="test.paint", queue="google")


@pytest.fixture
def postgres_database(postgresql_url: str, keyring: Keyring) -> Iterator[Database]:
    engine = new_engine(postgresql_url)  # SQLite has one writer, which cannot wait for another
    yield Database(engine, keyring)
    engine.dispose()


def test_a_change_of_what_is_just_being_recorded_never_ends_in_a_deadlock(
    postgres_database: Database, keyring: Keyring
) -> None:
    organization_id, key = add_organization(postgres_database, keyring), uuid4()
    changed, recording = threading.Event(), threading.Event()
    changes: list[Future[None]] = []

    def rename(session: Session, name: str) -> None:
        session.execute(
            update(OrganizationRecord)
            .where(OrganizationRecord.id == organization_id)
            .values(name=name)
        )

    def promise(session: Session) -> None:
        outbox.promise(session, PAINT, organization_id=organization_id, key=key, now=NOW)

    def change() -> None:
        with postgres_database.transaction() as session:
            rename(session, "by a person")
            changed.set()
            recording.wait()
            promise(session)

    def perform(ports: ThreadPoolExecutor, work: UUID) -> UUID:
        if not changes:
            changes.append(ports.submit(change))
            changed.wait()
        return work

    def record(session: Session, claim: Claim, work: UUID, answer: UUID, now: datetime) -> None:
        recording.set()
        rename(session, "by a worker")

    keeper: Keeper[ThreadPoolExecutor, UUID, UUID] = Keeper(
        topic=PAINT,
        prepare=lambda session, claim, now: claim.key,
        perform=perform,
        record=record,
    )
    with postgres_database.transaction() as session:
        promise(session)
    with ThreadPoolExecutor(1) as pool:
        relay = Relay(
            database=postgres_database, clock=Clock(), ports=pool, keepers={PAINT.name: keeper}
        )
        assert relay.drain("google") == 2
        assert changes[0].result() is None
    with postgres_database.reading() as session:
        assert session.get_one(OrganizationRecord, organization_id).name == "by a worker"
        assert outbox.holders(session) == frozenset()
