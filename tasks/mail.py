"""Keeping the promise of a mail: one conversation with the mail server."""

from typing import Protocol
from urllib.parse import urlsplit

from lti_tool.ports.mail import Mail, Mailer
from lti_tool.services import mails
from lti_tool.services.mail_texts import Letter, write
from lti_tool.services.messages import MAIL
from tasks.keepers import Keeper


class MailPorts(Protocol):
    """The part of the workshop's ports that mails need."""

    @property
    def mailer(self) -> Mailer:
        """Return the mail server."""
        ...

    @property
    def public_url(self) -> str:
        """Return the tool's own address."""
        ...


def _send(ports: MailPorts, letter: Letter) -> None:
    subject, text = write(letter, public_url=ports.public_url)
    host = urlsplit(ports.public_url).hostname or "localhost"
    message_id = f"{letter.message_id}@{host}"
    ports.mailer.send(Mail(message_id=message_id, to=letter.to, subject=subject, text=text))


KEEPERS: tuple[Keeper[MailPorts, Letter, None], ...] = (
    Keeper(topic=MAIL, prepare=mails.mail_to_do, perform=_send, record=mails.mail_done),
)
