"""The token endpoint: client_credentials, with a JWT of the tool as its proof."""

from datetime import timedelta
from typing import Final

from flask import Blueprint, Response, jsonify, request

from sandbox.clock import real_now
from sandbox.lms import bearer, registrations, tool_keys
from sandbox.lms.platform import Lms, current
from sandbox.lms.profiles import ROUTE
from sandbox.lms.refusals import TokenRefusalError, ToolTokenError
from sandbox.lms.traffic import count
from sandbox.store import Document

blueprint = Blueprint("token", __name__)

_ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ASSERTION_SECONDS: Final = 300
_LIFETIME: Final = timedelta(hours=1)


@blueprint.post(f"/{ROUTE}/token")
def token(profile: str) -> Response:
    """Hand out a bearer for the scopes asked, if the assertion holds in every point."""
    lms = current()
    if request.mimetype != "application/x-www-form-urlencoded":
        raise TokenRefusalError("invalid_request", "the body must be form-encoded")
    form = request.form
    if form.get("grant_type") != "client_credentials":
        raise TokenRefusalError("unsupported_grant_type", "grant_type must be client_credentials")
    if form.get("client_assertion_type") != _ASSERTION_TYPE:
        raise TokenRefusalError("invalid_request", f"client_assertion_type: {_ASSERTION_TYPE}")
    registration = _client(lms, profile, form.get("client_assertion", ""))
    scopes = form.get("scope", "").split()
    if not scopes or not set(scopes) <= set(registration["scopes"]):
        raise TokenRefusalError("invalid_scope", "scope must name registered scopes only")
    value = bearer.issue(lms, registration, scopes, until=real_now() + _LIFETIME)
    count(lms, "tokens issued")
    count(lms, f"tokens issued to {registration['client_id']}")
    response = jsonify(
        access_token=value,
        token_type="Bearer",
        expires_in=int(_LIFETIME.total_seconds()),
        scope=" ".join(scopes),
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _client(lms: Lms, profile: str, assertion: str) -> Document:
    if not assertion:
        raise TokenRefusalError("invalid_request", "client_assertion is missing")
    try:
        return _verified_client(lms, profile, assertion)
    except ToolTokenError as error:
        raise TokenRefusalError("invalid_client", str(error)) from error


def _verified_client(lms: Lms, profile: str, assertion: str) -> Document:
    client_id = bearer.unverified_issuer(assertion)
    registration = registrations.find(lms, client_id, profile)
    if registration is None:
        raise ToolTokenError("iss is not a client_id of this platform")
    claims = tool_keys.verified(registration, assertion)
    if claims.get("sub") != client_id:
        raise ToolTokenError("sub must be the client_id")
    tool_keys.check_audience(claims, registrations.token_url(lms, registration))
    tool_keys.check_times(claims, real_now(), longest_seconds=_ASSERTION_SECONDS)
    tool_keys.use_once(lms, "jti", registration, claims.get("jti"))
    return registration
