from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from integrations.google.calendar import GoogleCalendars
from lti_tool.ports.errors import ConflictError, UnavailableError
from lti_tool.ports.google import Account, CalendarEvent
from tests.servers.google import CHEN, RIVERA, GoogleServer

START = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)


def event(event_id: str) -> CalendarEvent:
    return CalendarEvent(
        event_id=event_id,
        title="Career Mentoring",
        location="http://localhost:9100/m/1",
        starts_at=START,
        ends_at=START + timedelta(minutes=30),
        time_zone="America/New_York",
        guests=(RIVERA, CHEN),
        digest="a" * 64,
    )


@pytest.fixture
def calendar(calendars: GoogleCalendars, account: Account) -> str:
    return calendars.create_calendar(account, "Career Mentoring", "America/New_York")


def held(google: GoogleServer, event_id: str) -> dict[str, object]:
    events = google.control("/events", verb="GET")["events"]
    (found,) = [e["event"] for e in events if e["event"]["id"] == event_id]
    return dict(found)


def test_an_event_hides_its_guests_and_carries_no_call(
    calendars: GoogleCalendars, account: Account, calendar: str, google: GoogleServer
) -> None:
    made = calendars.insert(account, calendar, event("abc001"))
    assert (made.status, made.digest) == ("confirmed", "a" * 64)
    remote = held(google, "abc001")
    assert remote["guestsCanSeeOtherGuests"] is False
    assert remote["visibility"] == "private"
    assert "conferenceData" not in remote


def test_the_same_id_twice_is_a_conflict_and_reads_as_ours(
    calendars: GoogleCalendars, account: Account, calendar: str
) -> None:
    calendars.insert(account, calendar, event("abc002"))
    with pytest.raises(ConflictError):
        calendars.insert(account, calendar, event("abc002"))
    found = calendars.read(account, calendar, "abc002")
    assert found is not None
    assert found.digest == "a" * 64


def test_a_lost_answer_leaves_exactly_one_event(
    calendars: GoogleCalendars, account: Account, calendar: str, google: GoogleServer
) -> None:
    google.fault("calendar", "drop_after_send", "events.insert")
    with pytest.raises(UnavailableError):
        calendars.insert(account, calendar, event("abc003"))
    with pytest.raises(ConflictError):
        calendars.insert(account, calendar, event("abc003"))
    assert held(google, "abc003")["status"] == "confirmed"


def test_an_update_replaces_the_content(
    calendars: GoogleCalendars, account: Account, calendar: str, google: GoogleServer
) -> None:
    calendars.insert(account, calendar, event("abc004"))
    changed = replace(event("abc004"), digest="b" * 64, guests=(CHEN,))
    assert calendars.update(account, calendar, changed).digest == "b" * 64


def test_canceling_is_done_however_often_it_is_asked(
    calendars: GoogleCalendars, account: Account, calendar: str
) -> None:
    calendars.insert(account, calendar, event("abc005"))
    for _ in range(2):
        calendars.cancel(account, calendar, "abc005")
    found = calendars.read(account, calendar, "abc005")
    assert found is not None
    assert found.status == "cancelled"
    calendars.cancel(account, calendar, "neverthere0")


def test_an_event_that_never_was_is_nothing(
    calendars: GoogleCalendars, account: Account, calendar: str
) -> None:
    assert calendars.read(account, calendar, "neverthere1") is None
