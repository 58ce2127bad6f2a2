"""Mail over SMTP."""

import smtplib
import ssl
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from lti_tool.ports.errors import RefusedError, UnavailableError
from lti_tool.ports.mail import Mail

TIMEOUT_SECONDS = 30
SUBMISSION_PORT, IMPLICIT_TLS_PORT = 587, 465


class SmtpMailer:
    """Hands mail to the server of ``smtp://user:password@host:port`` (or ``smtps://``)."""

    def __init__(self, url: str, sender: str) -> None:
        """Remember the server; it is asked anew for every mail."""
        self._url = urlsplit(url)
        self._sender = sender

    def send(self, mail: Mail) -> None:
        """Hand the mail over in one conversation.

        :raises UnavailableError: if the server cannot be reached or is busy
        :raises RefusedError: if it refuses the recipient or the mail
        """
        try:
            with self._connect() as server:
                server.send_message(message(mail, self._sender))
        except smtplib.SMTPRecipientsRefused as error:
            raise RefusedError("Check the e-mail address; the mail server refused it.") from error
        except smtplib.SMTPResponseException as error:
            if error.smtp_code >= 500:  # noqa: PLR2004 - SMTP's permanent errors
                raise RefusedError("The mail server refused the mail; see its log.") from error
            raise UnavailableError("The mail server is busy; we try again.") from error
        except (smtplib.SMTPException, OSError) as error:
            raise UnavailableError("The mail server cannot be reached; we try again.") from error

    def _connect(self) -> smtplib.SMTP:
        host = self._url.hostname or "localhost"
        context = ssl.create_default_context()
        server: smtplib.SMTP
        if self._url.scheme == "smtps":
            port = self._url.port or IMPLICIT_TLS_PORT
            server = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS, context=context)
        else:
            server = smtplib.SMTP(host, self._url.port or SUBMISSION_PORT, timeout=TIMEOUT_SECONDS)
            if self._url.scheme == "smtp+tls" or self._url.username:
                server.starttls(context=context)
        if self._url.username:
            server.login(unquote(self._url.username), unquote(self._url.password or ""))
        return server


def message(mail: Mail, sender: str) -> EmailMessage:
    """Return the mail as it goes over the wire."""
    built = EmailMessage()
    built["From"], built["To"], built["Subject"] = sender, mail.to, mail.subject
    built["Message-ID"] = f"<{mail.message_id}>"
    built["Auto-Submitted"] = "auto-generated"
    built.set_content(mail.text)
    return built
