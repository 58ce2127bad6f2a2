"""Counting what is asked, and breaking an answer where a test wants it broken."""

import socket
import time
from typing import Final

from flask import Flask, Response, g, jsonify, make_response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from sandbox.lms.platform import Lms, current
from sandbox.lms.profiles import PROFILES
from sandbox.store import Document

_COUNT: Final = "count"
_FAULT: Final = "fault"
_HUGE_BYTES: Final = 20_000_000

NAMES: Final = {
    "authorize.authorize": "authorize",
    "authorize.jwks": "jwks",
    "token.token": "token",
    "names_roles.members": "names-roles",
    "grades.list_items": "line-items",
    "grades.create_item": "line-items",
    "grades.read_item": "line-items",
    "grades.replace_item": "line-items",
    "grades.delete_item": "line-items",
    "scores.post_score": "scores",
    "scores.results": "results",
    "deep_linking.finish": "deep-linking",
}
"""What a control call names each endpoint."""

MODES: Final = frozenset(
    {
        "500",
        "503",
        "401",
        "403-rate",
        "429",
        "slow",
        "drop-after",
        "html",
        "huge",
        "redirect",
        "empty",
        "loop-next",
        "foreign-next",
    }
)


def count(lms: Lms, name: str) -> None:
    """Add one to the tally of that name."""
    with lms.store.atomic():
        tally = (lms.store.get(_COUNT, name) or {"times": 0})["times"]
        lms.store.put(_COUNT, name, {"times": tally + 1})


def counts(lms: Lms) -> dict[str, int]:
    """Return every tally."""
    return {name: tally["times"] for name, tally in lms.store.all(_COUNT).items()}


def add_fault(lms: Lms, fault: Document) -> None:
    """Break the endpoint's next answers; faults of one endpoint are used up in order."""
    with lms.store.atomic():
        number = max((int(key) for key in lms.store.all(_FAULT)), default=0) + 1
        lms.store.put(_FAULT, f"{number:09d}", fault)


def faults(lms: Lms) -> list[Document]:
    """Return the faults that are still to come."""
    return list(lms.store.all(_FAULT).values())


def clear_faults(lms: Lms) -> None:
    """Forget every fault that is still to come."""
    for key in lms.store.all(_FAULT):
        lms.store.delete(_FAULT, key)


def watch(app: Flask) -> None:
    """Count each request of the protocol, and let a waiting fault have it."""
    app.before_request(_arrive)
    app.after_request(_leave)


def _arrive() -> BaseResponse | None:
    name = NAMES.get(request.endpoint or "")
    if name is None:
        return None
    lms = current()
    count(lms, name)
    profile = (request.view_args or {}).get("profile")
    fault = _take(lms, name, str(profile))
    if fault is None:
        return None
    g.fault = fault
    if fault["mode"] == "slow":
        time.sleep(float(fault.get("seconds", 15)))
    return _broken(fault)


def _take(lms: Lms, name: str, profile: str) -> Document | None:
    with lms.store.atomic():
        for key, fault in lms.store.all(_FAULT).items():
            if fault["endpoint"] != name or fault.get("profile") not in {None, profile}:
                continue
            left = int(fault["times"]) - 1
            if left > 0:
                lms.store.put(_FAULT, key, {**fault, "times": left})
            else:
                lms.store.delete(_FAULT, key)
            return fault
    return None


def _broken(fault: Document) -> BaseResponse | None:
    """Return the answer that stands in for the real one, if the mode has one."""
    mode = fault["mode"]
    if mode in {"500", "503"}:
        return _json({"errors": [{"message": "An error occurred."}]}, int(mode))
    if mode == "401":
        response = _json({"errors": [{"message": "Invalid access token."}]}, 401)
        response.headers["WWW-Authenticate"] = 'Bearer realm="sandbox"'
        return response
    if mode == "403-rate":
        response = make_response("403 Forbidden (Rate Limit Exceeded)\n", 403)
        response.headers["X-Rate-Limit-Remaining"] = "0.0"
        return response
    if mode == "429":
        response = _json({"errors": [{"message": "Too many requests."}]}, 429)
        response.headers["Retry-After"] = str(int(fault.get("seconds", 1)))
        return response
    if mode == "html":
        return make_response("<!doctype html><title>Down</title><p>Back soon.", 200)
    if mode == "huge":
        return make_response(b"[" + b" " * _HUGE_BYTES + b"]", 200)
    if mode == "redirect":
        return redirect(str(fault.get("location", "http://169.254.169.254/latest/meta-data/")))
    return None


def _json(body: Document, status: int) -> Response:
    response = jsonify(body)
    response.status_code = status
    return response


def _leave(response: Response) -> Response:
    mode = g.pop("fault", {}).get("mode")
    if mode == "drop-after":
        _hang_up()
    if mode == "empty" and response.is_json:
        body = response.get_json()
        kept = [] if isinstance(body, list) else {**body, "members": []}
        response.set_data(jsonify(kept).get_data())
        response.headers.pop("Link", None)
    if mode in {"loop-next", "foreign-next"}:
        host = request.host_url if mode == "loop-next" else "http://elsewhere.example/"
        response.headers["Link"] = f'<{host}{request.full_path.lstrip("/")}>; rel="next"'
    return response


def _hang_up() -> None:
    """Cut the line once the work is done, so that the caller cannot know that it was."""
    line = request.environ.get("werkzeug.socket")
    if isinstance(line, socket.socket):
        line.shutdown(socket.SHUT_RDWR)


def check_fault(fault: Document) -> str | None:
    """Return what is wrong with a wish for a fault, if anything is."""
    if fault.get("endpoint") not in set(NAMES.values()):
        return f"endpoint must be one of {sorted(set(NAMES.values()))}"
    if fault.get("mode") not in MODES:
        return f"mode must be one of {sorted(MODES)}"
    if fault.get("profile") not in {None, *PROFILES}:
        return f"profile must be one of {sorted(PROFILES)}"
    times = fault.get("times", 1)
    return None if isinstance(times, int) and times > 0 else "times must be a positive number"
