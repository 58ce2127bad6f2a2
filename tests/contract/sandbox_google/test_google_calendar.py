"""Calendar, driven by google-api-python-client."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from googleapiclient.errors import HttpError

from tests.contract.sandbox_google.google_client import CHEN, MAYA, RIVERA, Google

Changes = dict[str, Any]
ZONE = "America/New_York"


def meeting(**changed: Any) -> dict[str, Any]:
    return {
        "id": uuid.uuid4().hex,
        "summary": "Mentoring",
        "start": {"dateTime": "2027-03-02T10:00:00-05:00", "timeZone": ZONE},
        "end": {"dateTime": "2027-03-02T10:30:00-05:00", "timeZone": ZONE},
    } | changed


def refused(request: Any) -> tuple[int, str]:
    with pytest.raises(HttpError) as raised:
        request.execute()
    error = json.loads(raised.value.content)["error"]
    assert error["code"] == raised.value.status_code
    assert error["message"]
    return raised.value.status_code, error["errors"][0]["reason"]


@pytest.fixture
def calendar(google: Google) -> Any:
    return google.service("calendar")


@pytest.fixture
def calendar_id(calendar: Any) -> str:
    made = calendar.calendars().insert(body={"summary": "Mentoring", "timeZone": ZONE}).execute()
    return str(made["id"])


Insert = Callable[..., dict[str, Any]]


@pytest.fixture
def insert(calendar: Any, calendar_id: str) -> Insert:
    def insert_one(**changed: Any) -> dict[str, Any]:
        body = meeting(**changed)
        made: dict[str, Any] = calendar.events().insert(calendarId=calendar_id, body=body).execute()
        return made

    return insert_one


def test_a_secondary_calendar_belongs_to_its_maker(calendar: Any, calendar_id: str) -> None:
    found = calendar.calendars().get(calendarId=calendar_id).execute()

    assert found["dataOwner"] == RIVERA
    assert found["timeZone"] == ZONE


def test_a_calendar_of_somebody_else_is_not_found(google: Google, calendar_id: str) -> None:
    other = google.service("calendar", CHEN)

    assert refused(other.calendars().get(calendarId=calendar_id)) == (404, "notFound")
    assert refused(other.events().insert(calendarId=calendar_id, body=meeting()))[0] == 404


def test_the_narrow_scope_does_not_reach_the_primary_calendar(calendar: Any) -> None:
    assert refused(calendar.events().insert(calendarId="primary", body=meeting()))[0] == 404


def test_the_clients_id_is_honored(calendar: Any, calendar_id: str, insert: Insert) -> None:
    event = insert(extendedProperties={"private": {"meeting": "7"}})

    found = calendar.events().get(calendarId=calendar_id, eventId=event["id"]).execute()

    assert found == event
    assert found["extendedProperties"]["private"] == {"meeting": "7"}
    assert found["iCalUID"] == f"{event['id']}@google.com"


@pytest.mark.parametrize("event_id", ["abcd", "xyzxyz", "ABCDEF", "abc-def"])
def test_an_id_outside_base32hex_is_refused(calendar: Any, calendar_id: str, event_id: str) -> None:
    request = calendar.events().insert(calendarId=calendar_id, body=meeting(id=event_id))

    assert refused(request) == (400, "invalid")


def test_an_id_is_used_once_even_after_deletion(
    calendar: Any, calendar_id: str, insert: Insert
) -> None:
    event = insert()
    again = calendar.events().insert(calendarId=calendar_id, body=meeting(id=event["id"]))
    assert refused(again) == (409, "duplicate")

    calendar.events().delete(calendarId=calendar_id, eventId=event["id"]).execute()

    assert refused(again) == (409, "duplicate")
    tombstone = calendar.events().get(calendarId=calendar_id, eventId=event["id"]).execute()
    assert tombstone["status"] == "cancelled"


def test_the_second_deletion_finds_it_gone(calendar: Any, calendar_id: str, insert: Insert) -> None:
    event = insert()
    request = calendar.events().delete(calendarId=calendar_id, eventId=event["id"])
    assert request.execute() == ""

    assert refused(request) == (410, "deleted")


def test_a_deleted_event_can_be_revived(calendar: Any, calendar_id: str, insert: Insert) -> None:
    event = insert()
    calendar.events().delete(calendarId=calendar_id, eventId=event["id"]).execute()

    body = {"status": "confirmed"}
    revived = (
        calendar.events().patch(calendarId=calendar_id, eventId=event["id"], body=body).execute()
    )

    assert revived["status"] == "confirmed"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"colour": "red"}, "badRequest"),
        ({"guestsCanInviteOthers": "no"}, "badRequest"),
        ({"visibility": "secret"}, "badRequest"),
        ({"status": "canceled"}, "badRequest"),
        ({"attendees": [{"email": CHEN, "responseStatus": "yes"}]}, "badRequest"),
        ({"attendees": [{"displayName": "No address"}]}, "invalid"),
        ({"attendees": [{"email": CHEN}, {"email": CHEN}]}, "invalid"),
        ({"start": {"dateTime": "2027-03-02T10:00:00"}}, "required"),
        ({"start": {"dateTime": "tomorrow"}}, "badRequest"),
        ({"start": {"date": "2027-03-02"}}, "invalid"),
        ({"start": {"dateTime": "2027-03-02T10:00:00Z", "date": "2027-03-02"}}, "required"),
        ({"start": {"dateTime": "2027-03-02T10:00:00", "timeZone": "Mars/Base"}}, "invalid"),
        ({"end": {"dateTime": "2027-03-02T10:00:00-05:00"}}, "timeRangeEmpty"),
        ({"iCalUID": "mine@example.org"}, "invalid"),
        ({"hangoutLink": "https://meet.google.com/abc"}, "invalid"),
        ({"recurrence": ["RRULE:FREQ=WEEKLY"]}, "invalid"),
        ({"extendedProperties": {"private": {"k": "v" * 1025}}}, "invalid"),
        ({"source": {"url": "file:///etc/hosts"}}, "invalid"),
    ],
    ids=str,
)
def test_an_event_that_google_would_refuse_is_refused(
    calendar: Any, calendar_id: str, changed: Changes, reason: str
) -> None:
    request = calendar.events().insert(calendarId=calendar_id, body=meeting(**changed))

    assert refused(request) == (400, reason)


def test_an_event_without_an_end_is_refused(calendar: Any, calendar_id: str) -> None:
    body = meeting()
    del body["end"]

    assert refused(calendar.events().insert(calendarId=calendar_id, body=body))[0] == 400


def test_a_local_time_with_a_zone_is_placed_by_the_zone(insert: Insert) -> None:
    event = insert(
        start={"dateTime": "2027-07-01T10:00:00", "timeZone": ZONE},
        end={"dateTime": "2027-07-01T10:30:00", "timeZone": ZONE},
    )

    assert event["start"]["dateTime"] == "2027-07-01T10:00:00-04:00"


def test_a_new_guest_has_not_answered_whatever_the_client_claims(insert: Insert) -> None:
    event = insert(attendees=[{"email": MAYA, "responseStatus": "accepted"}])

    assert event["attendees"] == [{"email": MAYA, "responseStatus": "needsAction"}]


def test_what_equals_the_default_is_left_out(insert: Insert) -> None:
    event = insert(guestsCanInviteOthers=True, guestsCanSeeOtherGuests=False)

    assert "guestsCanInviteOthers" not in event
    assert event["guestsCanSeeOtherGuests"] is False


def test_a_patch_of_guests_loses_answers_that_it_does_not_repeat(
    google: Google, calendar: Any, calendar_id: str, insert: Insert
) -> None:
    event = insert(attendees=[{"email": MAYA}, {"email": CHEN}])
    path = f"/calendars/{calendar_id}/events/{event['id']}"
    google.control(path, {"rsvp": {"email": MAYA, "responseStatus": "accepted"}})

    body = {"attendees": [{"email": MAYA}]}
    patched = (
        calendar.events().patch(calendarId=calendar_id, eventId=event["id"], body=body).execute()
    )

    assert patched["attendees"] == [{"email": MAYA, "responseStatus": "needsAction"}]


def test_a_patch_merges_and_removes_with_null(
    calendar: Any, calendar_id: str, insert: Insert
) -> None:
    event = insert(description="old", extendedProperties={"private": {"meeting": "7", "hash": "a"}})
    body = {"description": None, "extendedProperties": {"private": {"hash": "b"}}}

    patched = (
        calendar.events().patch(calendarId=calendar_id, eventId=event["id"], body=body).execute()
    )

    assert "description" not in patched
    assert patched["extendedProperties"]["private"] == {"meeting": "7", "hash": "b"}
    assert patched["summary"] == "Mentoring"
    assert patched["sequence"] == 0


def test_an_update_wipes_what_it_leaves_out(
    calendar: Any, calendar_id: str, insert: Insert
) -> None:
    event = insert(description="old", location="Room 4")
    body = meeting(location="Room 5")
    del body["id"]

    updated = (
        calendar.events().update(calendarId=calendar_id, eventId=event["id"], body=body).execute()
    )

    assert "description" not in updated
    assert updated["location"] == "Room 5"
    assert updated["sequence"] == 1


def test_a_write_with_a_stale_etag_changes_nothing(
    calendar: Any, calendar_id: str, insert: Insert
) -> None:
    event = insert()
    change = calendar.events().patch(
        calendarId=calendar_id, eventId=event["id"], body={"summary": "New"}
    )
    change.headers["If-Match"] = event["etag"]
    assert change.execute()["summary"] == "New"

    assert refused(change) == (412, "conditionNotMet")
    removal = calendar.events().delete(calendarId=calendar_id, eventId=event["id"])
    removal.headers["If-Match"] = event["etag"]
    assert refused(removal) == (412, "conditionNotMet")


def test_conference_data_is_ignored_without_its_version(insert: Insert) -> None:
    event = insert(conferenceData={"createRequest": {"requestId": "1"}})

    assert "conferenceData" not in event


def test_a_person_can_add_a_conference_that_the_tool_then_removes(
    google: Google, calendar: Any, calendar_id: str, insert: Insert
) -> None:
    event = insert()
    google.control(
        f"/calendars/{calendar_id}/events/{event['id']}",
        {"hangoutLink": "https://meet.example/x", "conferenceData": {"conferenceId": "x"}},
    )
    target = {"calendarId": calendar_id, "eventId": event["id"]}
    assert "hangoutLink" in calendar.events().get(**target).execute()

    body = {"conferenceData": None}
    kept = calendar.events().patch(**target, body=body).execute()
    assert "hangoutLink" in kept
    removed = calendar.events().patch(**target, body=body, conferenceDataVersion=1).execute()
    assert "hangoutLink" not in removed
    assert "conferenceData" not in removed


def test_too_many_guests_for_the_asker_are_omitted(
    calendar: Any, calendar_id: str, insert: Insert
) -> None:
    event = insert(attendees=[{"email": MAYA}, {"email": CHEN}])

    found = (
        calendar.events().get(calendarId=calendar_id, eventId=event["id"], maxAttendees=1).execute()
    )

    assert found["attendeesOmitted"] is True


def every_page(calendar: Any, **wanted: Any) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    items: list[dict[str, Any]] = []
    request = calendar.events().list(**wanted)
    answer: dict[str, Any] = {}
    while request is not None:
        answer = request.execute()
        items += answer["items"]
        assert not {"nextPageToken", "nextSyncToken"} <= set(answer)
        request = calendar.events().list_next(request, answer)
    return items, answer


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


def test_what_the_sandbox_does_not_serve_says_so(calendar: Any, calendar_id: str) -> None:
    assert refused(calendar.calendars().clear(calendarId=calendar_id))[0] in (403, 501)


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


def test_an_unknown_event_is_not_found(calendar: Any, calendar_id: str) -> None:
    target = {"calendarId": calendar_id, "eventId": "00000"}

    assert refused(calendar.events().get(**target)) == (404, "notFound")
    assert refused(calendar.events().delete(**target)) == (404, "notFound")
    assert refused(calendar.events().patch(**target, body={})) == (404, "notFound")


def test_the_id_of_an_event_does_not_change(
    calendar: Any, calendar_id: str, insert: Insert
) -> None:
    target = {"calendarId": calendar_id, "eventId": insert()["id"]}

    assert refused(calendar.events().patch(**target, body={"id": "abcde"}))[0] == 400
    assert refused(calendar.events().patch(**target, body={"etag": "x"}))[0] == 400
    assert refused(calendar.events().update(**target, body=meeting()))[0] == 400


def test_the_calendars_can_be_seen_by_hand(google: Google, calendar_id: str) -> None:
    listed = google.control("/calendars", verb="GET")["calendars"]

    assert calendar_id in [found["id"] for found in listed]
    assert google.raw("/calendars/none/events", {}).status_code == 404
    assert google.raw(f"/calendars/{calendar_id}/events/none", {}).status_code == 400
