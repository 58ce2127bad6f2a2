"""The authorization endpoint and the key set: where a login becomes a signed launch."""

from typing import Final

from flask import Blueprint, Response, jsonify, make_response, render_template, request

from sandbox.clock import real_now
from sandbox.lms import claims, launches, misbehavior, registrations, visitors
from sandbox.lms.platform import Lms, current, key_set
from sandbox.lms.profiles import ROUTE
from sandbox.lms.refusals import BrowserRefusalError
from sandbox.store import Document

blueprint = Blueprint("authorize", __name__)

_FIXED: Final = {
    "response_type": "id_token",
    "response_mode": "form_post",
    "scope": "openid",
    "prompt": "none",
}


@blueprint.get(f"/{ROUTE}/jwks")
def jwks(profile: str) -> Response:
    """Publish the keys that sign, or will sign, this platform's launches."""
    return jsonify(key_set(current(), profile))


@blueprint.route(f"/{ROUTE}/authorize", methods=["GET", "POST"])
def authorize(profile: str) -> Response:
    """Check the request to the letter and post the id_token to the tool."""
    lms = current()
    asked = _parameters()
    registration = _registration(lms, profile, asked)
    for name, value in _FIXED.items():
        if asked.get(name) != value:
            raise BrowserRefusalError(f"{name} must be {value}")
    for name in ("state", "nonce"):
        if not asked.get(name):
            raise BrowserRefusalError(f"{name} is missing")
    message = _message(lms, registration, asked)
    wish = message["misbehavior"]
    now = real_now()
    payload = claims.build(lms, registration, message, nonce=asked["nonce"], now=now)
    payload = misbehavior.spoil(
        payload, wish, now=now, last_nonce=_last_nonce(lms, registration, asked["nonce"])
    )
    page = render_template(
        "authorize.html",
        redirect_uri=asked["redirect_uri"],
        fields=_answer(
            registration,
            id_token=misbehavior.seal(lms, profile, payload, wish),
            state=wish.get("state", asked["state"]),
        ),
    )
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response


def _parameters() -> dict[str, str]:
    source = request.form if request.method == "POST" else request.args
    for name, values in source.lists():
        if len(values) > 1:
            raise BrowserRefusalError(f"{name} is given more than once")
    return source.to_dict()


def _registration(lms: Lms, profile: str, asked: dict[str, str]) -> Document:
    """Find the registration; until redirect_uri is known to be its own, nothing is sent there."""
    registration = registrations.find(lms, asked.get("client_id", ""), profile)
    if registration is None:
        raise BrowserRefusalError("client_id is not registered with this platform")
    if asked.get("redirect_uri") not in registration["tool"]["redirect_uris"]:
        raise BrowserRefusalError("redirect_uri is not one of the registered ones")
    return registration


def _message(lms: Lms, registration: Document, asked: dict[str, str]) -> Document:
    """Consume the launch that the hints name, once, for the person whose browser asks."""
    now = real_now()
    hint = lms.store.get(launches.HINT, asked.get("login_hint", ""))
    if hint is None or hint["client_id"] != registration["client_id"]:
        raise BrowserRefusalError("login_hint is not one that was given to this tool")
    if not launches.alive(hint, now):
        raise BrowserRefusalError("login_hint has expired")
    if hint["from_page"] and visitors.signed_in(lms) != hint["user"]:
        raise BrowserRefusalError("login_hint names another person than the one signed in here")
    message_hint = asked.get("lti_message_hint", "")
    with lms.store.atomic():
        message = lms.store.get(launches.MESSAGE, message_hint)
        if message is None:
            raise BrowserRefusalError("lti_message_hint is unknown or was used before")
        if message["login_hint"] != asked["login_hint"]:
            raise BrowserRefusalError("lti_message_hint belongs to another login_hint")
        if not lms.store.add("nonce", f"{registration['client_id']}/{asked['nonce']}", {}):
            raise BrowserRefusalError("nonce was used before")
        lms.store.delete(launches.MESSAGE, message_hint)
    return message


def _last_nonce(lms: Lms, registration: Document, nonce: str) -> str | None:
    with lms.store.atomic():
        last = lms.store.get("last_nonce", registration["client_id"])
        lms.store.put("last_nonce", registration["client_id"], {"nonce": nonce})
    return last["nonce"] if last else None


def _answer(registration: Document, *, id_token: str, state: str) -> dict[str, str]:
    fields = {"id_token": id_token, "state": state}
    if registration["storage"] != "absent":
        fields["lti_storage_target"] = launches.STORAGE_FRAME
    return fields
