"""The control API: what a test or the demo does in place of people, administrators and fate."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.clock import now
from sandbox.google import auth, events, faults, forms, forms_responses, meet, meet_calls, people
from sandbox.google.errors import ApiError
from sandbox.google.world import DEFAULT_SETTINGS, moment, world
from sandbox.store import Document

blueprint = Blueprint("control", __name__, url_prefix="/control")


@blueprint.errorhandler(ApiError)
@blueprint.errorhandler(ValueError)
@blueprint.errorhandler(KeyError)
def bad_request(error: Exception) -> tuple[Response, int]:
    return jsonify(error=f"{type(error).__name__}: {error}"), 400


@blueprint.errorhandler(meet_calls.RefusedError)
@blueprint.errorhandler(forms_responses.NotTakenError)
def refused(error: Exception) -> tuple[Response, int]:
    return jsonify(error=str(error)), 409


class MissingError(Exception):
    """What the control call names does not exist."""


@blueprint.errorhandler(MissingError)
def missing(error: Exception) -> tuple[Response, int]:
    return jsonify(error=f"There is no {error}."), 404


def _body() -> Document:
    if not request.get_data():
        return {}
    body = request.get_json()
    if not isinstance(body, dict):
        raise ValueError("the body must be a JSON object")  # noqa: TRY004 - answered as 400
    return body


def _at(body: Document) -> datetime:
    return moment(body["at"]) if "at" in body else now()


@blueprint.post("/service-accounts")
def add_service_account() -> Response:
    body = _body()
    return jsonify(
        auth.add_service_account(world(), domain=body["domain"], scopes=list(body["scopes"]))
    )


@blueprint.post("/service-accounts/<client>")
def change_service_account(client: str) -> Response:
    """Narrow the delegation or disable the key, as an administrator would."""
    body, store = _body(), world().store
    account = store.get("service_account", client)
    if account is None:
        raise MissingError(client)
    if "scopes" in body:
        account["scopes"] = [auth.full_scope(scope) for scope in body["scopes"]]
        for token, held in store.all("token").items():
            if held["client"] == client and not set(held["scopes"]) <= set(account["scopes"]):
                store.delete("token", token)
    account["disabled"] = bool(body.get("disabled", account["disabled"]))
    store.put("service_account", client, account)
    return jsonify({k: account[k] for k in ("domain", "project", "scopes", "disabled")})


@blueprint.post("/users")
def add_user() -> Response:
    body = _body()
    return jsonify(
        people.add_user(
            world(),
            email=body["email"],
            name=body["name"],
            staff=body.get("staff"),
            suspended=bool(body.get("suspended", False)),
        )
    )


@blueprint.get("/users")
def list_users() -> Response:
    return jsonify(users=list(world().store.all("user").values()))


@blueprint.get("/settings")
@blueprint.post("/settings")
def settings() -> Response:
    body = _body()
    if unknown := sorted(set(body) - set(DEFAULT_SETTINGS)):
        raise ValueError(f"unknown settings: {unknown}")
    if body:
        world().store.put("settings", "main", world().settings() | body)
    return jsonify(world().settings())


@blueprint.post("/faults")
def add_fault() -> Response:
    return jsonify(faults.plan(world(), _body()))


@blueprint.get("/faults")
def list_faults() -> Response:
    return jsonify(faults=[{"id": k} | v for k, v in world().store.all("fault").items()])


@blueprint.delete("/faults")
def clear_faults() -> Response:
    for key in world().store.all("fault"):
        world().store.delete("fault", key)
    return jsonify({})


@blueprint.get("/requests")
def list_requests() -> Response:
    entries = list(world().store.all("request").values())
    counts = Counter(f"{entry['service']}.{entry['method']}" for entry in entries)
    return jsonify(requests=entries, counts=counts)


@blueprint.post("/requests/reset")
def reset_requests() -> Response:
    for key in world().store.all("request"):
        world().store.delete("request", key)
    return jsonify({})


@blueprint.post("/sync-tokens/expire")
def expire_sync_tokens() -> Response:
    """Make every sync token answer 410 fullSyncRequired."""
    following = world().settings() | {"sync_epoch": world().setting("sync_epoch") + 1}
    world().store.put("settings", "main", following)
    return jsonify({})


@blueprint.get("/calendars")
def list_calendars() -> Response:
    held = world().store.all("calendar").values()
    return jsonify(calendars=[{"owner": c["owner"]} | c["resource"] for c in held])


@blueprint.get("/events")
def list_events() -> Response:
    held = world().store.all("event").values()
    return jsonify(events=[{"calendar": e["calendar"], "event": e["resource"]} for e in held])


@blueprint.post("/calendars/<calendar>/events")
def add_event(calendar: str) -> Response:
    """Put an event on a calendar by hand, so that its owner is busy."""
    if world().store.get("calendar", calendar) is None:
        raise MissingError(calendar)
    return jsonify(events.add_by_hand(world(), calendar, _body()))


@blueprint.post("/calendars/<calendar>/events/<event>")
def edit_event(calendar: str, event: str) -> Response:
    """Change an event by hand: a merge patch, or ``{"rsvp": {"email", "responseStatus"}}``."""
    return jsonify(events.edit_by_hand(world(), calendar, event, _body()))


@blueprint.get("/spaces")
def list_spaces() -> Response:
    return jsonify(spaces=[describe_space(s) for s in world().store.all("space").values()])


@blueprint.post("/spaces")
def add_space() -> Response:
    """Open a room by hand, outside the tool's Cloud project."""
    body = _body()
    space = meet.open_space(
        world(), owner=body["owner"].lower(), project=None, config=body.get("config", {})
    )
    return jsonify(describe_space(space))


