"""The tool's processes on one machine: their settings and their command lines.

Used by the demo and by the tests' launchers, so that both start what production starts.
"""

import json
import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from config.keyring import Keyring
from config.settings import PREFIX, Environment

ROOT = Path(__file__).resolve().parents[2]
APPLICATION = "lti_tool.app:create_app()"
CELERY = ("celery", "-A", "tasks.celery_app")
WORKER_THREADS = 4
QUIET_WORKER = ("--without-gossip", "--without-mingle", "--without-heartbeat")


@dataclass(frozen=True, slots=True, kw_only=True)
class Backing:
    """Where data and messages live; without servers, in files of the state folder."""

    database_url: str | None = None
    broker_url: str | None = None


def local_settings(
    folder: Path,
    *,
    environment: Environment,
    tool_url: str,
    google_url: str,
    backing: Backing | None = None,
) -> dict[str, str]:
    """Return the variables of a tool whose state lies in `folder`; keys are made once and kept."""
    backing = backing or Backing()
    broker_folder = folder / "broker"
    mail_folder = folder / "mail"
    for needed in (folder, broker_folder, mail_folder):
        needed.mkdir(parents=True, exist_ok=True)
    settings = {
        "ENVIRONMENT": environment.value,
        "PUBLIC_URL": tool_url,
        "DATABASE_URL": backing.database_url or f"sqlite:///{folder / 'tool.db'}",
        "BROKER_URL": backing.broker_url or "filesystem://",
        "BROKER_FOLDER": str(broker_folder),
        "KEYRING": _kept_keyring(folder / "keyring.json"),
        "MAIL_FOLDER": str(mail_folder),
        "GOOGLE_URL": google_url,
        "CLOCK_OFFSET_FILE": str(folder / "clock-offset"),
        "LOG_FORMAT": "json",
    }
    return {PREFIX + name: value for name, value in settings.items()}


def process_environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a child: ours, without settings that lie about by chance."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return {**inherited, "PYTHONUNBUFFERED": "1", **settings}


def forget(folder: Path) -> None:
    """Remove the state of an earlier run."""
    shutil.rmtree(folder, ignore_errors=True)


def command_line(*words: str) -> list[str]:
    """Return the call of one `career-mentoring` command."""
    return [sys.executable, "-m", "lti_tool.cli", *words]


def web_command(port: int) -> list[str]:
    """Return the call of the web server."""
    configuration = str(ROOT / "config" / "gunicorn.conf.py")
    bind = f"127.0.0.1:{port}"
    return [sys.executable, "-m", "gunicorn", "-c", configuration, "-b", bind, APPLICATION]


def worker_command() -> list[str]:
    """Return the call of a worker for all queues."""
    pool = ("-P", "threads", "-c", str(WORKER_THREADS))
    return [sys.executable, "-m", *CELERY, "worker", "-l", "INFO", *pool, *QUIET_WORKER]


def beat_command(folder: Path) -> list[str]:
    """Return the call of beat: a process of its own, because an embedded one can be orphaned."""
    schedule = str(folder / "beat.db")
    return [sys.executable, "-m", *CELERY, "beat", "-l", "INFO", "-s", schedule, "--pidfile="]


def sandbox_command(folder: Path, *, lms_port: int, google_port: int, tool_url: str) -> list[str]:
    """Return the call of the stand-ins; they are spawned, never imported."""
    ports = ("--lms-port", str(lms_port), "--google-port", str(google_port))
    state = ("--state", str(folder / "sandbox"))
    return [sys.executable, "-m", "sandbox", *state, *ports, "--tool-url", tool_url]


def connect_command(*, lms_url: str, google_url: str) -> list[str]:
    """Return the call that connects the stand-ins with the tool; it may be repeated."""
    addresses = ("--lms-url", lms_url, "--google-url", google_url)
    return [sys.executable, "-m", "sandbox.scenario.prepare", *addresses]


def _kept_keyring(file: Path) -> str:
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(json.dumps(Keyring.generate()))
    return file.read_text()
