"""Meeting spaces and their members in Meet v2.

With `meetings.space.created` only rooms made by the same Cloud project are reached. As Google does,
a room that is not there and a room of somebody else answer alike: 403.
"""

import copy
import secrets
import string

from sandbox.clock import now
from sandbox.google import meet_calls
from sandbox.google.auth import full_scope
from sandbox.google.call import Call, paged
from sandbox.google.errors import ApiError, invalid
from sandbox.google.events import EMAIL
from sandbox.google.masks import mask_paths, write_path
from sandbox.google.world import World
from sandbox.store import Document

CREATED = full_scope("meetings.space.created")
RESTRICTIONS: Document = {
    "chatRestriction": "NO_RESTRICTION",
    "reactionRestriction": "NO_RESTRICTION",
    "presentRestriction": "NO_RESTRICTION",
    "defaultJoinAsViewerType": "OFF",
}
DEFAULT_CONFIG: Document = {
    "accessType": "TRUSTED",
    "entryPointAccess": "ALL",
    "moderation": "OFF",
    "moderationRestrictions": RESTRICTIONS,
    "attendanceReportGenerationType": "DO_NOT_GENERATE",
    "artifactConfig": {
        "recordingConfig": {"autoRecordingGeneration": "OFF"},
        "transcriptionConfig": {"autoTranscriptionGeneration": "OFF"},
        "smartNotesConfig": {"autoSmartNotesGeneration": "OFF"},
    },
}
SETTABLE = frozenset(DEFAULT_CONFIG)


def denied() -> ApiError:
    return ApiError(403, "", "Permission denied on resource MeetingSpace (or it might not exist)")


def find_space(world: World, id_or_code: str) -> Document | None:
    """Return the space by its id or its meeting code."""
    if found := world.store.get("space", id_or_code):
        return found
    code = id_or_code.lower()
    return next((s for s in world.store.all("space").values() if s["code"] == code), None)


def in_reach(call: Call, space: Document) -> bool:
    """Tell whether the caller's scopes reach this room at all."""
    return bool(call.narrowing_scopes - {CREATED}) or space["project"] == call.project


def owned_space(call: Call, name: str) -> Document:
    """Return the caller's own space by its permanent name; a meeting code will not do."""
    space_id = name.removeprefix("spaces/")
    space = call.world.store.get("space", space_id)
    if space is None and find_space(call.world, space_id) is not None:
        raise invalid("The space must be named by its id, not by its meeting code.", "")
    if space is None or space["owner"] != call.subject or not in_reach(call, space):
        raise denied()
    return space


def view(space: Document, *, full: bool = True) -> Document:
    """Return the space as the API shows it; its settings are for the owner only."""
    shown: Document = {
        "name": f"spaces/{space['id']}",
        "meetingUri": space["uri"],
        "meetingCode": space["code"],
    }
    if full:
        shown["config"] = space["config"]
    if space["active"]:
        shown["activeConference"] = {"conferenceRecord": f"conferenceRecords/{space['active']}"}
    return shown


def _in_force(world: World, before: Document, config: Document) -> Document:
    """Return the settings that really apply: the edition and moderation OFF override some."""
    for path in world.setting("ignored_config"):
        write_path(config, copy.deepcopy(before), path.split("."))
    if config["moderation"] != "ON":
        config["moderationRestrictions"] = dict(RESTRICTIONS)
    return config


def _filled(values: Document, defaults: Document) -> Document:
    """Fill what is missing or unspecified from the defaults, at every depth."""
    out: Document = {}
    for name, default in defaults.items():
        value = values.get(name)
        if isinstance(default, dict):
            out[name] = _filled(value or {}, default)
        elif value is None or str(value).endswith("_UNSPECIFIED"):
            out[name] = default
        else:
            out[name] = value
    return out


def open_space(world: World, *, owner: str, project: str | None, config: Document) -> Document:
    """Create a room for its owner; `project` is empty for one made by hand."""
    space_id = "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(12))
    letters = "".join(secrets.choice(string.ascii_lowercase) for _ in range(10))
    code = f"{letters[:3]}-{letters[3:7]}-{letters[7:]}"
    space: Document = {
        "id": space_id,
        "code": code,
        "uri": f"{world.url}/meet/{code}",
        "owner": owner,
        "project": project,
        "config": _in_force(world, DEFAULT_CONFIG, _filled(config, DEFAULT_CONFIG)),
        "members": [],
        "active": None,
        "closed": False,
    }
    world.store.put("space", space_id, space)
    return space


