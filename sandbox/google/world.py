"""What every part of the stand-in shares: the documents, its own address, numbers and times."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import current_app

from sandbox.store import Document, Store

# One small page size for every list, so that clients meet the second page in every story.
DEFAULT_SETTINGS: Document = {
    "page_size": 5,  # a list never answers more than this, whatever the client asks for
    "sync_epoch": 0,  # raised to invalidate every sync token
    "ignored_config": [],  # Meet settings that this "edition" silently does not honor
    "readmission": "knock",  # or "enter": whether someone admitted once may come straight back
}


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The documents of this stand-in and the two addresses it knows."""

    store: Store
    url: str
    tool_url: str

    @property
    def token_url(self) -> str:
        return f"{self.url}/token"

    def number(self, name: str) -> int:
        """Return the next number of a series; it never repeats."""
        with self.store.atomic():
            document = self.store.get("counter", name) or {"last": 0}
            following = int(document["last"]) + 1
            self.store.put("counter", name, {"last": following})
        return following

    def last_number(self, name: str) -> int:
        """Return the number given out last."""
        return int((self.store.get("counter", name) or {"last": 0})["last"])

    def settings(self) -> Document:
        """Return every setting, with its default where none was set."""
        return DEFAULT_SETTINGS | (self.store.get("settings", "main") or {})

    def setting(self, name: str) -> Any:
        return self.settings()[name]


def world() -> World:
    """Return the world of the application that answers the current request."""
    found = current_app.extensions["world"]
    assert isinstance(found, World)  # noqa: S101 - narrows the type of Flask's untyped registry
    return found


def stamp(moment: datetime) -> str:
    """Write a moment as Google does: UTC, milliseconds, Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment(text: str) -> datetime:
    """Read an aware moment, or raise ValueError."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(f"{text!r} has no offset")
    return found
