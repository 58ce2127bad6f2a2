"""What we need from a mail server."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A plain-text mail to one person; the subject is neutral and names nobody."""

    message_id: str
    """Stable for one mail, so that a repeated sending can be recognized."""
    to: str
    subject: str
    text: str


class Mailer(Protocol):
    """Sends mail."""

    def send(self, mail: Mail) -> None:
        """Hand the mail over.

        :raises GatewayError: if the server did not take it
        """
        ...
