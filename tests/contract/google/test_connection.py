from uuid import uuid4

import pytest

from integrations.google._client import GoogleClient
from integrations.google.connection import GoogleConnections
from lti_tool.ports.errors import NotAuthorizedError, UnavailableError
from lti_tool.ports.google import Account
from tests.servers.google import GoogleServer


def test_the_needed_scopes_are_granted_and_broader_ones_are_not(
    client: GoogleClient, account: Account
) -> None:
    connection = GoogleConnections(client)
    connection.try_needed(account)
    assert not connection.is_too_powerful(account)


def test_a_stranger_to_the_domain_gets_nothing(client: GoogleClient) -> None:
    stranger = Account(organization_id=uuid4(), owner="nobody@harbor.example")
    with pytest.raises(NotAuthorizedError):
        GoogleConnections(client).try_needed(stranger)


def test_a_silent_token_endpoint_is_no_refusal(
    client: GoogleClient, account: Account, google: GoogleServer
) -> None:
    google.fault("token", "drop_after_send")
    with pytest.raises(UnavailableError):
        GoogleConnections(client).try_needed(account)
