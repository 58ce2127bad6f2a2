"""A stand-in Google on a free loopback port, one for each test module."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.sandbox_google.calendar_client import ZONE, Insert, meeting
from tests.contract.sandbox_google.google_client import Google
from tests.contract.sandbox_google.meeting_room import STRICT, Call
from tests.servers.google import GoogleServer, running_google


@pytest.fixture(scope="module")
def server() -> Iterator[GoogleServer]:
    with running_google() as running:
        yield running


@pytest.fixture
def google(server: GoogleServer) -> Google:
    google = Google(url=server.url, key=server.key)
    server.reset()
    google.control("/settings", {"page_size": 5, "ignored_config": [], "readmission": "knock"})
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
