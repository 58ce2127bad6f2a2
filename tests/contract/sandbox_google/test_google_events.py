"""Calendars and single events, driven by google-api-python-client."""

from typing import Any

import pytest

from tests.contract.sandbox_google.calendar_client import (
    ZONE,
    Changes,
    Insert,
    meeting,
    refused,
)
from tests.contract.sandbox_google.google_client import CHEN, MAYA, RIVERA, Google


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


def test_what_the_sandbox_does_not_serve_says_so(calendar: Any, calendar_id: str) -> None:
    assert refused(calendar.calendars().clear(calendarId=calendar_id))[0] in (403, 501)


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
