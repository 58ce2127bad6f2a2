"""A school connected to a stand-in Google, on both databases."""

from collections.abc import Iterator

import pytest

from config.keyring import Keyring
from lti_tool.db import Database
from tests.factories.meetings import Scene, make_scene
from tests.servers.google import GoogleServer, running_google


@pytest.fixture(scope="session")
def server() -> Iterator[GoogleServer]:
    with running_google() as running:
        yield running


@pytest.fixture
def scene(database: Database, keyring: Keyring, server: GoogleServer) -> Scene:
    return make_scene(database, keyring, server)
