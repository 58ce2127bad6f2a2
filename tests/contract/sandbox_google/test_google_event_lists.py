"""Lists, syncs and busy times, driven by google-api-python-client."""

from typing import Any

import pytest

from tests.contract.sandbox_google.calendar_client import (
    Changes,
    Insert,
    every_page,
    refused,
)
from tests.contract.sandbox_google.google_client import CHEN, MAYA, RIVERA, Google


def test_a_list_comes_in_pages_and_ends_with_a_sync_token(
    google: Google, calendar: Any, calendar_id: str, insert: Insert
) -> None:
    google.control("/settings", {"page_size": 2})
    made = [insert()["id"] for _ in range(5)]
    google.control("/requests/reset")

    items, last = every_page(calendar, calendarId=calendar_id)

    assert [item["id"] for item in items] == made
    assert last["nextSyncToken"]
    assert google.counts()["calendar.events.list"] == 3


def test_a_sync_shows_changes_and_tombstones_only(
    calendar: Any, calendar_id: str, insert: Insert
) -> None:
    kept, changed, gone = insert(), insert(), insert()
    _, last = every_page(calendar, calendarId=calendar_id)
    target = {"calendarId": calendar_id}
    calendar.events().patch(**target, eventId=changed["id"], body={"summary": "B"}).execute()
    calendar.events().delete(**target, eventId=gone["id"]).execute()

    items, after = every_page(calendar, calendarId=calendar_id, syncToken=last["nextSyncToken"])

    states = {item["id"]: item["status"] for item in items}
    assert states == {changed["id"]: "confirmed", gone["id"]: "cancelled"}
    assert kept["id"] not in states
    nothing, _ = every_page(calendar, calendarId=calendar_id, syncToken=after["nextSyncToken"])
    assert nothing == []


def test_a_page_does_not_skip_when_an_earlier_event_is_deleted(
    google: Google, calendar: Any, calendar_id: str, insert: Insert
) -> None:
    google.control("/settings", {"page_size": 2})
    made = [insert()["id"] for _ in range(4)]
    request = calendar.events().list(calendarId=calendar_id)
    first = request.execute()
    calendar.events().delete(calendarId=calendar_id, eventId=made[1]).execute()

    second = calendar.events().list_next(request, first).execute()

    assert [item["id"] for item in second["items"]] == made[2:]


def test_a_sync_token_refuses_filters_and_other_parameters(calendar: Any, calendar_id: str) -> None:
    _, last = every_page(calendar, calendarId=calendar_id)
    token = {"calendarId": calendar_id, "syncToken": last["nextSyncToken"]}

    for extra in ({"q": "x"}, {"showDeleted": False}, {"singleEvents": True}):
        assert refused(calendar.events().list(**token, **extra))[0] == 400


def test_an_expired_sync_token_asks_for_a_full_sync(
    google: Google, calendar: Any, calendar_id: str
) -> None:
    _, last = every_page(calendar, calendarId=calendar_id)
    google.control("/sync-tokens/expire")

    request = calendar.events().list(calendarId=calendar_id, syncToken=last["nextSyncToken"])

    assert refused(request) == (410, "fullSyncRequired")


def test_private_properties_find_their_event(
    calendar: Any, calendar_id: str, insert: Insert
) -> None:
    insert(extendedProperties={"private": {"meeting": "1", "kind": "a"}})
    wanted = insert(extendedProperties={"private": {"meeting": "2", "kind": "a"}})

    items, _ = every_page(
        calendar, calendarId=calendar_id, privateExtendedProperty=["meeting=2", "kind=a"]
    )

    assert [item["id"] for item in items] == [wanted["id"]]


def test_deleted_events_are_listed_only_on_request(
    calendar: Any, calendar_id: str, insert: Insert
) -> None:
    event = insert()
    calendar.events().delete(calendarId=calendar_id, eventId=event["id"]).execute()

    assert every_page(calendar, calendarId=calendar_id)[0] == []
    assert len(every_page(calendar, calendarId=calendar_id, showDeleted=True)[0]) == 1


@pytest.mark.parametrize(
    ("bounds", "count"),
    [
        ({"timeMin": "2027-03-02T15:30:00Z"}, 0),
        ({"timeMin": "2027-03-02T15:29:00Z"}, 1),
        ({"timeMax": "2027-03-02T15:00:00Z"}, 0),
        ({"timeMax": "2027-03-02T15:01:00Z"}, 1),
    ],
    ids=str,
)
def test_time_bounds_are_exclusive(
    calendar: Any, calendar_id: str, insert: Insert, bounds: Changes, count: int
) -> None:
    insert()

    assert len(calendar.events().list(calendarId=calendar_id, **bounds).execute()["items"]) == count


