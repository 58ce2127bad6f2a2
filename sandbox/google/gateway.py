"""The way of every API request: fault, bearer, scope, schema, handler, schema, log."""

import time

from flask import Response, jsonify, make_response, request
from werkzeug.exceptions import BadRequest

from sandbox.clock import now
from sandbox.google import auth, calendar, drive, events, faults, forms, meet, meet_records
from sandbox.google.call import Call, Handler
from sandbox.google.errors import ApiError, invalid, not_found
from sandbox.google.masks import partial
from sandbox.google.schema import (
    BrokenPromiseError,
    Method,
    check_answer,
    check_body,
    check_query,
    find,
)
from sandbox.google.world import World, stamp
from sandbox.store import Document

HANDLERS: dict[str, Handler] = {
    **calendar.HANDLERS,
    **events.HANDLERS,
    **meet.HANDLERS,
    **meet_records.HANDLERS,
    **forms.HANDLERS,
    **drive.HANDLERS,
}


def _send_off(
    world: World,
    response: Response,
    *,
    entry: Document,
    fault: faults.Fault | None,
) -> Response:
    """Log the request and answer it, or hang up; status 0: the caller never got an answer."""
    dropped = fault is not None and fault.mode == faults.DROP
    written: Document = {
        "at": stamp(now()),
        **entry,
        "status": 0 if dropped else response.status_code,
    }
    world.store.put("request", f"{world.number('request'):08d}", written)
    if dropped:
        faults.hang_up(request.environ.get("werkzeug.socket"))
    return response


def _json() -> Document | None:
    if not request.get_data():
        return None
    if request.mimetype != "application/json":
        raise invalid(f"Content-Type must be application/json, not {request.mimetype}.")
    try:
        body = request.get_json()
    except BadRequest as error:
        raise invalid("Invalid JSON payload received.", "parseError") from error
    if not isinstance(body, dict):
        raise invalid("Invalid JSON payload received: no object.", "parseError")
    return body


def _call(world: World, who: auth.Bearer, method: Method, path: dict[str, str]) -> Call:
    if not who.scopes & method.scopes:
        raise ApiError(
            403,
            "insufficientPermissions"
            if method.service in ("calendar", "drive")
            else "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
            "Request had insufficient authentication scopes.",
        )
    return Call(
        world=world,
        method=method,
        subject=who.subject,
        scopes=who.scopes,
        project=who.project,
        params=check_query(method, request.args) | path,
        body=check_body(method, _json()),
        if_match=request.headers.get("If-Match"),
    )


def _handled(call: Call) -> Response:
    handler = HANDLERS.get(call.method.id)
    if handler is None:
        raise ApiError(501, "notImplemented", f"The sandbox does not serve {call.method.id}.")
    with call.world.store.atomic():
        answer = handler(call)
    try:
        check_answer(call.method, answer)
    except BrokenPromiseError as error:
        raise ApiError(500, "backendError", f"The sandbox itself is wrong: {error}") from error
    if answer is None:
        return make_response("", 204)
    return jsonify(partial(answer, call.params["fields"]) if "fields" in call.params else answer)


def _strike(fault: faults.Fault | None, method: str) -> None:
    if fault is None or fault.mode == faults.DROP:
        return
    if fault.mode == faults.SLOW:
        time.sleep(fault.seconds)
    elif fault.mode in faults.TOKEN_MODES:
        code = 401 if fault.mode == "unauthorized_client" else 400
        raise auth.TokenError(fault.mode, auth.UNAUTHORIZED, code)
    else:
        raise faults.refusal(fault, method)


def answer(world: World, service: str) -> Response:
    """Answer the current request to one service, from its bytes to its bytes."""
    found = find(service, request.method, request.path)
    name = found[0].short if found else f"{request.method} {request.path}"
    subject, message, fault = "", "", None
    try:
        if found is None:
            raise not_found(f"No method of {service} answers {name}.")
        fault = faults.take(world, service, name)
        if fault is None or fault.mode != "401":
            subject = auth.bearer(world, request.headers.get("Authorization", "")).subject
        _strike(fault, name)
        who = auth.bearer(world, request.headers.get("Authorization", ""))
        response = _handled(_call(world, who, *found))
    except ApiError as error:
        response = make_response(jsonify(error.body(service)), error.code, error.headers())
        message = error.message
    entry: Document = {
        "service": service,
        "method": name,
        "subject": subject,
        "query": request.args.to_dict(flat=False),
        "message": message,
    }
    return _send_off(world, response, entry=entry, fault=fault)


def token(world: World) -> Response:
    """Answer the token endpoint."""
    fault = faults.take(world, "token", "token")
    subject, message = "", ""
    try:
        _strike(fault, "token")
        body, subject = auth.exchange(world, request.form.to_dict())
        response = jsonify(body)
    except auth.TokenError as error:
        response = make_response(jsonify(error.body), error.code)
        message = str(error)
    except ApiError as error:
        body = {"error": "internal_failure" if error.code >= 500 else error.reason}
        response = make_response(jsonify(body), error.code, error.headers())
        message = error.message
    entry: Document = {
        "service": "token",
        "method": "token",
        "subject": subject,
        "query": {},
        "message": message,
    }
    return _send_off(world, response, entry=entry, fault=fault)