def create(call: Call) -> Document:
    """spaces.create: no client id, so a repeat makes a second room."""
    if given := sorted(set(call.body) - {"config"}):
        raise invalid(f"Set by the server, not by the client: {', '.join(given)}.", "")
    return view(
        open_space(
            call.world,
            owner=call.subject,
            project=call.project,
            config=call.body.get("config", {}),
        )
    )


def get(call: Call) -> Document:
    """spaces.get by id or meeting code: all of it for the owner, less for who takes part."""
    space = find_space(call.world, call.params["name"].removeprefix("spaces/"))
    if space is None or not in_reach(call, space):
        raise denied()
    if space["owner"] == call.subject:
        return view(space)
    member = any(m["email"] == call.subject for m in space["members"])
    if member or meet_calls.took_part(call.world, space["id"], call.subject):
        return view(space, full=False)
    raise denied()


def patch(call: Call) -> Document:
    """spaces.patch: the owner changes settings."""
    space = owned_space(call, call.params["name"])
    body = call.body
    if body.get("name", call.params["name"]) != call.params["name"]:
        raise invalid("The name in the body is another one.", "")
    given = {k: v for k, v in body.items() if k != "name"}
    mask = call.params.get("updateMask")
    paths = [["config", name] for name in SETTABLE] if mask == "*" else mask_paths(mask, given)
    after = {"config": copy.deepcopy(space["config"])}
    for path in paths:
        if path[0] != "config" or (len(path) > 1 and path[1] not in SETTABLE):
            raise invalid(f"The update mask names {'.'.join(path)}, which cannot be changed.", "")
        write_path(after, given, path)
    config = _filled(after.get("config", {}), DEFAULT_CONFIG)
    space["config"] = _in_force(call.world, space["config"], config)
    call.world.store.put("space", space["id"], space)
    return view(space)


def end_active_conference(call: Call) -> Document:
    """spaces.endActiveConference: everybody is out, and the link stays shut until a host opens."""
    space = owned_space(call, call.params["name"])
    if not space["active"]:
        raise ApiError(400, "", "There is no active conference.", status="FAILED_PRECONDITION")
    meet_calls.end(call.world, space, at=max(now(), meet_calls.last_moment(space)))
    return {}


def _member_view(space: Document, member: Document) -> Document:
    name = f"spaces/{space['id']}/members/{member['id']}"
    return {"name": name, "email": member["email"], "role": member["role"]}


def create_member(call: Call) -> Document:
    """spaces.members.create: members enter without knocking, co-hosts may also admit."""
    space = owned_space(call, call.params["parent"])
    email = call.body.get("email", "").lower()
    if "name" in call.body:
        raise invalid("name is set by the server.", "")
    if not EMAIL.fullmatch(email):
        raise invalid("A valid email is required.", "")
    if email == space["owner"] or any(m["email"] == email for m in space["members"]):
        raise ApiError(409, "", "The member already exists.")
    role = call.body.get("role", "ROLE_UNSPECIFIED")
    member = {"id": secrets.token_hex(8), "email": email, "role": role}
    space["members"].append(member)
    call.world.store.put("space", space["id"], space)
    return _member_view(space, member)


def list_members(call: Call) -> Document:
    """spaces.members.list."""
    space = owned_space(call, call.params["parent"])
    items = [(member["id"], _member_view(space, member)) for member in space["members"]]
    page, rest = paged(call, items, default=250, maximum=500)
    return {"members": page} | rest if page else rest


def _named_member(call: Call) -> tuple[Document, Document]:
    parent, _, member_id = call.params["name"].rpartition("/members/")
    space = owned_space(call, parent)
    for member in space["members"]:
        if member["id"] == member_id:
            return space, member
    raise ApiError(404, "", "Requested entity was not found.")


def get_member(call: Call) -> Document:
    """spaces.members.get."""
    return _member_view(*_named_member(call))


def delete_member(call: Call) -> Document:
    """spaces.members.delete."""
    space, member = _named_member(call)
    space["members"].remove(member)
    call.world.store.put("space", space["id"], space)
    return {}


HANDLERS = {
    "meet.spaces.create": create,
    "meet.spaces.get": get,
    "meet.spaces.patch": patch,
    "meet.spaces.endActiveConference": end_active_conference,
    "meet.spaces.members.create": create_member,
    "meet.spaces.members.list": list_members,
    "meet.spaces.members.get": get_member,
    "meet.spaces.members.delete": delete_member,
}
