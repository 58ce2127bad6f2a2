"""Checking an organization's connection: the needed scopes, and none beyond."""

from integrations.google._client import GoogleClient
from lti_tool.ports.errors import NotAuthorizedError
from lti_tool.ports.google import Account

BROADER = (
    "https://www.googleapis.com/auth/calendar",
    "https://www.googleapis.com/auth/drive",
)
"""All calendars and all files of a person: nobody should have granted these."""


class GoogleConnections:
    """Asks the token endpoint, and nothing else."""

    def __init__(self, client: GoogleClient) -> None:
        """Send through `client`."""
        self._client = client

    def try_needed(self, account: Account) -> None:
        """Ask for a token with the scopes that the tool uses."""
        self._client.try_scopes(account)

    def is_too_powerful(self, account: Account) -> bool:
        """Tell whether a scope that the tool does not need is granted as well."""
        return any(self._is_granted(account, scope) for scope in BROADER)

    def _is_granted(self, account: Account, scope: str) -> bool:
        try:
            self._client.try_scopes(account, (scope,))
        except NotAuthorizedError:
            return False
        return True
