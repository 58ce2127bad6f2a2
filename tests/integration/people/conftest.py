import pytest

from config.keyring import Keyring
from lti_tool.db import Database
from tests.factories.world import World, make_world
from tests.integration.conftest import NOW


@pytest.fixture
def world(database: Database, keyring: Keyring) -> World:
    with database.transaction() as session:
        return make_world(session, keyring, now=NOW)
