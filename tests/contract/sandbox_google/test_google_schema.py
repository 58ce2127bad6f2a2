"""The stand-in keeps its own word: schemas, persistence, and races."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from googleapiclient.errors import HttpError

from sandbox.google.app import create_app
from sandbox.google.gateway import HANDLERS
from sandbox.google.schema import DOCUMENTS, BrokenPromiseError, Method, check_answer, methods
from sandbox.store import Store
from tests.contract.sandbox_google.google_client import RIVERA, Google

EVERY = {method.id: method for service in DOCUMENTS for method in methods(service)}


def test_every_method_served_is_one_of_google() -> None:
    assert set(HANDLERS) <= set(EVERY)


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("meet.conferenceRecords.participants.get", {"name": "x", "email": "a@b.example"}),
        ("meet.spaces.get", {"config": {"firstJoinerType": "HOST_ONLY"}}),
        ("meet.conferenceRecords.get", {"startTime": "yesterday"}),
        ("calendar.events.get", {"status": "canceled"}),
        ("calendar.events.list", {"items": [{"colour": "red"}]}),
        ("forms.forms.get", {"publishSettings": {"isPublished": True}}),
        ("drive.permissions.list", {"permissions": [{"role": "king"}]}),
        ("calendar.events.delete", {}),
    ],
)
def test_an_answer_that_google_could_not_give_is_refused(name: str, answer: dict[str, Any]) -> None:
    method: Method = EVERY[name]

    with pytest.raises(BrokenPromiseError):
        check_answer(method, answer)


def test_accounts_rooms_and_keys_survive_a_restart(tmp_path: Path) -> None:
    def start() -> tuple[Store, Any]:
        store = Store(tmp_path / "google.db")
        app = create_app(store, url="http://127.0.0.1:9", tool_url="http://localhost:9")
        return store, app.test_client()

    store, client = start()
    client.post("/control/users", json={"email": "new@harbor.example", "name": "New"})
    client.post("/control/users", json={"email": RIVERA, "name": "Renamed"})
    client.post("/control/spaces", json={"owner": RIVERA})
    store.close()
    store, client = start()

    names = {u["email"]: u["name"] for u in client.get("/control/users").json["users"]}
    assert names["new@harbor.example"] == "New"
    assert names[RIVERA] == "Renamed"
    assert len(client.get("/control/spaces").json["spaces"]) == 1
    store.close()


def test_of_many_inserts_of_one_id_one_wins(google: Google) -> None:
    made = google.service("calendar").calendars().insert(body={"summary": "Race"}).execute()
    event = {
        "id": uuid4().hex,
        "start": {"dateTime": "2027-03-02T10:00:00Z"},
        "end": {"dateTime": "2027-03-02T10:30:00Z"},
    }

    def insert(_number: int) -> int:
        try:
            events = google.service("calendar").events()
            events.insert(calendarId=made["id"], body=event).execute()
        except HttpError as error:
            return int(error.status_code)
        return 200

    with ThreadPoolExecutor(6) as pool:
        codes = sorted(pool.map(insert, range(6)))

    assert codes == [200, 409, 409, 409, 409, 409]


def test_the_log_tells_what_was_asked_and_why_it_was_refused(google: Google) -> None:
    calendar = google.service("calendar")
    with pytest.raises(HttpError):
        calendar.events().insert(calendarId="primary", body={}, sendUpdates="none").execute()

    entry = google.requests()[-1]

    assert (entry["service"], entry["method"]) == ("calendar", "events.insert")
    assert (entry["subject"], entry["status"]) == (RIVERA, 400)
    assert entry["query"]["sendUpdates"] == ["none"]
    assert "required" in entry["message"]
