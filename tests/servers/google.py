"""A stand-in Google in a thread of this process, with its control calls at hand."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests
from werkzeug.serving import make_server

from sandbox.google.app import create_app
from sandbox.store import Store

SCOPES = (
    "calendar.app.created",
    "calendar.events.freebusy",
    "meetings.space.created",
    "drive.file",
)
RIVERA = "rivera@harbor.example"
CHEN = "chen@harbor.example"
OKAFOR = "okafor@harbor.example"
JORDAN = "jordan.ellis@brightworks.example"
MAYA = "maya@students.harborcareer.example"


@dataclass(frozen=True, slots=True, kw_only=True)
class GoogleServer:
    """The running stand-in and the key of the service account that it knows."""

    url: str
    key: dict[str, str]

    def control(self, path: str, body: Any = None, verb: str = "POST") -> Any:
        """Send a control call and return its answer."""
        answer = _send(f"{self.url}/control{path}", body, verb)
        if answer.status_code != requests.codes.ok:
            raise AssertionError(f"{path}: {answer.status_code} {answer.text}")
        return answer.json()

    def reset(self) -> None:
        """Forget faults and the request log."""
        self.control("/faults", verb="DELETE")
        self.control("/requests/reset")

    def counts(self) -> dict[str, int]:
        """Return how often each method was asked for."""
        counts: dict[str, int] = self.control("/requests", verb="GET")["counts"]
        return counts

    def fault(self, service: str, mode: str, method: str | None = None, **more: Any) -> None:
        """Have the next matching request go wrong."""
        named = {"method": method} if method else {}
        self.control("/faults", {"service": service, "mode": mode, **named, **more})

    def user(self, email: str) -> str:
        """Return ``users/<id>`` of an account."""
        users = self.control("/users", verb="GET")["users"]
        return next(f"users/{user['id']}" for user in users if user["email"] == email)


@contextmanager
def running_google() -> Iterator[GoogleServer]:
    """Serve the stand-in on a free loopback port until the block ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    store = Store()
    app = create_app(store, url=url, tool_url="http://localhost:9100")
    running = make_server("127.0.0.1", port, app, threaded=True, fd=listener.fileno())
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    made = _send(
        f"{url}/control/service-accounts", {"domain": "harbor.example", "scopes": SCOPES}, "POST"
    )
    try:
        yield GoogleServer(url=url, key=made.json())
    finally:
        running.shutdown()
        thread.join()
        running.server_close()
        listener.close()
        store.close()


def _send(url: str, body: Any, verb: str) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        return session.request(verb, url, json=body, timeout=10)
