"""Pages of a list, with the way on in the Link header only."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import request

from sandbox.lms.platform import Lms
from sandbox.lms.refusals import ServiceRefusalError

# Case matters in it, as in the real ones: a client that lower-cases links loses its place.
_PREFIX = "bookmark:WzE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some entries of a list, and the Link header that leads on."""

    entries: Sequence[Any]
    link: str | None


def cut(lms: Lms, entries: Sequence[Any], *, most: int, usual: int | None = None) -> Page:
    """Return the page that the request asks for; `limit` may ask for less than `most` only."""
    size = min(_limit() or usual or most, most)
    start = _start(request.args.get("page"))
    end = start + size
    link = None
    if end < len(entries):
        query = {**request.args.to_dict(), "page": _bookmark(end), "limit": size}
        link = f'<{lms.url}{request.path}?{urlencode(query)}>; rel="next"'
    return Page(entries=entries[start:end], link=link)


def _limit() -> int | None:
    text = request.args.get("limit")
    if text is None:
        return None
    if not text.isdecimal() or int(text) < 1:
        raise ServiceRefusalError(400, "limit must be a positive number")
    return int(text)


def _bookmark(start: int) -> str:
    return base64.urlsafe_b64encode(f"{_PREFIX}{start}".encode()).decode()


def _start(bookmark: str | None) -> int:
    if bookmark is None:
        return 0
    try:
        text = base64.urlsafe_b64decode(bookmark.encode()).decode()
    except (binascii.Error, UnicodeDecodeError):
        text = ""
    place = text.removeprefix(_PREFIX)
    if not text.startswith(_PREFIX) or not place.isdecimal():
        raise ServiceRefusalError(400, "page is not a bookmark of this list")
    return int(place)
