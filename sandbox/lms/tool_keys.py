"""Checking what the tool signed, against the keys it publishes at its registered address."""

import json
from datetime import datetime
from typing import Any, Final, cast

import jwt
import requests

from sandbox.lms.platform import Lms
from sandbox.lms.refusals import ToolTokenError
from sandbox.store import Document

_TIMEOUT: Final = (3, 10)
_LEEWAY_SECONDS: Final = 10


def verified(registration: Document, token: str) -> Document:
    """Return the claims of a JWT that one of the tool's published keys signed with RS256."""
    try:
        header = jwt.get_unverified_header(token)
    except jwt.InvalidTokenError as error:
        raise ToolTokenError("this is not a JWT") from error
    if header.get("alg") != "RS256":
        raise ToolTokenError("alg must be RS256")
    kid = header.get("kid")
    if not kid:
        raise ToolTokenError("the header has no kid")
    fitting = [key for key in _key_set(registration) if key.get("kid") == kid]
    if not fitting:
        raise ToolTokenError("kid is not in the tool's key set")
    try:
        payload = jwt.PyJWS().decode(token, jwt.PyJWK(fitting[0], "RS256"), algorithms=["RS256"])
        claims = json.loads(payload)
    except (jwt.PyJWTError, ValueError) as error:
        raise ToolTokenError("the signature does not hold") from error
    if not isinstance(claims, dict):
        raise ToolTokenError("the payload is not an object")
    return claims


def check_times(claims: Document, now: datetime, *, longest_seconds: int) -> None:
    """Refuse a token without both times, from the future, expired, or valid for too long."""
    issued, expires = _time(claims, "iat"), _time(claims, "exp")
    moment = now.timestamp()
    if issued > moment + _LEEWAY_SECONDS:
        raise ToolTokenError("iat lies in the future")
    if expires <= moment:
        raise ToolTokenError("exp has passed")
    if not 0 < expires - issued <= longest_seconds:
        raise ToolTokenError(f"exp must be at most {longest_seconds} seconds after iat")


def check_audience(claims: Document, audience: str) -> None:
    """Refuse a token that is meant for somebody else, or for somebody else as well."""
    if claims.get("aud") not in (audience, [audience]):
        raise ToolTokenError(f"aud must be {audience}")


def use_once(lms: Lms, kind: str, registration: Document, value: Any) -> None:
    """Refuse an identifier that is missing or was seen before from this tool."""
    if not isinstance(value, str) or not value:
        raise ToolTokenError(f"{kind} is missing")
    if not lms.store.add(f"tool_{kind}", f"{registration['client_id']}/{value}", {}):
        raise ToolTokenError(f"{kind} was used before")


def _time(claims: Document, name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ToolTokenError(f"{name} must be a number")
    return value


def _key_set(registration: Document) -> list[Document]:
    """Fetch the tool's keys each time: a key it withdrew must fail at once."""
    address = registration["tool"].get("jwks_url")
    if not address:
        raise ToolTokenError("the tool has registered no jwks_url")
    try:
        answer = requests.get(address, timeout=_TIMEOUT, allow_redirects=False)
        keys = answer.json()["keys"] if answer.status_code == requests.codes.ok else None
    except (requests.RequestException, ValueError, KeyError, TypeError) as error:
        raise ToolTokenError("the tool's key set cannot be read") from error
    if not isinstance(keys, list) or not all(isinstance(key, dict) for key in keys):
        raise ToolTokenError("the tool's key set cannot be read")
    if any("d" in key for key in keys):
        raise ToolTokenError("the tool publishes a private key")
    return cast("list[Document]", keys)
