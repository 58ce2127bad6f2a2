"""One authorized, validated request on its way to the handler that answers it."""

import base64
import binascii
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.google.errors import invalid
from sandbox.google.schema import Method
from sandbox.google.world import World
from sandbox.store import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Who asks for what; `project` is the Cloud project behind the service account."""

    world: World
    method: Method
    subject: str
    scopes: frozenset[str]
    project: str
    params: Document
    body: Document
    if_match: str | None = None

    @property
    def narrowing_scopes(self) -> frozenset[str]:
        """The scopes that the caller has and the method takes."""
        return self.scopes & self.method.scopes


Handler = Callable[[Call], Document | None]


def seal(value: Document) -> str:
    """Write an opaque page or sync token."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def unseal(text: str) -> Document | None:
    """Read a token that `seal` wrote; nothing if it is no such token."""
    try:
        value = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, ValueError):
        return None
    return value if isinstance(value, dict) else None


def fingerprint(params: Document, *, without: tuple[str, ...]) -> str:
    """Return a digest of the parameters that must not change between pages."""
    kept = {k: v for k, v in params.items() if k not in without}
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()[:16]


def paged(
    call: Call, items: list[tuple[str, Document]], *, default: int, maximum: int
) -> tuple[list[Document], Document]:
    """Return one page of Meet, Forms or Drive and the rest of the answer: `nextPageToken`."""
    wanted = int(call.params.get("pageSize", 0))
    if wanted < 0:
        raise invalid("pageSize must not be negative.")
    size = min(wanted or default, maximum, call.world.setting("page_size"))
    mark = fingerprint(call.params, without=("pageSize", "pageToken", "fields", "alt"))
    start = 0
    if text := call.params.get("pageToken"):
        token = unseal(text)
        keys = [key for key, _ in items]
        if token is None or token.get("mark") != mark or token.get("after") not in keys:
            raise invalid("The page token is invalid or belongs to another request.")
        start = keys.index(token["after"]) + 1
    page = items[start : start + size]
    more = start + size < len(items)
    rest = {"nextPageToken": seal({"after": page[-1][0], "mark": mark})} if more else {}
    return [view for _, view in page], rest
