"""Mail into a folder, one file each: for the demo, where a page lets people read it."""

from pathlib import Path

from integrations.mail.smtp import message
from lti_tool.ports.errors import UnavailableError
from lti_tool.ports.mail import Mail


class FileMailer:
    """Writes each mail to ``<message id>.eml``; the same mail again replaces its file."""

    def __init__(self, folder: Path, sender: str) -> None:
        """Write into `folder`."""
        self._folder = folder
        self._sender = sender

    def send(self, mail: Mail) -> None:
        """Write the mail.

        :raises UnavailableError: if the folder cannot be written to
        """
        file = self._folder / f"{mail.message_id.partition('@')[0]}.eml"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            unfinished = file.with_suffix(".tmp")
            unfinished.write_bytes(message(mail, self._sender).as_bytes())
            unfinished.replace(file)
        except OSError as error:
            raise UnavailableError("The mail folder cannot be written to.") from error
