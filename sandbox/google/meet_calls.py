"""People in a call: they open the link, knock, are admitted, leave and come back.

Every join is a participant session. A conference record begins with the first join and ends when
nobody is left, or when a host or the API ends the call for everybody.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sandbox.google import people
from sandbox.google.world import World, moment, stamp
from sandbox.store import Document

MOST_DENIALS = 2


class RefusedError(Exception):
    """Meet does not let this happen; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody at the door; only a signed-in person has an account and perhaps an e-mail."""

    key: str
    label: str
    email: str | None
    shown: Document


def person(world: World, who: Document) -> Person:
    """Read who comes: {"email"} | {"user": "users/..."} | {"anonymous": name} | {"phone"}."""
    if name := str(who.get("anonymous", "")).strip():
        shown: Document = {"anonymousUser": {"displayName": name}}
        return Person(key=f"anonymous:{name}", label=f"{name} (guest)", email=None, shown=shown)
    if number := str(who.get("phone", "")).strip():
        hidden = f"{number[:-6]}***-**{number[-2:]}"
        shown = {"phoneUser": {"displayName": hidden}}
        return Person(key=f"phone:{number}", label=f"{hidden} (phone)", email=None, shown=shown)
    if "user" in who:
        account = people.find_by_id(world, str(who["user"]))
    else:
        account = people.find_user(world, str(who.get("email", "")))
    if account is None:
        raise RefusedError("No such Google account: create it with POST /control/users.")
    user = f"users/{account['id']}"
    shown = {"signedinUser": {"user": user, "displayName": account["name"]}}
    return Person(key=user, label=account["name"], email=account["email"], shown=shown)


def is_host(space: Document, email: str | None) -> bool:
    """Tell whether this is the owner or a co-host."""
    cohosts = {m["email"] for m in space["members"] if m["role"] == "COHOST"}
    return email is not None and (email == space["owner"] or email in cohosts)


def _enters_directly(world: World, space: Document, who: Person) -> bool:
    access = space["config"]["accessType"]
    invited = any(m["email"] == who.email for m in space["members"])
    colleague = who.email is not None and people.domain_of(who.email) == people.domain_of(
        space["owner"]
    )
    admitted_before = (
        world.setting("readmission") == "enter"
        and space["active"] is not None
        and who.email is not None
        and _participant(world, space["active"], who) is not None
    )
    return (
        is_host(space, who.email)
        or invited
        or access == "OPEN"
        or (access == "TRUSTED" and colleague)
        or admitted_before
    )


def participants(world: World, record_id: str) -> dict[str, Document]:
    """Return the participants of one conference by their key in the store."""
    return {
        key: held
        for key, held in world.store.all("participant").items()
        if held["record"] == record_id
    }


def _participant(world: World, record_id: str, who: Person) -> tuple[str, Document] | None:
    """Return the participant that this person already is; a typed name proves nobody."""
    if who.key.startswith("anonymous:"):
        return None
    for key, held in participants(world, record_id).items():
        if held["identity"] == who.key:
            return key, held
    return None


def took_part(world: World, space_id: str, email: str) -> bool:
    """Tell whether the account was in any call of the space."""
    records = {k for k, r in world.store.all("record").items() if r["space"] == space_id}
    return any(
        held["record"] in records and held["email"] == email
        for held in world.store.all("participant").values()
    )


def present(world: World, space: Document) -> list[Document]:
    """Return who is in the call now."""
    if not space["active"]:
        return []
    return [
        held
        for held in participants(world, space["active"]).values()
        if any(_is_open(session) for session in held["sessions"])
    ]


def _is_open(session: Document) -> bool:
    return session["end"] is None and not session["lost"]


def waiting(world: World, space: Document) -> dict[str, Document]:
    """Return who knocks."""
    return {
        key: knock
        for key, knock in world.store.all("knock").items()
        if knock["space"] == space["id"]
    }


def last_moment(space: Document) -> datetime:
    """Return when something last happened in the space."""
    return moment(space.get("last", "1970-01-01T00:00:00.000Z"))


def _touch(world: World, space: Document, at: datetime) -> None:
    if at < last_moment(space):
        raise RefusedError(f"Time runs forward: something happened after {stamp(at)} already.")
    space["last"] = stamp(at)
    world.store.put("space", space["id"], space)


def join(world: World, space: Document, who: Person, *, at: datetime) -> Document:
    """Open the meeting link: straight in, or knock and wait."""
    host = is_host(space, who.email)
    if space["closed"] and not host:
        raise RefusedError("The call was ended. A host has to open it again.")
    denials = world.store.get("denial", f"{space['id']}/{who.key}") or {"times": 0}
    if denials["times"] >= MOST_DENIALS:
        raise RefusedError("After two refusals nobody can knock again.")
    if _enters_directly(world, space, who):
        return _enter(world, space, who, at)
    _touch(world, space, at)
    knock: Document = {
        "space": space["id"],
        "identity": who.key,
        "label": who.label,
        "email": who.email,
        "shown": who.shown,
        "at": stamp(at),
    }
    world.store.put("knock", f"{space['id']}/{who.key}", knock)
    return {"state": "knocking", "identity": who.key}


def _enter(world: World, space: Document, who: Person, at: datetime) -> Document:
    _touch(world, space, at)
    record_id = space["active"]
    if record_id is None:
        record_id = secrets.token_hex(12)
        record = {"space": space["id"], "start": stamp(at), "end": None}
        world.store.put("record", record_id, record)
        space["active"] = record_id
    space["closed"] = False
    world.store.put("space", space["id"], space)
    found = _participant(world, record_id, who)
    participant_id = str(world.number("participant")).zfill(12)
    key, held = found or (
        f"{record_id}/{participant_id}",
        {
            "id": participant_id,
            "record": record_id,
            "identity": who.key,
            "label": who.label,
            "email": who.email,
            "shown": who.shown,
            "sessions": [],
        },
    )
    session = {"id": secrets.token_hex(6), "start": stamp(at), "end": None, "lost": False}
    held["sessions"].append(session)
    world.store.put("participant", key, held)
    return {
        "state": "in_call",
        "identity": who.key,
        "conferenceRecord": f"conferenceRecords/{record_id}",
        "participant": f"conferenceRecords/{record_id}/participants/{held['id']}",
        "session": session["id"],
    }


def _check_doorkeeper(world: World, space: Document, by: Person) -> None:
    inside = any(held["identity"] == by.key for held in present(world, space))
    if not inside:
        raise RefusedError(f"{by.label} is not in the call and cannot answer the door.")
    if space["config"]["moderation"] == "ON" and not is_host(space, by.email):
        raise RefusedError(f"{by.label} is no host and cannot answer the door.")


def _take_knock(world: World, space: Document, identity: str) -> Document:
    key = f"{space['id']}/{identity}"
    knock = world.store.get("knock", key)
    if knock is None:
        raise RefusedError("Nobody of that name knocks.")
    world.store.delete("knock", key)
    return knock


def admit(world: World, space: Document, identity: str, *, by: Person, at: datetime) -> Document:
    """Let in somebody who knocks."""
    _check_doorkeeper(world, space, by)
    knock = _take_knock(world, space, identity)
    who = Person(key=identity, label=knock["label"], email=knock["email"], shown=knock["shown"])
    return _enter(world, space, who, at)


def deny(world: World, space: Document, identity: str, *, by: Person, at: datetime) -> Document:
    """Turn somebody away; after the second time they cannot knock again."""
    _check_doorkeeper(world, space, by)
    _take_knock(world, space, identity)
    _touch(world, space, at)
    key = f"{space['id']}/{identity}"
    times = (world.store.get("denial", key) or {"times": 0})["times"] + 1
    world.store.put("denial", key, {"times": times})
    return {"state": "denied", "times": times}


def leave(
    world: World, space: Document, identity: str, *, at: datetime, lost: bool = False
) -> Document:
    """Leave the call with every device, or stop knocking.

    With `lost` the connection breaks and the session keeps no end, as Google sometimes reports.
    """
    key = f"{space['id']}/{identity}"
    if world.store.get("knock", key) is not None:
        world.store.delete("knock", key)
        return {"state": "left"}
    staying = [held for held in present(world, space) if held["identity"] == identity]
    if not staying:
        raise RefusedError("Nobody of that name is in the call.")
    _touch(world, space, at)
    for held in staying:
        _close(world, held, at, lost=lost)
    if not present(world, space):
        _finish(world, space, at)
    return {"state": "left"}


def _close(world: World, held: Document, at: datetime, *, lost: bool) -> None:
    for session in held["sessions"]:
        if _is_open(session):
            session["lost"] = lost
            session["end"] = None if lost else stamp(at)
    world.store.put("participant", f"{held['record']}/{held['id']}", held)


def _finish(world: World, space: Document, at: datetime) -> None:
    record = world.store.get("record", space["active"])
    if record is not None:
        world.store.put("record", space["active"], record | {"end": stamp(at)})
    space["active"] = None
    world.store.put("space", space["id"], space)


def end(world: World, space: Document, *, at: datetime) -> Document:
    """End the call for everybody; who knocks stands before a shut door."""
    if not space["active"]:
        raise RefusedError("Nobody is in the call.")
    _touch(world, space, at)
    for held in present(world, space):
        _close(world, held, at, lost=False)
    for key in waiting(world, space):
        world.store.delete("knock", key)
    space["closed"] = True
    _finish(world, space, at)
    return {"state": "ended"}
