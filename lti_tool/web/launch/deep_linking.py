"""The way back from choosing content: what was chosen, signed, posted by the browser."""

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import jwt
from flask import render_template
from flask.typing import ResponseReturnValue

from config.clock import real_now
from lti_tool.queries import registration as registrations
from lti_tool.queries import sign_ins
from lti_tool.queries.registration import Registration, origin, rsa_key
from lti_tool.queries.sign_ins import Actor
from lti_tool.web import security
from lti_tool.web.context import now, tool
from lti_tool.web.launch import addresses
from lti_tool.web.launch import claims as names
from lti_tool.web.launch.launch import ACTIVITY_PARAMETER

LIFE_SECONDS = 300
LINK_TYPE = "ltiResourceLink"


class NothingToReturnToError(Exception):
    """The tab was not opened to choose content, so there is nowhere to return it to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenActivity:
    """An activity to put into the course."""

    activity_id: UUID
    title: str
    text: str = ""
    points: int | None = None
    """Empty when the activity is not graded: no column in the gradebook."""
    tag: str = "activity"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the platform lets the teacher choose in this tab."""

    accepts_several: bool
    accepts_graded: bool


def choice(actor: Actor) -> Choice | None:
    """Return what may be chosen in the actor's tab; nothing in a tab opened for other ends."""
    settings = _settings(actor)
    if settings is None:
        return None
    return Choice(
        accepts_several=_flag(settings, "accept_multiple"),
        accepts_graded=_flag(settings, "accept_lineitem"),
    )


def return_page(actor: Actor, activities: Iterable[ChosenActivity]) -> ResponseReturnValue:
    """Answer with the page that posts the choice to the platform.

    :raises NothingToReturnToError: if the actor's tab was not opened to choose content
    """
    return_url, token = deep_linking_response(actor, activities)
    security.post_forms_to(origin(return_url) or "")
    return render_template("launch/deep_linking_return.html", return_url=return_url, jwt=token)


def deep_linking_response(actor: Actor, activities: Iterable[ChosenActivity]) -> tuple[str, str]:
    """Return where the choice goes, and the signed message that holds it.

    :raises NothingToReturnToError: if the actor's tab was not opened to choose content
    """
    settings = _settings(actor)
    with tool().database.reading() as session:
        found = (
            registrations.registration_of_deployment(session, actor.deployment_id)
            if actor.deployment_id
            else None
        )
        key = registrations.signing_key(session, now=now())
    if settings is None or found is None:
        raise NothingToReturnToError
    registration, lti_deployment_id = found
    items = [_item(each, settings) for each in activities]
    if not _flag(settings, "accept_multiple"):
        items = items[:1]
    message = _message(registration, lti_deployment_id, settings, items)
    token = jwt.encode(
        message, rsa_key(key.private_pem), algorithm="RS256", headers={"kid": key.kid}
    )
    return str(settings["deep_link_return_url"]), token


def _settings(actor: Actor) -> dict[str, Any] | None:
    with tool().database.reading() as session:
        text = sign_ins.deep_linking(session, actor.organization_id, actor.sign_in_id)
    if text is None:
        return None
    settings: dict[str, Any] = json.loads(text)
    return settings


def _message(
    registration: Registration,
    lti_deployment_id: str,
    settings: Mapping[str, Any],
    items: list[dict[str, Any]],
) -> dict[str, Any]:
    issued = int(real_now().timestamp())
    message: dict[str, Any] = {
        "iss": registration.client_id,
        "aud": registration.issuer,  # some platforms refuse a list
        "iat": issued,
        "exp": issued + LIFE_SECONDS,
        "nonce": secrets.token_urlsafe(24),
        names.MESSAGE_TYPE: "LtiDeepLinkingResponse",
        names.VERSION: "1.3.0",
        names.DEPLOYMENT_ID: lti_deployment_id,
        f"{names.DEEP_LINKING}/content_items": items,
    }
    if "data" in settings:
        message[f"{names.DEEP_LINKING}/data"] = settings["data"]
    return message


def _item(activity: ChosenActivity, settings: Mapping[str, Any]) -> dict[str, Any]:
    item: dict[str, Any] = {
        "type": LINK_TYPE,
        "title": activity.title,
        "url": addresses.launch_url(tool().settings.public_url),
        "custom": {ACTIVITY_PARAMETER: str(activity.activity_id)},
    }
    if activity.text:
        item["text"] = activity.text
    if activity.points is not None and _flag(settings, "accept_lineitem"):
        item["lineItem"] = {
            "scoreMaximum": activity.points,
            "label": activity.title,
            "resourceId": str(activity.activity_id),
            "tag": activity.tag,
        }
    return item


def _flag(settings: Mapping[str, Any], name: str) -> bool:
    """Read a flag that some platforms send as text; unsaid means yes."""
    return settings.get(name, True) in (True, "true")
