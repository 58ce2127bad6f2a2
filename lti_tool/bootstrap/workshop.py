"""Putting the parts together, from the settings."""

from dataclasses import dataclass

from config.clock import Clock
from config.settings import Settings
from integrations.google import GoogleClient
from integrations.google.calendar import GoogleCalendars
from integrations.google.connection import GoogleConnections
from integrations.google.forms import GoogleForms
from integrations.google.meet import GoogleRooms
from integrations.lms.connector import Connector
from integrations.lms.gradebook import LmsGradebook
from integrations.lms.guard import Guard
from integrations.lms.http import LmsHttp
from integrations.lms.key_sets import CachedKeySets
from integrations.lms.rosters import LmsRosters
from integrations.mail.files import FileMailer
from integrations.mail.smtp import SmtpMailer
from lti_tool.bootstrap.broker import waker
from lti_tool.db import Database, new_engine
from lti_tool.ports.google import Calendars, Connections, Forms, Rooms
from lti_tool.ports.lms import Gradebook, KeySets, Rosters
from lti_tool.ports.mail import Mailer
from lti_tool.queries.registration import StoredSigningKeys
from lti_tool.services.google import StoredKeys

KEY_SET_READ_SECONDS = 10.0
"""Somebody waits in front of a launch; a roster may take longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Every adapter that keeps promises."""

    mailer: Mailer
    key_sets: KeySets
    rosters: Rosters
    gradebook: Gradebook
    rooms: Rooms
    calendars: Calendars
    connections: Connections
    forms: Forms
    public_url: str
    """The tool's own address, for what is read outside: events and mails."""


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
    clock = Clock(offset_file=settings.clock_offset_file)
    return Workshop(
        settings=settings, clock=clock, database=database, ports=_ports(settings, database, clock)
    )


def _ports(settings: Settings, database: Database, clock: Clock) -> Ports:
    guard = Guard(
        allowed_private_hosts=settings.allowed_private_hosts,
        allows_private=not settings.is_production,
    )
    keys = StoredSigningKeys(database=database, clock=clock)
    connector = Connector(LmsHttp(guard), keys)
    google = GoogleClient(StoredKeys(database), base_url=settings.google.base_url)
    return Ports(
        mailer=_mailer(settings),
        key_sets=CachedKeySets(LmsHttp(guard, read=KEY_SET_READ_SECONDS)),
        rosters=LmsRosters(connector),
        gradebook=LmsGradebook(connector),
        rooms=GoogleRooms(google),
        calendars=GoogleCalendars(google),
        connections=GoogleConnections(google),
        forms=GoogleForms(google),
        public_url=settings.public_url,
    )


def _mailer(settings: Settings) -> Mailer:
    if settings.mail.smtp_url is not None:
        return SmtpMailer(settings.mail.smtp_url, settings.mail.sender)
    if settings.mail.folder is None:
        raise ValueError("the settings name neither a mail server nor a mail folder")
    return FileMailer(settings.mail.folder, settings.mail.sender)
