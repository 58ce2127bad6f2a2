"""Faults on request, as the client of the tool meets them."""

import json
from typing import Any

import pytest
import requests
from googleapiclient.errors import HttpError

from tests.contract.sandbox_google.google_client import Google


def shape(error: HttpError) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(error.content)["error"]
    return body


def test_a_dropped_answer_leaves_the_effect(google: Google) -> None:
    meet = google.service("meet")
    before = len(google.control("/spaces", verb="GET")["spaces"])
    google.control("/faults", {"service": "meet", "mode": "drop_after_send"})

    with pytest.raises(requests.ConnectionError):
        meet.spaces().create(body={}).execute()

    assert len(google.control("/spaces", verb="GET")["spaces"]) == before + 1
    assert google.requests()[-1]["status"] == 0
    assert google.counts()["meet.spaces.create"] == 1


@pytest.mark.parametrize(
    ("mode", "code", "reason"),
    [
        ("403:rateLimitExceeded", 403, "rateLimitExceeded"),
        ("403:quotaExceeded", 403, "quotaExceeded"),
        ("403:forbidden", 403, "forbidden"),
        ("404", 404, "notFound"),
        ("409", 409, "duplicate"),
        ("410", 410, "fullSyncRequired"),
        ("412", 412, "conditionNotMet"),
        ("429", 429, "rateLimitExceeded"),
        ("500", 500, "backendError"),
        ("503", 503, "backendError"),
    ],
)
def test_calendar_refuses_with_errors(google: Google, mode: str, code: int, reason: str) -> None:
    google.control("/faults", {"service": "calendar", "mode": mode, "retry_after": 7})
    request = google.service("calendar", scopes=("calendar.events.freebusy",)).events()

    with pytest.raises(HttpError) as raised:
        request.list(calendarId="primary").execute()

    error = shape(raised.value)
    assert (error["code"], error["errors"][0]["reason"]) == (code, reason)
    assert raised.value.resp.get("retry-after") == ("7" if code in (429, 503) else None)


@pytest.mark.parametrize(
    ("service", "mode", "status"),
    [
        ("meet", "429", "RESOURCE_EXHAUSTED"),
        ("meet", "503", "UNAVAILABLE"),
        ("forms", "404", "NOT_FOUND"),
        ("forms", "500", "INTERNAL"),
    ],
)
def test_meet_and_forms_refuse_with_a_status(
    google: Google, service: str, mode: str, status: str
) -> None:
    google.control("/faults", {"service": service, "mode": mode})
    client = google.service(service)
    requests_ = {
        "meet": lambda: client.spaces().create(body={}),
        "forms": lambda: client.forms().create(body={"info": {"title": "T"}}),
    }

    with pytest.raises(HttpError) as raised:
        requests_[service]().execute()

    assert shape(raised.value)["status"] == status
    assert "errors" not in shape(raised.value)


def test_a_401_is_healed_by_a_new_token(google: Google) -> None:
    meet = google.service("meet")
    meet.spaces().create(body={}).execute()
    google.control("/faults", {"service": "meet", "mode": "401"})

    meet.spaces().create(body={}).execute()

    assert google.counts()["token.token"] == 2


def test_a_fault_strikes_its_method_after_some_and_for_some_times(google: Google) -> None:
    meet = google.service("meet")
    fault = {"service": "meet", "method": "spaces.create", "mode": "500", "skip": 1, "times": 2}
    google.control("/faults", fault)
    codes = []
    space = {}
    for _ in range(4):
        try:
            space = meet.spaces().create(body={}).execute()
            codes.append(200)
        except HttpError as error:
            codes.append(error.status_code)
        meet.spaces().get(name=space["name"]).execute()

    assert codes == [200, 500, 500, 200]


def test_a_slow_answer_outlasts_an_impatient_client(google: Google) -> None:
    impatient = Google(url=google.url, key=google.key, read_s=0.05)
    meet = impatient.service("meet")
    google.control("/faults", {"service": "meet", "mode": "slow", "seconds": 0.3})

    with pytest.raises(requests.ReadTimeout):
        meet.spaces().create(body={}).execute()


def test_a_refused_request_has_no_effect(google: Google) -> None:
    before = len(google.control("/spaces", verb="GET")["spaces"])
    google.control("/faults", {"service": "meet", "mode": "503"})

    with pytest.raises(HttpError):
        google.service("meet").spaces().create(body={}).execute()

    assert len(google.control("/spaces", verb="GET")["spaces"]) == before


@pytest.mark.parametrize(
    "fault",
    [
        {"service": "mail", "mode": "500"},
        {"service": "meet", "mode": "418"},
        {"service": "meet", "mode": "500", "method": "space.create"},
        {"service": "meet", "mode": "invalid_grant"},
        {},
    ],
    ids=str,
)
def test_a_senseless_fault_is_refused(google: Google, fault: dict[str, str]) -> None:
    assert google.raw("/faults", fault).status_code == 400


def test_planned_faults_can_be_seen(google: Google) -> None:
    google.control("/faults", {"service": "drive", "mode": "404"})

    (planned,) = google.control("/faults", verb="GET")["faults"]

    assert planned["service"] == "drive"


def test_unknown_settings_and_rooms_are_refused(google: Google) -> None:
    assert google.raw("/settings", {"colour": "red"}).status_code == 400
    assert google.raw("/calls/none/join", {"email": "x@y.example"}).status_code == 404
    assert google.raw("/forms/none/responses", {"answers": {}}).status_code == 404
    assert google.raw("/users", {"name": "No address"}).status_code == 400
