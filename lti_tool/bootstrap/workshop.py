"""Putting the parts together, from the settings."""

from dataclasses import dataclass

from config.clock import Clock
from config.settings import Settings
from integrations.mail.files import FileMailer
from integrations.mail.smtp import SmtpMailer
from lti_tool.bootstrap.broker import waker
from lti_tool.db import Database, new_engine
from lti_tool.ports.mail import Mailer


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Every adapter that keeps promises."""

    mailer: Mailer


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """The parts of a running process."""

    settings: Settings
    clock: Clock
    database: Database
    ports: Ports


def build_workshop(settings: Settings) -> Workshop:
    """Build the parts that the pages, the workers and the command line share."""
    database = Database(new_engine(settings.database_url), settings.keyring)
    database.wake = waker(settings)
    return Workshop(
        settings=settings,
        clock=Clock(offset_file=settings.clock_offset_file),
        database=database,
        ports=Ports(mailer=_mailer(settings)),
    )


def _mailer(settings: Settings) -> Mailer:
    if settings.mail.smtp_url is not None:
        return SmtpMailer(settings.mail.smtp_url, settings.mail.sender)
    if settings.mail.folder is None:
        raise ValueError("the settings name neither a mail server nor a mail folder")
    return FileMailer(settings.mail.folder, settings.mail.sender)
