"""events.list: filters, pages and sync tokens."""

from sandbox.google.calendar import open_calendar, period
from sandbox.google.call import Call, fingerprint, seal, unseal
from sandbox.google.errors import ApiError, invalid
from sandbox.google.faults import FULL_SYNC
from sandbox.google.world import moment
from sandbox.store import Document

BUSY_ONLY = ("kind", "etag", "id", "status", "start", "end", "updated", "transparency")
NOT_WITH_SYNC = [
    "iCalUID",
    "orderBy",
    "privateExtendedProperty",
    "q",
    "sharedExtendedProperty",
    "timeMin",
    "timeMax",
    "updatedMin",
]
# A sync must repeat every other parameter of the first list.
FREE_TO_CHANGE = ("syncToken", "pageToken", "maxResults", "maxAttendees", "showDeleted", "fields")


def shown(event: Document, params: Document, *, full: bool = True) -> Document:
    """Return the event as this caller may see it."""
    if not full:
        return {k: v for k, v in event.items() if k in BUSY_ONLY}
    most = params.get("maxAttendees")
    if most is not None and len(event.get("attendees", ())) > most:
        return event | {"attendees": [], "attendeesOmitted": True}
    return event


def _has_properties(event: Document, params: Document) -> bool:
    for owner in ("private", "shared"):
        held = event.get("extendedProperties", {}).get(owner, {})
        for wanted in params.get(f"{owner}ExtendedProperty", ()):
            name, sign, value = wanted.partition("=")
            if not sign:
                raise invalid("An extended property is asked for as name=value.")
            if held.get(name) != value:
                return False
    return True


def _fits(event: Document, params: Document, zone_name: str) -> bool:
    if event["status"] == "cancelled" and not params.get("showDeleted", False):
        return False
    start, end = period(event, zone_name)
    words = " ".join(str(event.get(name, "")) for name in ("summary", "description", "location"))
    return (
        ("timeMin" not in params or end > moment(params["timeMin"]))
        and ("timeMax" not in params or start < moment(params["timeMax"]))
        and ("updatedMin" not in params or moment(event["updated"]) >= moment(params["updatedMin"]))
        and params.get("iCalUID", event["iCalUID"]) == event["iCalUID"]
        and params.get("q", "").lower() in words.lower()
        and _has_properties(event, params)
    )


def _since(call: Call, mark: str) -> int:
    """Return the change number that the sync token stands for."""
    if given := [name for name in NOT_WITH_SYNC if name in call.params]:
        raise invalid(f"The sync token cannot be combined with {', '.join(given)}.")
    if call.params.get("showDeleted") is False:
        raise invalid("The sync token cannot be combined with showDeleted=false.")
    token = unseal(call.params["syncToken"])
    if (
        token is None
        or "since" not in token
        or token["epoch"] != call.world.setting("sync_epoch")
        or token["calendar"] != call.params["calendarId"]
    ):
        raise ApiError(410, "fullSyncRequired", FULL_SYNC)
    if token["mark"] != mark:
        raise invalid("The sync token belongs to a list with other parameters.")
    return int(token["since"])


def _page_start(
    call: Call, mark: str, keys: list[str], everything: dict[str, Document]
) -> tuple[int, int | None]:
    """Return where the page begins, and the change number at which the listing began.

    The token names the last event shown. It may have left the list since, so without an order of
    its own the place is found among all events of the calendar.
    """
    text = call.params.get("pageToken")
    if not text:
        return 0, None
    token = unseal(text)
    if token is None or token.get("mark") != mark or token.get("after") not in everything:
        raise invalid("Invalid page token value.")
    after, began = token["after"], int(token["from"])
    if "orderBy" in call.params and after in keys:
        return keys.index(after) + 1, began
    place = {key: number for number, key in enumerate(everything)}
    return sum(place[key] <= place[after] for key in keys), began


def list_events(call: Call) -> Document:
    """events.list: `nextSyncToken` comes with the last page only."""
    calendar, full = open_calendar(call)
    resource, params = calendar["resource"], call.params
    if params.get("orderBy") == "startTime" and not params.get("singleEvents"):
        raise invalid("The requested ordering is not available for the particular query.")
    mark = fingerprint(params, without=FREE_TO_CHANGE)
    everything = {
        key: held
        for key, held in call.world.store.all("event").items()
        if held["calendar"] == resource["id"]
    }
    if "syncToken" in params:
        since = _since(call, mark)
        fitting = {k: v for k, v in everything.items() if v["change"] > since}
    else:
        zone_name = resource["timeZone"]
        fitting = {k: v for k, v in everything.items() if _fits(v["resource"], params, zone_name)}
    keys = _ordered(fitting, params.get("orderBy"), resource["timeZone"])
    start, began = _page_start(call, mark, keys, everything)
    began = call.world.last_number("change") if began is None else began
    size = min(params.get("maxResults", 250), 2500, call.world.setting("page_size"))
    page = keys[start : start + size]
    answer: Document = {
        "kind": "calendar#events",
        "etag": f'"{began}"',
        "summary": resource["summary"],
        "timeZone": resource["timeZone"],
        "accessRole": "owner" if full else "freeBusyReader",
        "defaultReminders": [],
        "items": [shown(fitting[key]["resource"], params, full=full) for key in page],
    }
    if start + size < len(keys):
        answer["nextPageToken"] = seal({"after": page[-1], "mark": mark, "from": began})
    elif not any(name in params for name in NOT_WITH_SYNC):
        answer["nextSyncToken"] = seal(
            {
                "since": began,
                "mark": mark,
                "calendar": params["calendarId"],
                "epoch": call.world.setting("sync_epoch"),
            }
        )
    return answer


def _ordered(events: dict[str, Document], order: str | None, zone_name: str) -> list[str]:
    keys = list(events)
    if order == "startTime":
        keys.sort(key=lambda key: period(events[key]["resource"], zone_name)[0])
    elif order == "updated":
        keys.sort(key=lambda key: events[key]["change"])
    return keys
