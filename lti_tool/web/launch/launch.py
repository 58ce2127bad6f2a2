"""From checked claims to the launch as the use case takes it: only what we use, safely typed."""

import json
from collections.abc import Iterator
from uuid import UUID

from lti_tool.queries.registration import Registration, origin
from lti_tool.services.course import Launch
from lti_tool.web.launch import claims as names
from lti_tool.web.launch.claims import Claims

ACTIVITY_PARAMETER = "activity_id"
MASQUERADER_PARAMETER = "masquerading_user_id"
"""Lower case: Schoology lower-cases the names of custom parameters."""


def launch_of(claims: Claims, registration: Registration) -> Launch:
    """Return what a genuine message tells; addresses on foreign hosts are left out."""
    context = names.child(claims, names.CONTEXT)
    grades = names.child(claims, names.GRADES)
    memberships = names.child(claims, names.MEMBERSHIPS)
    link = names.child(claims, names.RESOURCE_LINK)
    scopes = grades.get("scope")
    return Launch(
        message_type=str(claims[names.MESSAGE_TYPE]),
        subject=str(claims["sub"]),
        roles=tuple(claims[names.ROLES]),
        name=_name(claims),
        lti_deployment_id=str(claims[names.DEPLOYMENT_ID]),
        context_id=names.text(context, "id"),
        context_title=names.text(context, "title") or names.text(context, "label"),
        resource_link_id=names.text(link, "id"),
        activity_id=_uuid(names.custom(claims, ACTIVITY_PARAMETER)),
        masquerading_subject=names.custom(claims, MASQUERADER_PARAMETER),
        memberships_url=_own(registration, names.text(memberships, "context_memberships_url")),
        line_items_url=_own(registration, names.text(grades, "lineitems")),
        line_item_url=_own(registration, names.text(grades, "lineitem")),
        scopes=tuple(each for each in scopes if isinstance(each, str))
        if isinstance(scopes, list)
        else (),
        frame_origins=tuple(dict.fromkeys(_frame_origins(claims, registration))),
        deep_linking=_deep_linking(claims),
    )


def return_origin(claims: Claims) -> str | None:
    """Return the origin that chosen content is posted to; nothing for other messages."""
    settings = names.child(claims, names.DEEP_LINKING_SETTINGS)
    return origin(names.text(settings, "deep_link_return_url") or "")


def _name(claims: Claims) -> str | None:
    full = names.text(claims, "name")
    if full:
        return full
    parts = (names.text(claims, "given_name"), names.text(claims, "family_name"))
    return " ".join(part for part in parts if part) or None


def _uuid(value: str | None) -> UUID | None:
    try:
        return UUID(value) if value else None
    except ValueError:
        return None


def _own(registration: Registration, url: str | None) -> str | None:
    """Return a service address only if our token may safely be sent there."""
    if url and registration.owns(url) and registration.is_secure_enough(url):
        return url
    return None


def _frame_origins(claims: Claims, registration: Registration) -> Iterator[str]:
    addresses = (
        names.text(names.child(claims, names.PRESENTATION), "return_url"),
        names.text(names.child(claims, names.DEEP_LINKING_SETTINGS), "deep_link_return_url"),
    )
    for address in addresses:
        found = origin(address) if address and registration.is_secure_enough(address) else None
        if found:
            yield found
    if registration.storage_origin:
        yield registration.storage_origin


def _deep_linking(claims: Claims) -> str | None:
    if claims[names.MESSAGE_TYPE] != names.DEEP_LINKING_MESSAGE:
        return None
    settings = names.child(claims, names.DEEP_LINKING_SETTINGS)
    kept = (
        "deep_link_return_url",
        "accept_types",
        "accept_multiple",
        "accept_lineitem",
        "data",
    )
    return json.dumps({name: settings[name] for name in kept if name in settings})
