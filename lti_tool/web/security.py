"""Headers and checks that hold for every response and every write."""

import secrets

from flask import Flask, Response, abort, g, request

from lti_tool.web.context import current_actor, tool

SAME_ORIGIN = frozenset({"same-origin"})
ENTRY_ENDPOINTS = frozenset({"launch.login", "launch.launch"})
"""Where platforms post from their own site; the signed state protects these instead."""


def install(app: Flask) -> None:
    """Check every write and dress every response."""
    app.before_request(refuse_cross_site_writes)
    app.after_request(add_headers)
    app.context_processor(lambda: {"csp_nonce": csp_nonce})


def refuse_cross_site_writes() -> None:
    """Refuse a write that another site made the browser send (decision 8).

    The form token is checked as well, by the form library.
    """
    if request.method in {"GET", "HEAD", "OPTIONS"} or request.endpoint in ENTRY_ENDPOINTS:
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in SAME_ORIGIN:
        abort(403)


def csp_nonce() -> str:
    """Return the nonce for this response's own scripts."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def frame_by(*origins: str) -> None:
    """Let these origins frame the response: a registration's, or those from signed claims."""
    g.frame_origins = origins


def post_forms_to(*origins: str) -> None:
    """Let forms of the response post to these origins too (login, deep-linking return)."""
    g.form_origins = origins


def add_headers(response: Response) -> Response:
    """Set the content security policy and its companions."""
    actor = current_actor()
    origins = g.get("frame_origins") or (actor.frame_origins if actor else ())
    policy = {
        "default-src": "'none'",
        "script-src": f"'self' 'nonce-{csp_nonce()}'",
        "style-src": "'self'",
        "img-src": "'self' data:",  # the component library's icons
        "font-src": "'self'",
        "connect-src": "'self'",
        "media-src": "'self' blob:",
        "form-action": " ".join(("'self'", *g.get("form_origins", ()))),
        "base-uri": "'none'",
        "frame-ancestors": " ".join(origins) or "'none'",
    }
    headers = response.headers
    headers["Content-Security-Policy"] = "; ".join(f"{k} {v}" for k, v in policy.items())
    headers["Referrer-Policy"] = "same-origin"  # no-referrer makes form posts send Origin: null
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(self)"
    if request.endpoint != "static":
        headers.setdefault("Cache-Control", "no-store")
    if tool().settings.public_url.startswith("https://"):
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return response
