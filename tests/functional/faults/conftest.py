"""A school with a stand-in Google, and a tool beside a stand-in LMS, as other tests have them."""

from collections.abc import Iterator

import pytest

from config.keyring import Keyring
from lti_tool.db import Database, new_engine
from tests.functional.launch.conftest import new_world, platform, world
from tests.integration.conftest import keyring
from tests.integration.outside.conftest import scene, server

__all__ = ["database", "keyring", "new_world", "platform", "scene", "server", "world"]


@pytest.fixture
def database(sqlite_url: str, keyring: Keyring) -> Iterator[Database]:
    engine = new_engine(sqlite_url)
    yield Database(engine, keyring)
    engine.dispose()
