"""What every view reaches: the tool's settings, clock, database and LMS adapters."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import Flask, current_app, g, has_request_context

from config.clock import Clock
from config.keyring import Keyring
from config.settings import Settings
from lti_tool.db import Database
from lti_tool.ports.lms import KeySets
from lti_tool.queries.sign_ins import Actor

EXTENSION = "career_mentoring"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """The parts that `bootstrap` put together for the pages."""

    settings: Settings
    clock: Clock
    database: Database
    key_sets: KeySets

    @property
    def keyring(self) -> Keyring:
        """Return the keyring of the settings."""
        return self.settings.keyring


def install(app: Flask, tool: Tool) -> None:
    """Make the tool's parts reachable from the views of `app`."""
    app.extensions[EXTENSION] = tool


def tool() -> Tool:
    """Return the parts of the running tool."""
    return cast("Tool", current_app.extensions[EXTENSION])


def now() -> datetime:
    """Return the time of this request: asked once, the same for everything it does."""
    if "now" not in g:
        g.now = tool().clock.now()
    return cast("datetime", g.now)


def current_actor() -> Actor | None:
    """Return who is doing this request, or nothing for somebody not signed in."""
    if not has_request_context():
        return None
    return cast("Actor | None", g.get("actor"))
