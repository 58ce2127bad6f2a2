"""Events of Calendar v3: writing one event at a time, with its etag and its tombstone."""

import re
import uuid
from datetime import datetime

from sandbox.clock import now
from sandbox.google.calendar import open_calendar, period, zone
from sandbox.google.call import Call
from sandbox.google.errors import ApiError, invalid, not_found
from sandbox.google.events_list import list_events, shown
from sandbox.google.masks import merged
from sandbox.google.world import World, moment, stamp
from sandbox.store import Document

EVENT_ID = re.compile(r"[a-v0-9]{5,1024}")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
SERVER_SET = frozenset(
    [
        "attendeesOmitted",
        "created",
        "creator",
        "etag",
        "hangoutLink",
        "htmlLink",
        "kind",
        "locked",
        "organizer",
        "originalStartTime",
        "recurringEventId",
        "sequence",
        "updated",
    ]
)
# Google leaves out what equals the default, so content must not be compared field by field.
DEFAULTS = {
    "anyoneCanAddSelf": False,
    "guestsCanInviteOthers": True,
    "guestsCanModify": False,
    "guestsCanSeeOtherGuests": True,
    "transparency": "opaque",
    "visibility": "default",
}
MOST_GUESTS = 200


def key_of(calendar_id: str, event_id: str) -> str:
    return f"{calendar_id}/{event_id}"


def save(world: World, calendar_id: str, resource: Document, *, add: bool = False) -> Document:
    """Store the event with a new etag; with `add`, only under an id that was never used."""
    change = world.number("change")
    saved: Document = {
        **{k: v for k, v in resource.items() if DEFAULTS.get(k) != v},
        "etag": f'"{change * 2}"',
        "updated": stamp(now()),
    }
    document = {"calendar": calendar_id, "change": change, "resource": saved}
    key = key_of(calendar_id, saved["id"])
    if not add:
        world.store.put("event", key, document)
    elif not world.store.add("event", key, document):
        raise ApiError(409, "duplicate", "The requested identifier already exists.")
    return saved


def _side(side: Document, name: str) -> Document:
    if ("date" in side) == ("dateTime" in side):
        raise invalid(f"{name} needs either date or dateTime.", "required")
    if "timeZone" in side:
        zone(side["timeZone"])
    if "date" in side:
        return side
    try:
        found = datetime.fromisoformat(side["dateTime"])
    except ValueError as error:
        raise invalid(f"{name}.dateTime: {error}") from error
    if found.tzinfo is None:
        if "timeZone" not in side:
            raise invalid("Missing time zone definition for start time.", "required")
        found = found.replace(tzinfo=zone(side["timeZone"]))
    return side | {"dateTime": found.isoformat()}


def _check_times(event: Document, time_zone: str) -> None:
    for name in ("start", "end"):
        if name not in event:
            raise ApiError(400, "required", f"Missing {name} time.")
        event[name] = _side(event[name], name)
    if ("date" in event["start"]) != ("date" in event["end"]):
        raise invalid("Start and end times must either both be date or both be dateTime.")
    start, end = period(event, time_zone)
    if end <= start:
        raise invalid("The specified time range is empty.", "timeRangeEmpty")


def _check_guests(event: Document, before: Document | None) -> None:
    known = {g["email"].lower(): g for g in (before or {}).get("attendees", ())}
    guests = event.get("attendees", [])
    if len(guests) > MOST_GUESTS:
        raise invalid("Too many attendees.", "maxAttendeesExceeded")
    addresses = [guest.get("email", "").lower() for guest in guests]
    if not all(EMAIL.fullmatch(address) for address in addresses):
        raise invalid("Invalid attendee email.")
    if len(set(addresses)) < len(addresses):
        raise invalid("An attendee is listed twice.")
    for guest, address in zip(guests, addresses, strict=True):
        answered = guest.get("responseStatus", "needsAction")
        # A new guest's answer may be reset by Google; here it always is, so nobody relies on it.
        guest["responseStatus"] = answered if address in known else "needsAction"


def _check_rest(event: Document) -> None:
    if "recurrence" in event:
        raise invalid("The sandbox serves single events only: recurrence is not accepted.")
    for owner in ("private", "shared"):
        pairs = event.get("extendedProperties", {}).get(owner, {})
        if len(pairs) > 300 or any(len(k) > 44 or len(v) > 1024 for k, v in pairs.items()):
            raise invalid("Extended property key or value is too long.")
    source = event.get("source", {}).get("url", "http://")
    if not source.startswith(("http://", "https://")):
        raise invalid("Invalid source URL.")


def _without_conference(call: Call, body: Document) -> Document:
    wanted = body.get("conferenceData")
    if wanted and call.params.get("conferenceDataVersion", 0) == 1:
        raise invalid("Invalid conference type value.")
    return {k: v for k, v in body.items() if k != "conferenceData"}


def _guarded(call: Call, calendar: Document) -> Document:
    """Return the stored event if If-Match allows it to be changed."""
    held = call.world.store.get("event", key_of(calendar["resource"]["id"], call.params["eventId"]))
    if held is None:
        raise not_found()
    if call.if_match not in (None, "*", held["resource"]["etag"]):
        raise ApiError(412, "conditionNotMet", "Precondition Failed")
    resource: Document = held["resource"]
    return resource


def _full_calendar(call: Call) -> Document:
    calendar, full = open_calendar(call)
    if not full:
        raise not_found()
    return calendar


