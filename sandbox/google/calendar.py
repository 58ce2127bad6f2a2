"""Calendars and free/busy of Calendar v3.

`calendar.app.created` reaches only secondary calendars made by the same Cloud project for the same
owner. What the caller may not see answers 404, as what is not there.
"""

import uuid
from collections.abc import Iterator
from datetime import datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sandbox.google.auth import full_scope
from sandbox.google.call import Call
from sandbox.google.errors import ApiError, invalid, not_found
from sandbox.google.people import domain_of, find_user
from sandbox.google.world import World, moment, stamp
from sandbox.store import Document

APP_CREATED = full_scope("calendar.app.created")
FREEBUSY = full_scope("calendar.events.freebusy")
SERVER_SET = ("id", "etag", "kind", "dataOwner")
Period = tuple[datetime, datetime]


def zone(name: str) -> ZoneInfo:
    """Return the time zone, or refuse its name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise invalid(f"Invalid time zone: {name}") from error


def open_calendar(call: Call) -> tuple[Document, bool]:
    """Return the calendar that the call names, and whether it may see more than busy times."""
    calendar_id = call.params["calendarId"]
    if calendar_id == "primary":
        calendar_id = call.subject
    document = call.world.store.get("calendar", calendar_id)
    if document is None or document["owner"] != call.subject:
        raise not_found()
    if call.narrowing_scopes - {APP_CREATED, FREEBUSY}:
        return document, True
    if APP_CREATED in call.scopes and document["project"] == call.project:
        return document, True
    if FREEBUSY in call.narrowing_scopes:
        return document, False
    raise not_found()


def insert(call: Call) -> Document:
    """calendars.insert: a secondary calendar owned by the caller."""
    if given := [name for name in SERVER_SET if name in call.body]:
        raise invalid(f"Set by the server, not by the client: {', '.join(given)}.")
    zone(call.body.get("timeZone", "UTC"))
    calendar_id = f"c_{uuid.uuid4().hex}@group.calendar.google.com"
    resource: Document = {
        **call.body,
        "kind": "calendar#calendar",
        "etag": f'"{call.world.number("change") * 2}"',
        "id": calendar_id,
        "timeZone": call.body.get("timeZone", "UTC"),
        "dataOwner": call.subject,
        "conferenceProperties": {"allowedConferenceSolutionTypes": ["hangoutsMeet"]},
    }
    call.world.store.put(
        "calendar",
        calendar_id,
        {"owner": call.subject, "project": call.project, "resource": resource},
    )
    return resource


def get(call: Call) -> Document:
    """calendars.get."""
    resource: Document = open_calendar(call)[0]["resource"]
    return resource


def period(event: Document, time_zone: str) -> Period:
    """Return the start and end of an event; a whole day is a day of the calendar's zone."""
    ends = []
    for side in (event["start"], event["end"]):
        if "dateTime" in side:
            ends.append(moment(side["dateTime"]))
        else:
            day = datetime.fromisoformat(side["date"]).date()
            ends.append(datetime.combine(day, time(), ZoneInfo(time_zone)))
    return ends[0], ends[1]


def _busy_events(world: World, calendar_id: str) -> Iterator[Document]:
    """Yield the events on the calendar, and those elsewhere whose guest its owner is."""
    for held in world.store.all("event").values():
        event = held["resource"]
        if event["status"] == "cancelled" or event.get("transparency") == "transparent":
            continue
        coming = any(
            guest["email"].lower() == calendar_id and guest.get("responseStatus") != "declined"
            for guest in event.get("attendees", ())
        )
        if held["calendar"] == calendar_id or coming:
            yield event


def _joined(periods: list[Period]) -> list[Period]:
    joined: list[Period] = []
    for start, end in sorted(periods):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _visible(call: Call, calendar_id: str) -> Document | None:
    document = call.world.store.get("calendar", calendar_id)
    if document is None:
        return None
    own = document["owner"] == call.subject
    colleague = find_user(call.world, calendar_id) is not None and domain_of(
        calendar_id
    ) == domain_of(call.subject)
    return document if own or colleague else None


def _bound(call: Call, name: str) -> datetime:
    try:
        return moment(call.body[name])
    except KeyError as error:
        raise ApiError(400, "required", f"Missing {name}.") from error
    except ValueError as error:
        raise invalid(f"{name}: {error}") from error


def freebusy(call: Call) -> Document:
    """freebusy.query: an unknown calendar carries an error, it is never simply free."""
    low, high = _bound(call, "timeMin"), _bound(call, "timeMax")
    if high <= low:
        raise invalid("The specified time range is empty.", "timeRangeEmpty")
    items = call.body.get("items", [])
    if len(items) > min(50, call.body.get("calendarExpansionMax", 50)):
        raise invalid("Too many calendars requested.", "tooManyCalendarsRequested")
    calendars: Document = {}
    for item in items:
        asked = item.get("id", "")
        calendar_id = call.subject if asked == "primary" else asked.lower()
        document = _visible(call, calendar_id)
        if document is None:
            calendars[asked] = {"busy": [], "errors": [{"domain": "global", "reason": "notFound"}]}
            continue
        zone_name = document["resource"]["timeZone"]
        found = [period(e, zone_name) for e in _busy_events(call.world, calendar_id)]
        within = [(max(s, low), min(e, high)) for s, e in found if s < high and e > low]
        busy = [{"start": stamp(s), "end": stamp(e)} for s, e in _joined(within)]
        calendars[asked] = {"busy": busy}
    return {
        "kind": "calendar#freeBusy",
        "timeMin": stamp(low),
        "timeMax": stamp(high),
        "calendars": calendars,
    }


HANDLERS = {
    "calendar.calendars.insert": insert,
    "calendar.calendars.get": get,
    "calendar.freebusy.query": freebusy,
}
