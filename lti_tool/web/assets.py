"""What every page is dressed with: Bootstrap from its package, our files, filters and words.

Static files are served for good under an address that carries the hash of their content. The ES
modules import each other without it and are asked for again each time, which costs a 304 once per
launch, because pages are swapped and modules load once.
"""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, request
from flask_bootstrap import Bootstrap5

from lti_tool.queries.sign_ins import Actor
from lti_tool.web import formats, notices
from lti_tool.web.context import current_actor
from lti_tool.web.navigation import navigation_for

STATIC_ENDPOINTS = frozenset({"static", "bootstrap.static"})
YEAR_SECONDS = 365 * 24 * 3600
HASH_LETTERS = 12
KEPT_STATUSES = frozenset({200, 304})


@dataclass(frozen=True, slots=True, kw_only=True)
class Me:
    """What the frame of a page says about who is there, in primitives only."""

    name: str
    place: str
    """The course, or the organization outside a course."""
    roles: tuple[str, ...]
    zone: str
    is_read_only: bool
    is_in_frame: bool


def install(app: Flask) -> None:
    """Serve the static files and give every template its filters and its frame."""
    app.config["BOOTSTRAP_SERVE_LOCAL"] = True
    Bootstrap5(app)
    app.jinja_env.globals.update(has_endpoint=has_endpoint, may=may)
    formats.install(app)
    app.url_defaults(_add_hash)
    app.after_request(_keep_hashed_files)
    app.context_processor(frame_of_the_page)


def has_endpoint(endpoint: str) -> bool:
    """Tell whether a page exists, for links between features."""
    return endpoint in current_app.view_functions


def may(permission: str) -> bool:
    """Tell whether whoever looks at the page has the permission, for links and buttons."""
    actor = current_actor()
    return actor is not None and permission in actor.permissions


def frame_of_the_page() -> dict[str, Any]:
    """Return what the layout shows around every page."""
    actor = current_actor()
    return {
        "me": me(actor) if actor else None,
        "navigation": navigation_for(actor) if actor else (),
        "said": notices.said(request.args.get("said", "")),
    }


def me(actor: Actor) -> Me:
    """Return the person in primitives: pages never see the actor's own ids."""
    return Me(
        name=actor.name,
        place=actor.course_title or actor.organization_name,
        roles=tuple(sorted(str(role) for role in actor.roles)),
        zone=actor.time_zone,
        is_read_only=actor.is_read_only,
        is_in_frame=actor.kind == "tab",
    )


def _add_hash(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint in STATIC_ENDPOINTS and "v" not in values:
        digest = _digest(_folder(endpoint) / str(values.get("filename", "")))
        if digest:
            values["v"] = digest


def _keep_hashed_files(response: Response) -> Response:
    asked, found = request.args.get("v"), request.view_args or {}
    # A page of the version before may ask for a file of this one: keep only what matches.
    if (
        request.endpoint in STATIC_ENDPOINTS
        and asked
        and response.status_code in KEPT_STATUSES
        and asked == _digest(_folder(request.endpoint) / found["filename"])
    ):
        response.headers["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable"
    return response


def _folder(endpoint: str) -> Path:
    owner = current_app.blueprints.get("bootstrap") if endpoint == "bootstrap.static" else None
    return Path((owner or current_app).static_folder or "")


def _digest(file: Path) -> str | None:
    if not file.is_file():
        return None
    return _digest_of(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=256)
def _digest_of(file: Path, changed_at: int) -> str:
    # The time of change is part of the key, so that a developer sees an edit at once.
    return hashlib.sha256(file.read_bytes()).hexdigest()[:HASH_LETTERS]
