"""Bearer tokens, and the checks that every service call passes first."""

import hashlib
import secrets
from datetime import datetime

import jwt
from flask import request

from sandbox.clock import real_now
from sandbox.lms import people, registrations
from sandbox.lms.platform import Lms
from sandbox.lms.refusals import ServiceRefusalError, ToolTokenError
from sandbox.store import Document

_KIND = "bearer"


def issue(lms: Lms, registration: Document, scopes: list[str], *, until: datetime) -> str:
    """Store the digest of a new token, and return the token itself."""
    value = secrets.token_urlsafe(32)
    lms.store.put(
        _KIND,
        _digest(value),
        {
            "client_id": registration["client_id"],
            "scopes": scopes,
            "expires": until.isoformat(),
        },
    )
    return value


def caller(lms: Lms, profile: str, *, any_of: tuple[str, ...]) -> Document:
    """Return the registration whose token is shown, if it carries one of the scopes."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not value:
        raise ServiceRefusalError(401, "a bearer token is needed")
    held = lms.store.get(_KIND, _digest(value))
    if held is None or datetime.fromisoformat(held["expires"]) <= real_now():
        raise ServiceRefusalError(401, "the token is unknown or has expired")
    registration = registrations.find(lms, held["client_id"], profile)
    if registration is None:
        raise ServiceRefusalError(401, "the token belongs to another platform")
    if not set(any_of) & set(held["scopes"]):
        raise ServiceRefusalError(403, f"the token lacks the scope {any_of[0]}")
    return registration


def context(lms: Lms, profile: str, name: str) -> Document:
    """Return the course that the address names."""
    course = people.course_of_context(lms, profile, name)
    if course is None:
        raise ServiceRefusalError(404, "there is no such course")
    return course


def accept(media_type: str) -> None:
    """Refuse a call that does not ask for the standard's own media type by name."""
    named = {value.lower() for value, quality in request.accept_mimetypes if quality > 0}
    if media_type not in named:
        raise ServiceRefusalError(406, f"Accept must name {media_type}")


def content_type(media_type: str) -> Document:
    """Return the JSON object of the body, which must have come under its own media type."""
    if request.mimetype != media_type:
        raise ServiceRefusalError(415, f"Content-Type must be {media_type}")
    body = request.get_json(force=True, silent=True)
    if not isinstance(body, dict):
        raise ServiceRefusalError(400, "the body must be a JSON object")
    return body


def unverified_issuer(token: str) -> str:
    """Read who claims to have signed, only to find the keys that can prove it."""
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except jwt.PyJWTError as error:
        raise ToolTokenError("this is not a JWT") from error
    return str(claims.get("iss", ""))


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()