def test_busy_times_come_from_own_events_and_invitations(
    google: Google, calendar: Any, insert: Insert
) -> None:
    insert(
        start={"dateTime": "2027-04-01T10:00:00Z"},
        end={"dateTime": "2027-04-01T11:00:00Z"},
        attendees=[{"email": CHEN}],
    )
    google.control(
        f"/calendars/{CHEN}/events",
        {
            "summary": "Lesson",
            "start": {"dateTime": "2027-04-01T10:30:00Z"},
            "end": {"dateTime": "2027-04-01T12:00:00Z"},
        },
    )
    body = {
        "timeMin": "2027-04-01T00:00:00Z",
        "timeMax": "2027-04-02T00:00:00Z",
        "items": [{"id": CHEN}, {"id": MAYA}],
    }

    found = calendar.freebusy().query(body=body).execute()["calendars"]

    assert found[CHEN]["busy"] == [
        {"start": "2027-04-01T10:00:00.000Z", "end": "2027-04-01T12:00:00.000Z"}
    ]
    assert found[MAYA]["errors"] == [{"domain": "global", "reason": "notFound"}]


def test_free_time_and_declined_invitations_are_not_busy(
    google: Google, calendar: Any, calendar_id: str, insert: Insert
) -> None:
    times = {
        "start": {"dateTime": "2027-04-03T10:00:00Z"},
        "end": {"dateTime": "2027-04-03T11:00:00Z"},
    }
    declined = insert(**times, attendees=[{"email": CHEN}])
    insert(**times, attendees=[{"email": CHEN}], transparency="transparent")
    path = f"/calendars/{calendar_id}/events/{declined['id']}"
    google.control(path, {"rsvp": {"email": CHEN, "responseStatus": "declined"}})
    body = {
        "timeMin": "2027-04-03T00:00:00Z",
        "timeMax": "2027-04-04T00:00:00Z",
        "items": [{"id": CHEN}],
    }

    assert calendar.freebusy().query(body=body).execute()["calendars"][CHEN]["busy"] == []


def test_the_free_busy_scope_shows_times_of_events_and_no_more(google: Google) -> None:
    google.control(
        f"/calendars/{RIVERA}/events",
        {
            "summary": "Dentist",
            "start": {"dateTime": "2027-05-01T10:00:00Z"},
            "end": {"dateTime": "2027-05-01T11:00:00Z"},
        },
    )
    calendar = google.service("calendar", scopes=("calendar.events.freebusy",))

    found = calendar.events().list(calendarId="primary").execute()

    assert found["accessRole"] == "freeBusyReader"
    assert all("summary" not in item for item in found["items"])


def test_unknown_and_malformed_parameters_are_refused(google: Google, calendar: Any) -> None:
    calendar.events().list(calendarId="primary").execute()
    for uri in ("colour=red", "maxResults=0", "maxResults=many", "showDeleted=yes", "alt=media"):
        request = calendar.events().list(calendarId="primary")
        request.uri = f"{google.url}/calendar/v3/calendars/primary/events?{uri}"
        assert refused(request) == (400, "invalid")


def test_fields_select_a_part_of_the_answer(
    calendar: Any, calendar_id: str, insert: Insert
) -> None:
    event = insert()

    found = (
        calendar.events().list(calendarId=calendar_id, fields="items(id,start/dateTime)").execute()
    )

    assert found == {
        "items": [{"id": event["id"], "start": {"dateTime": "2027-03-02T10:00:00-05:00"}}]
    }


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"timeMax": "2027-04-02T00:00:00Z"}, "required"),
        ({"timeMin": "2027-04-02T00:00:00", "timeMax": "2027-04-03T00:00:00Z"}, "invalid"),
        ({"timeMin": "2027-04-02T00:00:00Z", "timeMax": "2027-04-02T00:00:00Z"}, "timeRangeEmpty"),
    ],
    ids=str,
)
def test_free_busy_needs_a_range(calendar: Any, body: dict[str, str], reason: str) -> None:
    assert refused(calendar.freebusy().query(body=body)) == (400, reason)


def test_whole_days_are_days_of_the_calendar(
    calendar: Any, calendar_id: str, insert: Insert
) -> None:
    insert(start={"date": "2027-03-02"}, end={"date": "2027-03-03"})
    body = {
        "timeMin": "2027-03-01T00:00:00Z",
        "timeMax": "2027-03-05T00:00:00Z",
        "items": [{"id": calendar_id}],
    }

    (busy,) = calendar.freebusy().query(body=body).execute()["calendars"][calendar_id]["busy"]

    assert busy == {"start": "2027-03-02T05:00:00.000Z", "end": "2027-03-03T05:00:00.000Z"}


def test_events_are_ordered_by_start_on_request(
    calendar: Any, calendar_id: str, insert: Insert
) -> None:
    later = insert()
    sooner = insert(
        start={"dateTime": "2027-03-01T10:00:00Z"}, end={"dateTime": "2027-03-01T11:00:00Z"}
    )
    wanted = {"calendarId": calendar_id, "orderBy": "startTime"}

    items, _ = every_page(calendar, **wanted, singleEvents=True)

    assert [item["id"] for item in items] == [sooner["id"], later["id"]]
    assert refused(calendar.events().list(**wanted))[0] == 400