def _checked(call: Call, calendar: Document, event: Document, before: Document | None) -> Document:
    _check_times(event, calendar["resource"]["timeZone"])
    _check_guests(event, before)
    _check_rest(event)
    return save(call.world, calendar["resource"]["id"], event, add=before is None)


def insert(call: Call) -> Document:
    """events.insert: the client's id is honored, and never free again once used."""
    calendar = _full_calendar(call)
    body = _without_conference(call, call.body)
    if given := sorted(SERVER_SET & set(body)):
        raise invalid(f"Set by the server, not by the client: {', '.join(given)}.")
    if "id" in body and "iCalUID" in body:
        raise invalid("Send id or iCalUID, not both.")
    event_id = body.get("id", uuid.uuid4().hex)
    if not EVENT_ID.fullmatch(event_id):
        raise invalid("Invalid resource id value.")
    resource = calendar["resource"]
    event: Document = {
        "status": "confirmed",
        "reminders": {"useDefault": True},
        "iCalUID": f"{event_id}@google.com",
        **body,
        "kind": "calendar#event",
        "id": event_id,
        "created": stamp(now()),
        "creator": {"email": call.subject},
        "organizer": {"email": resource["id"], "displayName": resource["summary"], "self": True},
        "sequence": 0,
        "eventType": "default",
        "htmlLink": f"{call.world.url}/calendars/{calendar['owner']}#{event_id}",
    }
    return shown(_checked(call, calendar, event, None), call.params)


def get(call: Call) -> Document:
    """events.get: a deleted event answers as cancelled."""
    calendar, full = open_calendar(call)
    held = call.world.store.get("event", key_of(calendar["resource"]["id"], call.params["eventId"]))
    if held is None:
        raise not_found()
    return shown(held["resource"], call.params, full=full)


def _changed(call: Call, calendar: Document, before: Document, after: Document) -> Document:
    moved = any(before.get(name) != after.get(name) for name in ("start", "end", "location"))
    after["sequence"] = before["sequence"] + (1 if moved else 0)
    return shown(_checked(call, calendar, after, before), call.params)


def patch(call: Call) -> Document:
    """events.patch: objects merge, arrays are replaced, null removes."""
    calendar = _full_calendar(call)
    before = _guarded(call, calendar)
    body = _without_conference(call, call.body)
    if given := sorted(SERVER_SET & {k for k, v in body.items() if v is not None}):
        raise invalid(f"Set by the server, not by the client: {', '.join(given)}.")
    if body.get("id", before["id"]) != before["id"]:
        raise invalid("The id of an event cannot change.")
    after = merged(before, body)
    if call.body.get("conferenceData", "absent") is None and call.params.get(
        "conferenceDataVersion"
    ):
        after.pop("conferenceData", None)
        after.pop("hangoutLink", None)
    return _changed(call, calendar, before, after)


def update(call: Call) -> Document:
    """events.update: what the body leaves out is gone."""
    calendar = _full_calendar(call)
    before = _guarded(call, calendar)
    body = _without_conference(call, call.body)
    if body.get("id", before["id"]) != before["id"]:
        raise invalid("The id of an event cannot change.")
    kept = {k: before[k] for k in (*SERVER_SET, "id", "iCalUID", "eventType") if k in before}
    if call.params.get("conferenceDataVersion") == 1:
        kept.pop("hangoutLink", None)
    elif "conferenceData" in before:
        kept["conferenceData"] = before["conferenceData"]
    defaults = {"status": "confirmed", "reminders": {"useDefault": True}}
    written = {k: v for k, v in body.items() if k not in SERVER_SET}
    return _changed(call, calendar, before, defaults | written | kept)


def delete(call: Call) -> None:
    """events.delete: leaves a tombstone; the second time the event is gone."""
    calendar = _full_calendar(call)
    before = _guarded(call, calendar)
    if before["status"] == "cancelled":
        raise ApiError(410, "deleted", "Resource has been deleted")
    save(call.world, calendar["resource"]["id"], before | {"status": "cancelled"})


def edit_by_hand(world: World, calendar_id: str, event_id: str, change: Document) -> Document:
    """Change an event as a person would in the calendar: also what no API client may set."""
    held = world.store.get("event", key_of(calendar_id, event_id))
    if held is None:
        raise not_found()
    event = merged(held["resource"], {k: v for k, v in change.items() if k != "rsvp"})
    if rsvp := change.get("rsvp"):
        for guest in event.get("attendees", []):
            if guest["email"].lower() == rsvp["email"].lower():
                guest["responseStatus"] = rsvp["responseStatus"]
    return save(world, calendar_id, event)


def add_by_hand(world: World, calendar_id: str, event: Document) -> Document:
    """Put an event on a calendar as a person would: a lesson that makes its owner busy."""
    moment(event["start"]["dateTime"])
    moment(event["end"]["dateTime"])
    event_id = uuid.uuid4().hex
    return save(
        world,
        calendar_id,
        {
            "kind": "calendar#event",
            "id": event_id,
            "status": "confirmed",
            "created": stamp(now()),
            "iCalUID": f"{event_id}@google.com",
            "sequence": 0,
            "eventType": "default",
            "creator": {"email": calendar_id},
            "organizer": {"email": calendar_id, "self": True},
            **event,
        },
        add=True,
    )


HANDLERS = {
    "calendar.events.insert": insert,
    "calendar.events.get": get,
    "calendar.events.list": list_events,
    "calendar.events.patch": patch,
    "calendar.events.update": update,
    "calendar.events.delete": delete,
}
