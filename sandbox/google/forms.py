"""Forms v1: create, change and publish. A form made by API is unpublished until it is published."""

import secrets
from typing import Any

from sandbox.google import forms_responses
from sandbox.google.auth import full_scope
from sandbox.google.call import Call
from sandbox.google.errors import ApiError, invalid
from sandbox.google.forms_items import apply_request
from sandbox.google.masks import camel
from sandbox.google.world import World
from sandbox.store import Document

DRIVE_FILE = full_scope("drive.file")


def owned_form(call: Call) -> Document:
    """Return the caller's form; `drive.file` reaches only forms made by the same project."""
    form = call.world.store.get("form", call.params["formId"])
    if form is None or not may_manage(call, form):
        raise ApiError(404, "", "Requested entity was not found.")
    return form


def may_manage(call: Call, form: Document) -> bool:
    """Tell whether the caller may change this form and its sharing."""
    broad = call.narrowing_scopes - {DRIVE_FILE}
    return form["owner"] == call.subject and bool(broad or form["project"] == call.project)


def view(world: World, form: Document) -> Document:
    """Return the form as the API shows it."""
    shown: Document = {
        "formId": form["id"],
        "info": form["info"],
        "settings": form["settings"],
        "revisionId": f"{form['revision']:08x}",
        "responderUri": f"{world.url}/forms/{form['id']}/viewform",
        "publishSettings": {"publishState": form["publish_state"]},
    }
    return shown | ({"items": form["items"]} if form["items"] else {})


def create(call: Call) -> Document:
    """forms.create: title and document title only; no client id, so a repeat makes a second."""
    info = call.body.get("info", {})
    extra = sorted(set(call.body) - {"info"}) + sorted(set(info) - {"title", "documentTitle"})
    if extra:
        raise invalid(f"Only info.title can be set when creating a form, not {extra}.", "")
    if not info.get("title"):
        raise invalid("info.title is required.", "")
    form_id = "1" + secrets.token_urlsafe(32)
    form: Document = {
        "id": form_id,
        "owner": call.subject,
        "project": call.project,
        "info": {"documentTitle": info["title"], **info},
        "settings": {"emailCollectionType": "VERIFIED"},
        "items": [],
        "revision": call.world.number("revision"),
        "publish_state": {"isPublished": False, "isAcceptingResponses": False},
    }
    call.world.store.put("form", form_id, form)
    return view(call.world, form)


def get(call: Call) -> Document:
    """forms.get."""
    return view(call.world, owned_form(call))


def _check_revision(form: Document, control: Document) -> None:
    current = f"{form['revision']:08x}"
    for name in ("requiredRevisionId", "targetRevisionId"):
        if control.get(name, current) != current:
            raise invalid("The form was changed after the given revision.", "")


def batch_update(call: Call) -> Document:
    """forms.batchUpdate: all of it or nothing."""
    form = owned_form(call)
    _check_revision(form, call.body.get("writeControl", {}))
    requests = call.body.get("requests", [])
    if not requests:
        raise invalid("At least one request is required.", "")
    replies = [apply_request(form, request) for request in requests]
    form["revision"] = call.world.number("revision")
    call.world.store.put("form", form["id"], form)
    answer: Document = {
        "replies": replies,
        "writeControl": {"requiredRevisionId": f"{form['revision']:08x}"},
    }
    if call.body.get("includeFormInResponse"):
        answer["form"] = view(call.world, form)
    return answer


def set_publish_settings(call: Call) -> Document:
    """forms.setPublishSettings: both booleans, and none accepts who is not published."""
    form = owned_form(call)
    mask = call.body.get("updateMask", "publishState")
    if mask != "*" and camel(mask) != "publishState":
        raise invalid(f"Invalid updateMask: {mask}", "")
    state: dict[str, Any] = call.body.get("publishSettings", {}).get("publishState", {})
    if set(state) != {"isPublished", "isAcceptingResponses"}:
        raise invalid("publishState needs isPublished and isAcceptingResponses.", "")
    if state["isAcceptingResponses"] and not state["isPublished"]:
        raise invalid("A form that is not published cannot accept responses.", "")
    form["publish_state"] = state
    call.world.store.put("form", form["id"], form)
    return {"formId": form["id"], "publishSettings": {"publishState": state}}


def list_responses(call: Call) -> Document:
    """forms.responses.list."""
    return forms_responses.list_responses(call, owned_form(call))


def get_response(call: Call) -> Document:
    """forms.responses.get."""
    return forms_responses.get_response(call, owned_form(call))


HANDLERS = {
    "forms.forms.create": create,
    "forms.forms.get": get,
    "forms.forms.batchUpdate": batch_update,
    "forms.forms.setPublishSettings": set_publish_settings,
    "forms.forms.responses.list": list_responses,
    "forms.forms.responses.get": get_response,
}
