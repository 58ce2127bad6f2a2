"""A database of its own for every test, on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from config.keyring import Keyring
from lti_tool.db import Database, new_engine
from lti_tool.models.people import OrganizationRecord
from lti_tool.models.sealed import new_data_key

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


@pytest.fixture
def keyring() -> Keyring:
    return Keyring.from_dict(Keyring.generate())


@pytest.fixture
def database(database_url: str, keyring: Keyring) -> Iterator[Database]:
    engine = new_engine(database_url)
    yield Database(engine, keyring)
    engine.dispose()


@pytest.fixture
def organization_id(database: Database, keyring: Keyring) -> UUID:
    return add_organization(database, keyring)


def add_organization(database: Database, keyring: Keyring) -> UUID:
    new_id = uuid4()
    with database.transaction() as session:
        session.add(
            OrganizationRecord(
                id=new_id,
                name="Harbor District",
                time_zone="America/New_York",
                data_key_sealed=new_data_key(keyring, new_id),
                created_at=NOW,
            )
        )
    return new_id