def describe_space(space: Document) -> Document:
    """Return a room with everything a test may want to know of it."""
    inside = meet_calls.present(world(), space)
    knocking = meet_calls.waiting(world(), space).values()
    return {
        **meet.view(space),
        "owner": space["owner"],
        "closed": space["closed"],
        "members": [{"email": m["email"], "role": m["role"]} for m in space["members"]],
        "present": [{"identity": p["identity"], "label": p["label"]} for p in inside],
        "knocking": [{"identity": k["identity"], "label": k["label"]} for k in knocking],
    }


def _space(name: str) -> Document:
    space = meet.find_space(world(), name)
    if space is None:
        raise MissingError(name)
    return space


def _join(space: Document, body: Document, at: datetime) -> Document:
    with world().store.atomic():
        state = meet_calls.join(world(), space, meet_calls.person(world(), body), at=at)
        if state["state"] == "knocking" and "admitted_by" in body:
            by = meet_calls.person(world(), {"email": body["admitted_by"]})
            state = meet_calls.admit(world(), space, state["identity"], by=by, at=at)
    return state


def _admit(space: Document, body: Document, at: datetime) -> Document:
    who = meet_calls.person(world(), body)
    by = meet_calls.person(world(), {"email": body["by"]})
    return meet_calls.admit(world(), space, who.key, by=by, at=at)


def _deny(space: Document, body: Document, at: datetime) -> Document:
    who = meet_calls.person(world(), body)
    by = meet_calls.person(world(), {"email": body["by"]})
    return meet_calls.deny(world(), space, who.key, by=by, at=at)


def _leave(space: Document, body: Document, at: datetime) -> Document:
    who = meet_calls.person(world(), body)
    return meet_calls.leave(world(), space, who.key, at=at, lost=bool(body.get("lost")))


def _end(space: Document, _body: Document, at: datetime) -> Document:
    return meet_calls.end(world(), space, at=at)


STEPS: dict[str, Callable[[Document, Document, datetime], Document]] = {
    "join": _join,
    "admit": _admit,
    "deny": _deny,
    "leave": _leave,
    "end": _end,
}


@blueprint.post("/calls/<name>/<step>")
def call_step(name: str, step: str) -> Response:
    """Move one person in a call; `name` is the space's id or its meeting code."""
    if step not in STEPS:
        raise MissingError(step)
    body = _body()
    with world().store.atomic():
        return jsonify(STEPS[step](_space(name), body, _at(body)))


@blueprint.get("/forms")
def list_forms() -> Response:
    return jsonify(
        forms=[
            {
                **forms.view(world(), form),
                "owner": form["owner"],
                "responders": forms_responses.responders(world(), form),
                "responses": len(forms_responses.all_responses(world(), form)),
            }
            for form in world().store.all("form").values()
        ]
    )


@blueprint.post("/forms/<form_id>/responses")
def add_response(form_id: str) -> Response:
    """Answer a form: ``{"respondentEmail", "answers": {title: value}, "at", "responseId"}``."""
    form = world().store.get("form", form_id)
    if form is None:
        raise MissingError(form_id)
    body: dict[str, Any] = _body()
    return jsonify(
        forms_responses.submit(
            world(),
            form,
            email=body.get("respondentEmail"),
            given=body["answers"],
            at=_at(body),
            response_id=body.get("responseId"),
        )
    )
