"""A stand-in Google on a free loopback port, one for each test module."""

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.serving import make_server

from sandbox.google.app import create_app
from sandbox.store import Store
from tests.contract.sandbox_google.google_client import SCOPES, Google


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
