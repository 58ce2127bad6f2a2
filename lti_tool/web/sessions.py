"""Flask's session, derived from the signed-in tab or the first-party cookie; nothing is saved.

A tab sends ``Authorization: Bearer``; pages outside the LMS have a ``__Host-`` cookie. The
session holds only what the form library needs for its CSRF check, derived from the sign-in, so
that a GET never writes. Somebody not signed in gets a random browser cookie for the same purpose,
and only from pages that show a form.
"""

import secrets
from typing import Any

from flask import Flask, Request, Response, g
from flask.sessions import SessionInterface, SessionMixin

from config.keyring import Purpose
from lti_tool.queries import sign_ins as sign_in_queries
from lti_tool.queries.sign_ins import Actor
from lti_tool.services import sign_ins
from lti_tool.services.sign_ins import SignInKind
from lti_tool.web.context import now, tool

SESSION_COOKIE = "__Host-career-mentoring"
BROWSER_COOKIE = "__Host-career-mentoring-browser"
BROWSER_COOKIE_SECONDS = 30 * 24 * 3600
BEARER = "Bearer "
IDLE = {SignInKind.tab: sign_ins.TAB_IDLE, SignInKind.first_party: sign_ins.FIRST_PARTY_IDLE}


class DerivedSession(dict[str, Any], SessionMixin):
    """A session derived from the sign-in; what a view puts into it ends with the request."""

    modified = False
    accessed = True


class DerivedSessionInterface(SessionInterface):
    """Open the session from the bearer token or the cookies of the request."""

    def open_session(self, app: Flask, request: Request) -> DerivedSession:
        """Find out who is there and derive the form secret from it."""
        g.actor, g.browser, g.is_new_browser = None, "", False
        if request.path.startswith(("/static/", "/bootstrap/static/")):
            return DerivedSession()
        bearer = request.headers.get("Authorization", "")
        if bearer.startswith(BEARER):
            g.actor = _actor(bearer.removeprefix(BEARER), SignInKind.tab)
        elif token := request.cookies.get(SESSION_COOKIE):
            g.actor = _actor(token, SignInKind.first_party)
        g.browser = request.cookies.get(BROWSER_COOKIE, "")
        if not g.browser:
            g.browser, g.is_new_browser = secrets.token_urlsafe(24), True
        holder = f"sign-in/{g.actor.sign_in_id}" if g.actor else f"browser/{g.browser}"
        return DerivedSession(csrf_token=tool().keyring.digest(Purpose.links, holder).hex())

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Save nothing but the random id of a browser that was shown a form."""
        if g.get("keep_browser") and g.is_new_browser:
            response.set_cookie(
                BROWSER_COOKIE,
                g.browser,
                max_age=BROWSER_COOKIE_SECONDS,
                secure=True,
                httponly=True,
                samesite="Lax",
            )


def this_browser() -> str:
    """Return the random id of this browser and have its cookie set: for signed-out forms."""
    g.keep_browser = True
    return str(g.browser)


def remember_sign_in(response: Response, token: str) -> None:
    """Set the cookie of a first-party session."""
    response.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=int(sign_ins.FIRST_PARTY_IDLE.total_seconds()),
        secure=True,
        httponly=True,
        samesite="Lax",
    )


def forget_sign_in(response: Response) -> None:
    """Remove the cookie of a first-party session."""
    response.delete_cookie(SESSION_COOKIE, secure=True, httponly=True, samesite="Lax")


def _actor(token: str, kind: SignInKind) -> Actor | None:
    with tool().database.reading() as session:
        actor = sign_in_queries.actor(session, token, kind=kind, idle=IDLE[kind], now=now())
    if actor is not None and actor.last_seen_at < now() - sign_ins.TOUCH_EVERY:
        with tool().database.transaction() as session:
            sign_ins.touch(session, actor.sign_in_id, now=now())
    return actor
