"""Child processes that end with the process that started them, whatever happens to it.

The demo and the tests start servers; a killed supervisor must leave none of them behind. Linux
sends each child a signal when its parent dies, so nothing depends on the parent tidying up.
"""

import ctypes
import os
import pwd
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

PR_SET_PDEATHSIG = 1
STOP_PATIENCE_SECONDS = 20
READY_PATIENCE_SECONDS = 120
LOOK_AGAIN_SECONDS = 0.05
LOG_TAIL_LINES = 20

_libc = ctypes.CDLL(None, use_errno=True)


class ChildFailedError(Exception):
    """A child ended, or never answered, before it was ready; the message carries its last lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """One running child: ended by its id, never by its name."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    stop_signal: signal.Signals

    @property
    def is_running(self) -> bool:
        """Tell whether it has not ended yet."""
        return self.process.poll() is None

    def ask_to_stop(self) -> None:
        """Send the signal that lets it finish what it is doing."""
        if self.is_running:
            self.process.send_signal(self.stop_signal)

    def stop(self) -> None:
        """Ask it to stop, and see that it does."""
        self.ask_to_stop()
        self.see_it_stop()

    def see_it_stop(self) -> None:
        """Wait for its end, and end it and its own children if it takes too long."""
        try:
            self.process.wait(STOP_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it and its own children at once, as a power cut would."""
        if self.is_running:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def last_lines(self) -> str:
        """Return the end of its log, for a message to a person."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return "\n".join(lines[-LOG_TAIL_LINES:])


def spawn(
    name: str,
    argv: Sequence[str],
    *,
    log: Path,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    stop_signal: signal.Signals = signal.SIGTERM,
    user: pwd.struct_passwd | None = None,
) -> Child:
    """Start a child in a session of its own, so that Ctrl-C reaches only who supervises it."""
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 - the callers pass fixed commands, never input
            list(argv),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=None if environment is None else dict(environment),
            cwd=folder,
            start_new_session=True,
            user=None if user is None else user.pw_uid,
            group=None if user is None else user.pw_gid,
            extra_groups=None if user is None else [],
            preexec_fn=_die_with(os.getpid(), stop_signal),  # noqa: PLW1509 - sets two kernel flags
        )
    return Child(name=name, process=process, log=log, stop_signal=stop_signal)


def _die_with(parent: int, death_signal: signal.Signals) -> Callable[[], None]:
    def set_death_signal() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, int(death_signal))
        if os.getppid() != parent:  # it died before the flag was set
            os._exit(1)

    return set_death_signal


def stop_all(children: Sequence[Child]) -> None:
    """Ask all to stop at once, the last one started first, then see that each does."""
    for child in reversed(children):
        child.ask_to_stop()
    for child in reversed(children):
        child.see_it_stop()


def wait_until_ready(child: Child, is_ready: Callable[[], bool]) -> None:
    """Return once `is_ready` says so.

    :raises ChildFailedError: if the child ends first, or stays silent for two minutes
    """
    deadline = time.monotonic() + READY_PATIENCE_SECONDS
    while not is_ready():
        if not child.is_running:
            code = child.process.returncode
            raise ChildFailedError(f"{child.name} ended with {code}:\n{child.last_lines()}")
        if time.monotonic() > deadline:
            raise ChildFailedError(f"{child.name} does not answer:\n{child.last_lines()}")
        time.sleep(LOOK_AGAIN_SECONDS)


def answers(url: str) -> bool:
    """Tell whether an HTTP server answers there, whatever it says short of an error of its own."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "127.0.0.1", parts.port or 80, timeout=10)
    try:
        connection.request("GET", parts.path or "/")
        return connection.getresponse().status < 500  # noqa: PLR2004 - where HTTP's server faults begin
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def free_port(wanted: int = 0) -> int:
    """Return the wanted port if nobody listens there, otherwise one that is free now."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return int(probe.getsockname()[1])
    raise OSError("no free port on the loopback address")
