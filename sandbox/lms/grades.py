"""Line items: the columns of the gradebook, each seen by its own tool only."""

import uuid
from typing import Any, Final

from flask import Blueprint, Response, jsonify, make_response, request

from sandbox.lms import bearer, paging
from sandbox.lms.platform import Lms, current
from sandbox.lms.profiles import PROFILES, ROUTE
from sandbox.lms.refusals import ServiceRefusalError
from sandbox.lms.vocabulary import (
    LINE_ITEM_TYPE,
    LINE_ITEMS_TYPE,
    SCOPE_LINE_ITEM,
    SCOPE_LINE_ITEM_READ,
)
from sandbox.store import Document

blueprint = Blueprint("grades", __name__)

KIND: Final = "line_item"
_READ: Final = (SCOPE_LINE_ITEM, SCOPE_LINE_ITEM_READ)
_FIELDS: Final = frozenset(
    {
        "id",
        "label",
        "scoreMaximum",
        "resourceId",
        "tag",
        "resourceLinkId",
        "startDateTime",
        "endDateTime",
        "gradesReleased",
        "submissionReview",
    }
)


@blueprint.get(f"/{ROUTE}/line-items/<context>")
def list_items(profile: str, context: str) -> Response:
    """Answer the tool's own items in the course, filtered as asked."""
    lms = current()
    registration = bearer.caller(lms, profile, any_of=_READ)
    bearer.accept(LINE_ITEMS_TYPE)
    course = bearer.context(lms, profile, context)
    items = [item for item in own_items(lms, registration, course) if _fits(item)]
    most = PROFILES[profile].list_limit
    page = paging.cut(lms, items, most=max(most, 50), usual=most)
    response = jsonify([shown(lms, item, course) for item in page.entries])
    response.mimetype = LINE_ITEMS_TYPE
    if page.link:
        response.headers["Link"] = page.link
    return response


@blueprint.post(f"/{ROUTE}/line-items/<context>")
def create_item(profile: str, context: str) -> Response:
    """Add a column; nothing keeps a tool from adding the same one twice."""
    lms = current()
    registration = bearer.caller(lms, profile, any_of=(SCOPE_LINE_ITEM,))
    body = bearer.content_type(LINE_ITEM_TYPE)
    course = bearer.context(lms, profile, context)
    check(body)
    link = _link(lms, registration, course, body.get("resourceLinkId"))
    with lms.store.atomic():
        item = add(lms, registration, course, body, link_id=link["id"] if link else None)
        attach(lms, item)
    return _one(shown(lms, item, course), status=201)


@blueprint.get(f"/{ROUTE}/line-items/<context>/<item>")
def read_item(profile: str, context: str, item: str) -> Response:
    """Answer one column."""
    lms = current()
    registration = bearer.caller(lms, profile, any_of=_READ)
    bearer.accept(LINE_ITEM_TYPE)
    course = bearer.context(lms, profile, context)
    return _one(shown(lms, own_item(lms, registration, course, item), course))


@blueprint.put(f"/{ROUTE}/line-items/<context>/<item>")
def replace_item(profile: str, context: str, item: str) -> Response:
    """Replace a column's description; it cannot move to another link."""
    lms = current()
    registration = bearer.caller(lms, profile, any_of=(SCOPE_LINE_ITEM,))
    body = bearer.content_type(LINE_ITEM_TYPE)
    course = bearer.context(lms, profile, context)
    found = own_item(lms, registration, course, item)
    check(body)
    if body.get("resourceLinkId", found["resourceLinkId"]) != found["resourceLinkId"]:
        raise ServiceRefusalError(412, "resourceLinkId cannot change")
    found |= _described(body)
    lms.store.put(KIND, found["id"], found)
    return _one(shown(lms, found, course))


@blueprint.delete(f"/{ROUTE}/line-items/<context>/<item>")
def delete_item(profile: str, context: str, item: str) -> Response:
    """Remove a column and its grades; Canvas keeps what came with a link."""
    lms = current()
    registration = bearer.caller(lms, profile, any_of=(SCOPE_LINE_ITEM,))
    course = bearer.context(lms, profile, context)
    found = own_item(lms, registration, course, item)
    if found["coupled"] and PROFILES[profile].coupled_items_are_fixed:
        raise ServiceRefusalError(401, "a line item that belongs to an assignment stays")
    with lms.store.atomic():
        link = lms.store.get("link", found["resourceLinkId"] or "")
        if link is not None:
            link["line_items"] = [each for each in link["line_items"] if each != found["id"]]
            lms.store.put("link", link["id"], link)
        lms.store.delete(KIND, found["id"])
    return make_response("", 204)


