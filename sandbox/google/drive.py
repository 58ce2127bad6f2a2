"""The sharing of forms in Drive v3: who may answer is a permission with `view=published`."""

import hashlib

from sandbox.google.call import Call, paged
from sandbox.google.errors import ApiError, invalid
from sandbox.google.events import EMAIL
from sandbox.google.forms import may_manage
from sandbox.google.people import find_user, subject_id
from sandbox.store import Document

# Drive answers these four unless `fields` asks for more.
SHORT = ("kind", "id", "type", "role")
GRANTEE = {"user": "emailAddress", "group": "emailAddress", "domain": "domain"}


def _form(call: Call) -> Document:
    file_id = call.params["fileId"]
    form = call.world.store.get("form", file_id)
    if form is None or not may_manage(call, form):
        raise ApiError(404, "notFound", f"File not found: {file_id}.")
    return form


def _short(call: Call, permission: Document) -> Document:
    if "fields" in call.params:
        return permission
    return {name: permission[name] for name in SHORT}


def _owner(call: Call, form: Document) -> Document:
    owner = find_user(call.world, form["owner"]) or {"name": form["owner"]}
    return {
        "kind": "drive#permission",
        "id": subject_id(form["owner"]),
        "type": "user",
        "role": "owner",
        "emailAddress": form["owner"],
        "displayName": owner["name"],
        "deleted": False,
    }


def _checked(body: Document) -> Document:
    grantee = GRANTEE.get(body["type"])
    if body.get("role") != "reader" or body.get("view") != "published":
        raise invalid("The sandbox shares a form only with role=reader and view=published.")
    extra = set(body) - {"type", "role", "view", grantee, "kind", "allowFileDiscovery"}
    if extra:
        raise invalid(f"Not used with type={body['type']}: {sorted(extra)}")
    if grantee and not body.get(grantee):
        raise invalid(f"The {grantee} field is required for type={body['type']}.", "required")
    if grantee == "emailAddress" and not EMAIL.fullmatch(body["emailAddress"]):
        raise invalid("The specified emailAddress is invalid.", "invalidSharingRequest")
    return {"kind": "drive#permission", **body}


def create(call: Call) -> Document:
    """permissions.create: the same grantee twice is one permission."""
    form = _form(call)
    permission = _checked(call.body)
    grantee = GRANTEE.get(permission["type"])
    name = str(permission[grantee]).lower() if grantee else "anyoneWithLink"
    if grantee:
        permission[grantee] = name
        number = int(hashlib.sha256(f"published:{name}".encode()).hexdigest(), 16)
        permission["id"] = str(number)[:20]
    else:
        permission["id"] = name
    call.world.store.put("permission", f"{form['id']}/{permission['id']}", permission)
    return _short(call, permission)


def list_permissions(call: Call) -> Document:
    """permissions.list: responders are listed only with `includePermissionsForView=published`."""
    form = _form(call)
    view = call.params.get("includePermissionsForView")
    if view not in (None, "published"):
        raise invalid(f"Invalid value for includePermissionsForView: {view}")
    owner = _owner(call, form)
    items = [(owner["id"], _short(call, owner))]
    prefix = f"{form['id']}/"
    for key, permission in call.world.store.all("permission").items():
        if key.startswith(prefix) and view == "published":
            items.append((key, _short(call, permission)))
    page, rest = paged(call, items, default=100, maximum=100)
    return {"kind": "drive#permissionList", "permissions": page} | rest


def delete(call: Call) -> None:
    """permissions.delete."""
    form = _form(call)
    key = f"{form['id']}/{call.params['permissionId']}"
    if call.world.store.get("permission", key) is None:
        raise ApiError(404, "notFound", f"Permission not found: {call.params['permissionId']}.")
    call.world.store.delete("permission", key)


HANDLERS = {
    "drive.permissions.create": create,
    "drive.permissions.list": list_permissions,
    "drive.permissions.delete": delete,
}
