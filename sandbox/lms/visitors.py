"""Who sits at the browser: the LMS's own sign-in, a name chosen without a password."""

from flask import request
from werkzeug.wrappers import Response

from sandbox.lms.platform import Lms, fresh_id
from sandbox.store import Document

# The tool's frame sends the browser back here from another site, so the cookie must be
# SameSite=None, which needs Secure. Browsers that refuse Secure on plain http keep the second one.
STRICT_COOKIE = "lms_visit"
PLAIN_COOKIE = "lms_visit_plain"
_KIND = "visit"


def _key() -> str | None:
    return request.cookies.get(STRICT_COOKIE) or request.cookies.get(PLAIN_COOKIE)


def visit(lms: Lms) -> Document:
    """Return what is remembered of this browser: user, registration, or nothing yet."""
    key = _key()
    return (lms.store.get(_KIND, key) if key else None) or {}


def signed_in(lms: Lms) -> str | None:
    """Return the sign-in name of the person at this browser."""
    user = visit(lms).get("user")
    return str(user) if user else None


def remember(lms: Lms, response: Response, known: Document) -> Response:
    """Store who this browser is, with the answer on its way to it."""
    key = _key()
    if key is None or lms.store.get(_KIND, key) is None:
        key = fresh_id()
    lms.store.put(_KIND, key, known)
    response.set_cookie(STRICT_COOKIE, key, secure=True, httponly=True, samesite="None")
    response.set_cookie(PLAIN_COOKIE, key, httponly=True)
    return response
