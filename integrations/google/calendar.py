"""Google Calendar v3: one event per meeting, under our own id, in a calendar of its own."""

from typing import Any

from integrations.google._client import Api, GoogleClient, expect, stamp
from lti_tool.ports.errors import GoneError, NotFoundError
from lti_tool.ports.google import Account, CalendarEvent, RemoteEvent

DIGEST = "careerMentoringDigest"
"""Private property by which we know our own event and what we last wrote."""


class GoogleCalendars:
    """Calendars in the accounts of staff."""

    def __init__(self, client: GoogleClient) -> None:
        """Send through `client`."""
        self._client = client

    def create_calendar(self, account: Account, title: str, time_zone: str) -> str:
        """Create a secondary calendar and return its id."""
        answer = self._client.call(
            Api.calendar,
            account,
            lambda calendar: calendar.calendars().insert(
                body={"summary": title, "timeZone": time_zone}
            ),
        )
        return str(answer["id"])

    def read(self, account: Account, calendar_id: str, event_id: str) -> RemoteEvent | None:
        """Return the event, canceled ones included, or nothing."""
        try:
            answer = self._client.call(
                Api.calendar,
                account,
                lambda calendar: calendar.events().get(calendarId=calendar_id, eventId=event_id),
            )
        except NotFoundError:
            return None
        return _remote(answer, event_id)

    def insert(self, account: Account, calendar_id: str, event: CalendarEvent) -> RemoteEvent:
        """Insert under our own id."""
        answer = self._client.call(
            Api.calendar,
            account,
            lambda calendar: calendar.events().insert(
                calendarId=calendar_id,
                body={"id": event.event_id, **_body(event)},
                sendUpdates="all",
                conferenceDataVersion=1,
            ),
        )
        return _remote(answer, event.event_id)

    def update(self, account: Account, calendar_id: str, event: CalendarEvent) -> RemoteEvent:
        """Make the existing event equal to `event`; a call somebody added to it goes away."""
        answer = self._client.call(
            Api.calendar,
            account,
            lambda calendar: calendar.events().update(
                calendarId=calendar_id,
                eventId=event.event_id,
                body=_body(event),
                sendUpdates="all",
                conferenceDataVersion=1,
            ),
        )
        return _remote(answer, event.event_id)

    def cancel(self, account: Account, calendar_id: str, event_id: str) -> None:
        """Delete the event; a deleted one, or one that never came to be, counts as canceled."""
        try:
            self._client.call(
                Api.calendar,
                account,
                lambda calendar: calendar.events().delete(
                    calendarId=calendar_id, eventId=event_id, sendUpdates="all"
                ),
            )
        except (GoneError, NotFoundError):
            return


def _body(event: CalendarEvent) -> dict[str, Any]:
    """Write the event: guests hidden from each other, and never any conference data."""
    return {
        "summary": event.title,
        "location": event.location,
        "start": {"dateTime": stamp(event.starts_at), "timeZone": event.time_zone},
        "end": {"dateTime": stamp(event.ends_at), "timeZone": event.time_zone},
        "attendees": [{"email": address} for address in event.guests],
        "guestsCanInviteOthers": False,
        "guestsCanModify": False,
        "guestsCanSeeOtherGuests": False,
        "visibility": "private",
        "status": "confirmed",
        "extendedProperties": {"private": {DIGEST: event.digest}},
    }


def _remote(answer: dict[str, Any], event_id: str) -> RemoteEvent:
    expect(answer, "id", event_id)
    private = answer.get("extendedProperties", {}).get("private", {})
    return RemoteEvent(
        event_id=event_id, status=str(answer.get("status", "")), digest=private.get(DIGEST)
    )
