"""Attendance in Meet v2: conference records, participants and their sessions.

Readable by the owner and by who took part; a record is gone 30 days after its conference ended.
"""

from datetime import datetime, timedelta

from sandbox.clock import now
from sandbox.google.call import Call, paged
from sandbox.google.errors import ApiError
from sandbox.google.filters import compiled
from sandbox.google.meet import in_reach
from sandbox.google.meet_calls import participants
from sandbox.google.world import moment, stamp
from sandbox.store import Document

KEPT = timedelta(days=30)


def _expires(record: Document) -> datetime:
    return moment(record["end"] or record["start"]) + KEPT


def _gone(record: Document) -> bool:
    return record["end"] is not None and _expires(record) <= now()


def _readable(call: Call, record_id: str, space: Document) -> bool:
    if not in_reach(call, space):
        return False
    people = participants(call.world, record_id).values()
    return space["owner"] == call.subject or any(p["email"] == call.subject for p in people)


def _record_view(record_id: str, record: Document) -> Document:
    shown: Document = {
        "name": f"conferenceRecords/{record_id}",
        "startTime": record["start"],
        "expireTime": stamp(_expires(record)),
        "space": f"spaces/{record['space']}",
    }
    return shown | ({"endTime": record["end"]} if record["end"] else {})


def _instant(text: str | None) -> datetime | None:
    return moment(text) if text else None


def list_records(call: Call) -> Document:
    """conferenceRecords.list: newest first."""
    passes = compiled(
        call.params.get("filter", ""),
        times=frozenset({"start_time", "end_time"}),
        names=frozenset({"space.name", "space.meeting_code"}),
    )
    spaces = call.world.store.all("space")
    items = []
    for record_id, record in call.world.store.all("record").items():
        space = spaces[record["space"]]
        fields: dict[str, str | datetime | None] = {
            "space.name": f"spaces/{space['id']}",
            "space.meeting_code": space["code"],
            "start_time": moment(record["start"]),
            "end_time": _instant(record["end"]),
        }
        if not _gone(record) and passes(fields) and _readable(call, record_id, space):
            items.append((record_id, _record_view(record_id, record)))
    items.sort(key=lambda item: item[1]["startTime"], reverse=True)
    page, rest = paged(call, items, default=25, maximum=100)
    return ({"conferenceRecords": page} if page else {}) | rest


def _record(call: Call, record_id: str) -> Document:
    record = call.world.store.get("record", record_id)
    if record is None or _gone(record):
        raise ApiError(404, "", "Requested entity was not found.")
    space = call.world.store.get("space", record["space"])
    if space is None or not _readable(call, record_id, space):
        raise ApiError(403, "", "The caller does not have permission")
    return record


def get_record(call: Call) -> Document:
    """conferenceRecords.get."""
    record_id = call.params["name"].removeprefix("conferenceRecords/")
    return _record_view(record_id, _record(call, record_id))


def _last_end(held: Document) -> str | None:
    ends = [session["end"] for session in held["sessions"]]
    return None if None in ends else max(ends)


def _participant_view(held: Document) -> Document:
    shown: Document = {
        "name": f"conferenceRecords/{held['record']}/participants/{held['id']}",
        "earliestStartTime": min(session["start"] for session in held["sessions"]),
        **held["shown"],
    }
    end = _last_end(held)
    return shown | ({"latestEndTime": end} if end else {})


def list_participants(call: Call) -> Document:
    """participants.list: first join and last leave only, so gaps do not show here."""
    record_id = call.params["parent"].removeprefix("conferenceRecords/")
    _record(call, record_id)
    passes = compiled(
        call.params.get("filter", ""), times=frozenset({"earliest_start_time", "latest_end_time"})
    )
    items = []
    for held in participants(call.world, record_id).values():
        shown = _participant_view(held)
        fields: dict[str, str | datetime | None] = {
            "earliest_start_time": moment(shown["earliestStartTime"]),
            "latest_end_time": _instant(shown.get("latestEndTime")),
        }
        if passes(fields):
            items.append((held["id"], shown))
    items.sort(key=lambda item: item[1]["earliestStartTime"], reverse=True)
    page, rest = paged(call, items, default=100, maximum=250)
    total = {"totalSize": len(items)} if "totalSize" in call.params.get("fields", "") else {}
    return ({"participants": page} if page else {}) | rest | total


def _participant(call: Call, name: str) -> Document:
    _, record_id, _, participant_id = name.split("/")[:4]
    _record(call, record_id)
    held = call.world.store.get("participant", f"{record_id}/{participant_id}")
    if held is None:
        raise ApiError(404, "", "Requested entity was not found.")
    return held


def get_participant(call: Call) -> Document:
    """participants.get."""
    return _participant_view(_participant(call, call.params["name"]))


def _session_views(held: Document) -> list[tuple[str, Document]]:
    parent = f"conferenceRecords/{held['record']}/participants/{held['id']}"
    return [
        (
            session["id"],
            {
                "name": f"{parent}/participantSessions/{session['id']}",
                "startTime": session["start"],
                **({"endTime": session["end"]} if session["end"] else {}),
            },
        )
        for session in held["sessions"]
    ]


def list_sessions(call: Call) -> Document:
    """participantSessions.list: one per join and device, newest first."""
    held = _participant(call, call.params["parent"])
    passes = compiled(call.params.get("filter", ""), times=frozenset({"start_time", "end_time"}))
    items = [
        (key, shown)
        for key, shown in reversed(_session_views(held))
        if passes(
            {
                "start_time": moment(shown["startTime"]),
                "end_time": _instant(shown.get("endTime")),
            }
        )
    ]
    page, rest = paged(call, items, default=100, maximum=250)
    return ({"participantSessions": page} if page else {}) | rest


def get_session(call: Call) -> Document:
    """participantSessions.get."""
    session_id = call.params["name"].rpartition("/")[2]
    for key, shown in _session_views(_participant(call, call.params["name"])):
        if key == session_id:
            return shown
    raise ApiError(404, "", "Requested entity was not found.")


HANDLERS = {
    "meet.conferenceRecords.list": list_records,
    "meet.conferenceRecords.get": get_record,
    "meet.conferenceRecords.participants.list": list_participants,
    "meet.conferenceRecords.participants.get": get_participant,
    "meet.conferenceRecords.participants.participantSessions.list": list_sessions,
    "meet.conferenceRecords.participants.participantSessions.get": get_session,
}
