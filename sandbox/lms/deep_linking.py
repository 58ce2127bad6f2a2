"""The way back from choosing content: the tool's answer is checked, then becomes links."""

import uuid
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Blueprint, render_template, request

from sandbox.clock import real_now
from sandbox.lms import grades, people, registrations, tool_keys
from sandbox.lms.platform import Lms, current
from sandbox.lms.profiles import PROFILES, ROUTE
from sandbox.lms.refusals import BrowserRefusalError, ServiceRefusalError, ToolTokenError
from sandbox.lms.vocabulary import DEEP_LINKING, LTI
from sandbox.store import Document

blueprint = Blueprint("deep_linking", __name__)

_LONGEST_SECONDS: Final = 3600
_TYPES: Final = ("ltiResourceLink", "link")
_FIELDS: Final = frozenset(
    {
        "type",
        "url",
        "title",
        "text",
        "icon",
        "thumbnail",
        "window",
        "iframe",
        "embed",
        "custom",
        "lineItem",
        "available",
        "submission",
    }
)


@blueprint.post(f"/{ROUTE}/deep-linking/<visit>")
def finish(profile: str, visit: str) -> str:
    """Add what the tool returned to the course, all of it or nothing."""
    lms = current()
    begun = lms.store.get("deep_linking", visit)
    if begun is None:
        raise BrowserRefusalError("this deep linking visit is unknown")
    registration = registrations.find(lms, begun["client_id"], profile)
    if registration is None:
        raise BrowserRefusalError("this deep linking visit belongs to another platform")
    try:
        claims = _verified(lms, registration, begun, request.form.get("JWT", ""))
    except ToolTokenError as error:
        raise BrowserRefusalError(str(error)) from error
    items = _content(registration, claims.get(f"{DEEP_LINKING}/content_items"))
    with lms.store.atomic():
        begun = lms.store.get("deep_linking", visit) or begun
        if begun["used"]:
            raise BrowserRefusalError("this deep linking visit was answered before")
        lms.store.put("deep_linking", visit, {**begun, "used": True})
        course = people.course(lms, begun["course"]) or {}
        links = [add_link(lms, registration, course, item) for item in items]
    message = claims.get(f"{DEEP_LINKING}/msg") or claims.get(f"{DEEP_LINKING}/errormsg")
    return render_template(
        "deep_linking_done.html", links=links, course=begun["course"], message=message
    )


def add_link(lms: Lms, registration: Document, course: Document, item: Document) -> Document:
    """Store a resource link, and its column (on Schoology one for each section)."""
    link: Document = {
        "id": str(uuid.uuid4()),
        "client_id": registration["client_id"],
        "course": course["course"],
        "type": item["type"],
        "title": item.get("title") or registration["name"],
        "text": item.get("text") or "",
        "url": item.get("url"),
        "custom": item.get("custom") or {},
        "line_items": [],
    }
    wanted = item.get("lineItem")
    if wanted:
        body = {"label": link["title"], **wanted}
        sections = [None]
        if PROFILES[registration["profile"]].line_item_per_section:
            sections = [section["id"] for section in course["sections"]]
        link["line_items"] = [
            grades.add(
                lms, registration, course, body, link_id=link["id"], section=section, coupled=True
            )["id"]
            for section in sections
        ]
    lms.store.put("link", link["id"], link)
    return link


def _verified(lms: Lms, registration: Document, begun: Document, token: str) -> Document:
    if not token:
        raise ToolTokenError("the form field JWT is missing")
    claims = tool_keys.verified(registration, token)
    tool_keys.check_audience(claims, registration["issuer"])
    tool_keys.check_times(claims, real_now(), longest_seconds=_LONGEST_SECONDS)
    expected = {
        "iss": registration["client_id"],
        f"{LTI}/message_type": "LtiDeepLinkingResponse",
        f"{LTI}/version": "1.3.0",
        f"{LTI}/deployment_id": registration["deployment_id"],
        f"{DEEP_LINKING}/data": begun["data"],
    }
    for name, value in expected.items():
        if claims.get(name) != value:
            raise ToolTokenError(f"{name} is missing or wrong")
    if claims.get("azp", registration["client_id"]) != registration["client_id"]:
        raise ToolTokenError("azp is wrong")
    tool_keys.use_once(lms, "nonce", registration, claims.get("nonce"))
    return claims


def _content(registration: Document, items: Any) -> list[Document]:
    if not isinstance(items, list):
        raise BrowserRefusalError("content_items is missing or not a list")
    for item in items:
        if not isinstance(item, dict) or item.get("type") not in _TYPES:
            raise BrowserRefusalError(f"an item's type must be one of {list(_TYPES)}")
        unknown = [name for name in item if name not in _FIELDS and "://" not in name]
        if unknown:
            raise BrowserRefusalError(f"an item has unknown fields: {sorted(unknown)}")
        _check_item(registration, item)
    return items


def _check_item(registration: Document, item: Document) -> None:
    if not isinstance(item.get("title", ""), str) or not isinstance(item.get("text", ""), str):
        raise BrowserRefusalError("an item's title and text must be text")
    own = urlsplit(registration["tool"]["target_link_uri"])
    url = urlsplit(str(item.get("url") or ""))
    if item["type"] == "link" and (url.scheme not in {"http", "https"} or not url.netloc):
        raise BrowserRefusalError("a link needs a web address as its url")
    if item["type"] == "ltiResourceLink" and "url" in item and url[:2] != own[:2]:
        raise BrowserRefusalError("an item's url must lead to the tool's own site")
    custom = item.get("custom", {})
    if not isinstance(custom, dict) or not all(isinstance(v, str) for v in custom.values()):
        raise BrowserRefusalError("an item's custom parameters must be texts")
    if "lineItem" in item:
        _check_line_item(item)


def _check_line_item(item: Document) -> None:
    wanted = item["lineItem"]
    if item["type"] != "ltiResourceLink" or not isinstance(wanted, dict):
        raise BrowserRefusalError("only an ltiResourceLink may have a lineItem")
    try:
        grades.check({"label": item.get("title") or "Untitled", **wanted})
    except ServiceRefusalError as error:
        raise BrowserRefusalError(f"lineItem: {error.fault}") from error