def check(body: Document) -> None:
    """Refuse a line item that says too little or says something nobody knows."""
    unknown = [name for name in body if name not in _FIELDS and "://" not in name]
    if unknown:
        raise ServiceRefusalError(400, f"unknown fields: {sorted(unknown)}")
    label = body.get("label")
    if not isinstance(label, str) or not label.strip():
        raise ServiceRefusalError(400, "label is missing")
    maximum = body.get("scoreMaximum")
    if isinstance(maximum, bool) or not isinstance(maximum, int | float) or maximum <= 0:
        raise ServiceRefusalError(400, "scoreMaximum must be a number above 0")
    for name in ("resourceId", "tag", "resourceLinkId"):
        if not isinstance(body.get(name, ""), str):
            raise ServiceRefusalError(400, f"{name} must be text")


def add(
    lms: Lms,
    registration: Document,
    course: Document,
    body: Document,
    *,
    link_id: str | None,
    section: str | None = None,
    coupled: bool = False,
) -> Document:
    """Store a new column, for one section or for the whole course."""
    item: Document = {
        "id": str(uuid.uuid4().int % 10**9),
        "client_id": registration["client_id"],
        "course": course["course"],
        "resourceLinkId": link_id,
        "section": section,
        "coupled": coupled,
        **_described(body),
    }
    while not lms.store.add(KIND, item["id"], item):
        item["id"] = str(uuid.uuid4().int % 10**9)
    return item


def attach(lms: Lms, item: Document) -> None:
    """Let the column's link, if it has one, know of the column."""
    link = lms.store.get("link", item["resourceLinkId"] or "")
    if link is not None:
        link["line_items"].append(item["id"])
        lms.store.put("link", link["id"], link)


def own_items(lms: Lms, registration: Document, course: Document) -> list[Document]:
    """Return the columns of this tool in this course."""
    return [
        item
        for item in lms.store.all(KIND).values()
        if item["client_id"] == registration["client_id"] and item["course"] == course["course"]
    ]


def own_item(lms: Lms, registration: Document, course: Document, item: str) -> Document:
    """Return the column, unless it is another tool's or another course's."""
    found = lms.store.get(KIND, item)
    if found is None or found["course"] != course["course"]:
        raise ServiceRefusalError(404, "there is no such line item")
    if found["client_id"] != registration["client_id"]:
        raise ServiceRefusalError(404, "there is no such line item")
    return found


def address(lms: Lms, item: Document, course: Document, profile: str) -> str:
    """Return the line item's URL, which is its id for the tool."""
    return f"{lms.url}/{profile}/line-items/{course['contexts'][profile]}/{item['id']}"


def shown(lms: Lms, item: Document, course: Document) -> Document:
    """Return the column as the tool may see it."""
    profile = str((request.view_args or {})["profile"])
    known = {name: item.get(name) for name in sorted(_FIELDS - {"id"})}
    body = {name: value for name, value in known.items() if value is not None}
    return {"id": address(lms, item, course, profile), **body}


def _described(body: Document) -> Document:
    kept = _FIELDS - {"id", "resourceLinkId"}
    described: dict[str, Any] = dict.fromkeys(kept)
    return described | {name: value for name, value in body.items() if name in kept}


def _fits(item: Document) -> bool:
    filters = {"tag": "tag", "resource_id": "resourceId", "resource_link_id": "resourceLinkId"}
    return all(
        request.args[asked] == item[name]
        for asked, name in filters.items()
        if asked in request.args
    )


def _link(
    lms: Lms, registration: Document, course: Document, wanted: str | None
) -> Document | None:
    if wanted is None:
        return None
    link = lms.store.get("link", wanted)
    if link is None or link["course"] != course["course"]:
        raise ServiceRefusalError(412, "resourceLinkId is not a link of this course")
    if link["client_id"] != registration["client_id"]:
        raise ServiceRefusalError(412, "resourceLinkId is not a link of this tool")
    return link


def _one(body: Document, status: int = 200) -> Response:
    response = jsonify(body)
    response.status_code = status
    response.mimetype = LINE_ITEM_TYPE
    return response
