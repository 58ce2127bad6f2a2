"""The names of the claims we read, and careful readers for them: a claim may be anything."""

from collections.abc import Iterator, Mapping
from typing import Any

LTI = "https://purl.imsglobal.org/spec/lti/claim"
VERSION = f"{LTI}/version"
MESSAGE_TYPE = f"{LTI}/message_type"
DEPLOYMENT_ID = f"{LTI}/deployment_id"
TARGET_LINK_URI = f"{LTI}/target_link_uri"
ROLES = f"{LTI}/roles"
CONTEXT = f"{LTI}/context"
RESOURCE_LINK = f"{LTI}/resource_link"
CUSTOM = f"{LTI}/custom"
PRESENTATION = f"{LTI}/launch_presentation"
MEMBERSHIPS = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
GRADES = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
DEEP_LINKING = "https://purl.imsglobal.org/spec/lti-dl/claim"
DEEP_LINKING_SETTINGS = f"{DEEP_LINKING}/deep_linking_settings"

RESOURCE_MESSAGE = "LtiResourceLinkRequest"
DEEP_LINKING_MESSAGE = "LtiDeepLinkingRequest"
REVIEW_MESSAGE = "LtiSubmissionReviewRequest"

LONGEST_ID = 255
Claims = Mapping[str, Any]

_OBJECTS = (CONTEXT, RESOURCE_LINK, CUSTOM, PRESENTATION, MEMBERSHIPS, GRADES)
_TEXTS = ("name", "given_name", "family_name", "email", "azp")


def text(claims: Claims, name: str) -> str | None:
    """Return a claim that is a non-empty text, or nothing."""
    value = claims.get(name)
    return value if isinstance(value, str) and value.strip() else None


def child(claims: Claims, name: str) -> Claims:
    """Return a claim that is an object; an empty one stands for a missing one."""
    value = claims.get(name)
    return value if isinstance(value, Mapping) else {}


def custom(claims: Claims, name: str) -> str | None:
    """Return a custom parameter; a variable that the platform left as it is counts as unset."""
    value = child(claims, CUSTOM).get(name)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    found = str(value).strip()
    return None if not found or found.startswith("$") else found


def wrong_types(claims: Claims) -> Iterator[str]:
    """Name every claim that we read and that has another type than the standard's."""
    for name in _OBJECTS:
        if claims.get(name) is not None and not isinstance(claims[name], Mapping):
            yield f"{_short(name)} is not an object"
    for name in _TEXTS:
        if claims.get(name) is not None and not isinstance(claims[name], str):
            yield f"{name} is not a text"
    context = child(claims, CONTEXT)
    if context and not is_id(context.get("id")):
        yield "context has no usable id"


def is_id(value: object) -> bool:
    """Tell whether a value may be an identifier of the platform's."""
    return isinstance(value, str) and bool(value.strip()) and len(value) <= LONGEST_ID


def _short(name: str) -> str:
    return name.rsplit("/", 1)[-1]
