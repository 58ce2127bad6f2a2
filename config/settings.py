"""Settings: frozen, parsed once from the environment, with every fault reported together.

Every variable starts with ``CAREER_MENTORING_``. A process that cannot parse its settings refuses
to start and lists all that is missing or wrong, so that an administrator mends it in one go.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from config.keyring import Keyring, KeyringError

PREFIX = "CAREER_MENTORING_"
REDIS = ("redis://", "rediss://")

Value = TypeVar("Value")


class Environment(StrEnum):
    """Where the process runs; only production has the full set of refusals."""

    demo = "demo"
    test = "test"
    production = "production"


class ConfigurationError(Exception):
    """The settings are not usable; `faults` lists every reason at once."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        """Keep the faults and say them all."""
        self.faults = faults
        super().__init__(
            "The settings are not usable, so nothing was started:\n"
            + "\n".join(f"  - {fault}" for fault in faults)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    """Where mail goes: an SMTP server, or a folder of files when no server is named."""

    smtp_url: str | None
    folder: Path | None
    sender: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GoogleSettings:
    """Addresses of Google's services; another base address is for the sandbox only."""

    base_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything a process needs to know before it starts."""

    environment: Environment
    public_url: str
    """The address people and platforms use, without a trailing slash; never the Host header."""
    database_url: str
    broker_url: str
    broker_folder: Path | None
    """Folder of the filesystem broker, when `broker_url` is ``filesystem://``."""
    keyring: Keyring = field(repr=False)
    mail: MailSettings
    google: GoogleSettings
    clock_offset_file: Path | None
    allowed_private_hosts: frozenset[str]
    """Hosts the SSRF guard lets through although they are private: an on-premises LMS."""
    trusted_proxies: int
    """How many proxies stand in front of us and add to X-Forwarded-For."""
    log_format: str
    crash_at: str | None
    """Named crash points at which the process kills itself; tests of recovery only."""
    crash_folder: Path | None
    """Where it is remembered at which points that happened."""

    @property
    def is_production(self) -> bool:
        """Tell whether real people's data is at stake."""
        return self.environment is Environment.production

    @property
    def limits_url(self) -> str:
        """Return where failures are counted: with a Redis broker for all processes together."""
        return self.broker_url if self.broker_url.startswith(REDIS) else "memory://"


class _Reader:
    """Read variables one by one and remember every fault instead of stopping at the first."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.faults: list[str] = []

    def text(self, name: str, default: str | None = None) -> str:
        value = self._environ.get(PREFIX + name, "").strip()
        if value:
            return value
        if default is None:
            self.faults.append(f"{PREFIX}{name} is missing.")
            return ""
        return default

    def optional(self, name: str) -> str | None:
        return self._environ.get(PREFIX + name, "").strip() or None

    def parsed(self, name: str, parse: Callable[[str], Value], default: str | None) -> Value | None:
        text = self.text(name, default)
        if not text:
            return None
        try:
            return parse(text)
        except (ValueError, KeyringError) as error:
            self.faults.append(f"{PREFIX}{name}: {error}")
            return None


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path not in {"", "/"}:
        raise ValueError("give an address such as https://mentoring.example.org, without a path.")
    return f"{parts.scheme}://{parts.netloc}"


def _environment(text: str) -> Environment:
    try:
        return Environment(text)
    except ValueError:
        raise ValueError(f"must be one of {', '.join(Environment)}.") from None


def _keyring(text: str) -> Keyring:
    try:
        body: Any = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"is not JSON ({error.msg}).") from error
    return Keyring.from_dict(body)


def _production_faults(settings: dict[str, Any]) -> list[str]:
    faults = []
    if not str(settings["public_url"]).startswith("https://"):
        faults.append(f"{PREFIX}PUBLIC_URL must start with https:// in production.")
    if settings["clock_offset_file"] is not None:
        faults.append(f"{PREFIX}CLOCK_OFFSET_FILE shifts the clock; production refuses it.")
    if settings["crash_at"] is not None:
        faults.append(f"{PREFIX}CRASH_AT is for tests of recovery; production refuses it.")
    if settings["google"].base_url is not None:
        faults.append(f"{PREFIX}GOOGLE_URL is for the sandbox; production refuses it.")
    if settings["mail"].smtp_url is None:
        faults.append(f"{PREFIX}SMTP_URL is missing; production does not write mail to files.")
    return faults


def parse_settings(environ: Mapping[str, str]) -> Settings:
    """Return the settings of this process.

    :raises ConfigurationError: listing everything that is missing or wrong
    """
    reader = _Reader(environ)
    environment = reader.parsed("ENVIRONMENT", _environment, None)
    smtp_url, mail_folder = reader.optional("SMTP_URL"), reader.optional("MAIL_FOLDER")
    broker_url = reader.text("BROKER_URL", "filesystem://")
    broker_folder = reader.optional("BROKER_FOLDER")
    offset_file = reader.optional("CLOCK_OFFSET_FILE")
    google_url = reader.optional("GOOGLE_URL")
    values: dict[str, Any] = {
        "environment": environment,
        "public_url": reader.parsed("PUBLIC_URL", _url, None),
        "database_url": reader.text("DATABASE_URL"),
        "broker_url": broker_url,
        "broker_folder": Path(broker_folder) if broker_folder else None,
        "keyring": reader.parsed("KEYRING", _keyring, None),
        "mail": MailSettings(
            smtp_url=smtp_url,
            folder=Path(mail_folder) if mail_folder else None,
            sender=reader.text("MAIL_SENDER", "Career Mentoring <no-reply@localhost>"),
        ),
        "google": GoogleSettings(base_url=google_url),
        "clock_offset_file": Path(offset_file) if offset_file else None,
        "allowed_private_hosts": frozenset(
            host.strip()
            for host in reader.text("ALLOWED_PRIVATE_HOSTS", ",").split(",")
            if host.strip()
        ),
        "trusted_proxies": reader.parsed("TRUSTED_PROXIES", int, "0"),
        "log_format": reader.text("LOG_FORMAT", "json"),
        "crash_at": reader.optional("CRASH_AT"),
    }
    crash_folder = reader.optional("CRASH_FOLDER")
    values["crash_folder"] = Path(crash_folder) if crash_folder else None
    if values["crash_at"] is not None and crash_folder is None:
        reader.faults.append(f"{PREFIX}CRASH_FOLDER is missing; CRASH_AT needs a folder.")
    if broker_url.startswith("filesystem") and broker_folder is None:
        reader.faults.append(f"{PREFIX}BROKER_FOLDER is missing; filesystem:// needs a folder.")
    if smtp_url is None and mail_folder is None:
        reader.faults.append(f"{PREFIX}SMTP_URL is missing (or MAIL_FOLDER, for a demo).")
    if environment is Environment.production:
        reader.faults.extend(_production_faults(values))
    if reader.faults:
        raise ConfigurationError(tuple(reader.faults))
    return Settings(**values)
