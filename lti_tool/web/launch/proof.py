"""The browser's proof: a cookie of its own partition, one for each login under way.

It ties the launch to the browser that began the login. Platform storage holds the same secret for
browsers that take no cookie in a frame; either is enough (decision 7).
"""

from flask import Request, Response

from lti_tool.web.launch.state import LoginState

PREFIX = "__Host-lti-"
SECONDS = 300
MOST_LOGINS = 4
"""More cookies than this and the request's headers outgrow what proxies let through."""


def remember(request: Request, response: Response, state: LoginState, secret: str) -> None:
    """Give the browser its secret, and drop those of logins that came to nothing."""
    others = [name for name in request.cookies if name.startswith(PREFIX)]
    for name in others[: max(0, len(others) - MOST_LOGINS + 1)]:
        _set(response, name, "", seconds=0)
    _set(response, PREFIX + state.short, secret, seconds=SECONDS)


def is_given(request: Request, state: LoginState) -> bool:
    """Tell whether the browser's cookie proves that it began this login."""
    secret = request.cookies.get(PREFIX + state.short, "")
    return bool(secret) and state.is_proved_by(secret)


def forget(request: Request, response: Response, state: LoginState) -> None:
    """Remove the secret of a login that is over."""
    if PREFIX + state.short in request.cookies:
        _set(response, PREFIX + state.short, "", seconds=0)


def storage_key(state: LoginState) -> str:
    """Return the key under which platform storage keeps the secret."""
    return f"career-mentoring-{state.short}"


def _set(response: Response, name: str, value: str, *, seconds: int) -> None:
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        secure=True,
        httponly=True,
        samesite="None",
        partitioned=True,
    )
