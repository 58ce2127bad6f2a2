"""Permission on every view: deny by default, and a test that walks the URL map.

A page asked for without a sign-in answers with an empty shell that tries to resume the tab, and
otherwise offers the ways in. It holds no data.
"""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any, TypeVar, cast

from flask import abort, make_response, render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.domain.permissions import Permission
from lti_tool.domain.schedule import on_that_day
from lti_tool.queries.sign_ins import Actor
from lti_tool.web.context import current_actor, now
from lti_tool.web.security import frame_by

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def requires(*permissions: Permission) -> Callable[[View], View]:
    """Let a view run only for an actor with one of the permissions."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            actor = current_actor()
            if actor is None:
                return shell()
            if not any(actor.may(permission) for permission in permissions):
                abort(403)
            _refuse_writing_as_another(actor)
            return view(*args, **kwargs)

        guarded.permissions = permissions  # type: ignore[attr-defined]  # read by the route test
        return cast("View", guarded)

    return decorate


def signed_in(view: View) -> View:
    """Let a view run for anybody signed in, whatever they may do."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        actor = current_actor()
        if actor is None:
            return shell()
        _refuse_writing_as_another(actor)
        return view(*args, **kwargs)

    guarded.permissions = ()  # type: ignore[attr-defined]  # read by the route test
    return cast("View", guarded)


def public(view: View) -> View:
    """Mark a view as open to everybody; it shows nobody's data."""
    view.is_public = True  # type: ignore[attr-defined]  # read by the route test
    return view


def the_actor() -> Actor:
    """Return who is doing this request; only for views behind `requires` or `signed_in`."""
    actor = current_actor()
    if actor is None:
        abort(401)
    return actor


def _refuse_writing_as_another(actor: Actor) -> None:
    """Refuse a write of somebody who looks at the pages as another person (decision 5)."""
    if actor.is_read_only and request.method not in SAFE_METHODS:
        abort(403)


def today() -> date:
    """Return the local day of this request where the actor's organization is."""
    return on_that_day(now(), the_actor().time_zone)


def shell() -> ResponseReturnValue:
    """Answer somebody not signed in: an empty page that resumes the tab or shows the ways in."""
    if request.method not in SAFE_METHODS or "Authorization" in request.headers:
        abort(401)
    # It holds no data, and a tab resumes only under the platform it was launched from (tab.js).
    frame_by("*")
    return make_response(render_template("shell.html"), 200)
