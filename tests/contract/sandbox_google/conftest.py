"""A stand-in Google on a free loopback port, one for each test module."""

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.serving import make_server

from sandbox.google.app import create_app
from sandbox.store import Store
from tests.contract.sandbox_google.calendar_client import ZONE, Insert, meeting
from tests.contract.sandbox_google.google_client import SCOPES, Google
from tests.contract.sandbox_google.meeting_room import STRICT, Call


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    store = Store()
    app = create_app(store, url=url, tool_url="http://localhost:9100")
    running = make_server("127.0.0.1", port, app, threaded=True, fd=listener.fileno())
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield url
    running.shutdown()
    thread.join()
    running.server_close()
    listener.close()
    store.close()


@pytest.fixture(scope="module")
def key(server: str) -> dict[str, Any]:
    made: dict[str, Any] = Google(url=server).control(
        "/service-accounts", {"domain": "harbor.example", "scopes": list(SCOPES)}
    )
    return made


@pytest.fixture
def google(server: str, key: dict[str, Any]) -> Google:
    google = Google(url=server, key=key)
    google.control("/faults", verb="DELETE")
    google.control("/settings", {"page_size": 5, "ignored_config": [], "readmission": "knock"})
    google.control("/requests/reset")
    return google


@pytest.fixture
def calendar(google: Google) -> Any:
    return google.service("calendar")


@pytest.fixture
def calendar_id(calendar: Any) -> str:
    made = calendar.calendars().insert(body={"summary": "Mentoring", "timeZone": ZONE}).execute()
    return str(made["id"])


@pytest.fixture
def insert(calendar: Any, calendar_id: str) -> Insert:
    def insert_one(**changed: Any) -> dict[str, Any]:
        body = meeting(**changed)
        made: dict[str, Any] = calendar.events().insert(calendarId=calendar_id, body=body).execute()
        return made

    return insert_one


@pytest.fixture
def meet(google: Google) -> Any:
    return google.service("meet")


@pytest.fixture
def space(meet: Any) -> dict[str, Any]:
    made: dict[str, Any] = meet.spaces().create(body={"config": STRICT}).execute()
    return made


@pytest.fixture
def call(google: Google, space: dict[str, Any]) -> Call:
    return Call(google, space)
