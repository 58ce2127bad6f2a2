"""A school connected to a stand-in Google with its forms, on both databases."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from config.keyring import Keyring
from integrations.google import GoogleClient
from integrations.google.forms import GoogleForms
from lti_tool.db import Database
from lti_tool.ports.google import Calendars, Forms, Rooms
from lti_tool.services.google import StoredKeys
from tests.factories.meetings import TOOL_URL, Scene, make_scene
from tests.servers.google import GoogleServer, running_google


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    rooms: Rooms
    calendars: Calendars
    forms: Forms
    public_url: str = TOOL_URL


@pytest.fixture(scope="session")
def server() -> Iterator[GoogleServer]:
    with running_google() as running:
        yield running


@pytest.fixture
def scene(database: Database, keyring: Keyring, server: GoogleServer) -> Scene:
    made = make_scene(database, keyring, server)
    forms = GoogleForms(GoogleClient(StoredKeys(database), base_url=server.url))
    before = made.relay.ports
    ports = Ports(rooms=before.rooms, calendars=before.calendars, forms=forms)
    made.relay = replace(made.relay, ports=ports)
    return made
