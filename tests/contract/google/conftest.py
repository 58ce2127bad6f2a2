"""Our adapters against a stand-in Google on loopback."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest

from integrations.google._client import GoogleClient
from integrations.google.calendar import GoogleCalendars
from integrations.google.meet import GoogleRooms
from lti_tool.ports.google import Account
from tests.servers.google import RIVERA, GoogleServer, running_google


class OneKey:
    """Knows the key of one service account, whoever asks."""

    def __init__(self, key: dict[str, str]) -> None:
        self._key = key

    def service_account(self, organization_id: UUID) -> dict[str, str]:
        return self._key


@pytest.fixture(scope="module")
def server() -> Iterator[GoogleServer]:
    with running_google() as running:
        yield running


@pytest.fixture
def google(server: GoogleServer) -> GoogleServer:
    server.reset()
    return server


@pytest.fixture
def client(google: GoogleServer) -> GoogleClient:
    return GoogleClient(OneKey(google.key), base_url=google.url)


@pytest.fixture
def rooms(client: GoogleClient) -> GoogleRooms:
    return GoogleRooms(client)


@pytest.fixture
def calendars(client: GoogleClient) -> GoogleCalendars:
    return GoogleCalendars(client)


@pytest.fixture
def account() -> Account:
    return Account(organization_id=uuid4(), owner=RIVERA)
