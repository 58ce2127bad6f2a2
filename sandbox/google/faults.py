"""Faults on request: what a network or Google does on a bad day."""

import socket
from dataclasses import dataclass

from sandbox.google.errors import ApiError
from sandbox.google.schema import methods
from sandbox.google.world import World
from sandbox.store import Document

SERVICES = ("token", "calendar", "meet", "forms", "drive")
DROP = "drop_after_send"
SLOW = "slow"
REFUSALS: dict[str, tuple[int, str, str]] = {
    "401": (401, "authError", "Invalid Credentials"),
    "403:rateLimitExceeded": (403, "rateLimitExceeded", "Rate Limit Exceeded"),
    "403:quotaExceeded": (403, "quotaExceeded", "Calendar usage limits exceeded."),
    "403:forbidden": (403, "forbidden", "Forbidden"),
    "404": (404, "notFound", "Not Found"),
    "409": (409, "duplicate", "The requested identifier already exists."),
    "410": (410, "deleted", "Resource has been deleted"),
    "412": (412, "conditionNotMet", "Precondition Failed"),
    "429": (429, "rateLimitExceeded", "Too many requests"),
    "500": (500, "backendError", "Internal error encountered."),
    "503": (503, "backendError", "The service is currently unavailable."),
}
TOKEN_MODES = ("invalid_grant", "unauthorized_client")
MODES = (DROP, SLOW, *REFUSALS, *TOKEN_MODES)
FULL_SYNC = "Sync token is no longer valid, a full sync is required."


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault that strikes now."""

    mode: str
    seconds: float
    retry_after: int


def plan(world: World, body: Document) -> Document:
    """Store a fault to come; raise ValueError if it makes no sense."""
    service, mode = body.get("service"), body.get("mode")
    if service not in SERVICES:
        raise ValueError(f"service must be one of {SERVICES}")
    known = {"token"} if service == "token" else {found.short for found in methods(service)}
    if body.get("method") not in (None, *known):
        raise ValueError(f"{service} has no method {body.get('method')}")
    if mode not in MODES or (mode in TOKEN_MODES and service != "token"):
        raise ValueError(f"mode must be one of {MODES}")
    fault: Document = {
        "service": service,
        "method": body.get("method"),
        "mode": mode,
        "times": int(body.get("times", 1)),
        "skip": int(body.get("skip", 0)),
        "seconds": float(body.get("seconds", 1.0)),
        "retry_after": int(body.get("retry_after", 30)),
    }
    key = f"{world.number('fault'):06d}"
    world.store.put("fault", key, fault)
    return {"id": key} | fault


def take(world: World, service: str, method: str) -> Fault | None:
    """Use up one stroke of the first fault planned for this request."""
    with world.store.atomic():
        for key, fault in world.store.all("fault").items():
            if fault["service"] != service or fault["method"] not in (None, method):
                continue
            if fault["skip"] > 0:
                world.store.put("fault", key, fault | {"skip": fault["skip"] - 1})
                continue
            if fault["times"] > 1:
                world.store.put("fault", key, fault | {"times": fault["times"] - 1})
            else:
                world.store.delete("fault", key)
            return Fault(
                mode=fault["mode"], seconds=fault["seconds"], retry_after=fault["retry_after"]
            )
    return None


def refusal(fault: Fault, method: str | None = None) -> ApiError:
    """Return the error that the fault stands for."""
    code, reason, message = REFUSALS[fault.mode]
    if code == 410 and method == "events.list":
        reason, message = "fullSyncRequired", FULL_SYNC
    return ApiError(
        code, reason, message, retry_after=fault.retry_after if code in (429, 503) else None
    )


def hang_up(connection: object) -> None:
    """Close the connection under the answer, so that the caller learns nothing."""
    if isinstance(connection, socket.socket):
        connection.shutdown(socket.SHUT_RDWR)
