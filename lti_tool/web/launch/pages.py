"""The pages between the platform and the tool; they hold nobody's data."""

from typing import Any

from flask import Response, make_response, render_template, request

from config.clock import real_now
from lti_tool.queries.registration import Registration
from lti_tool.web import security
from lti_tool.web.context import tool
from lti_tool.web.launch import addresses, proof, state
from lti_tool.web.launch.state import Login, LoginState


def login_page(registration: Registration, wish: Login) -> Response:
    """Show the page that leaves the browser its secret and goes on to the platform."""
    security.frame_by(*registration.frame_origins)
    keyring, public_url = tool().keyring, tool().settings.public_url
    begun, secret = state.begin(wish, now=real_now())
    address = addresses.with_query(
        registration.auth_login_url,
        scope="openid",
        response_type="id_token",
        response_mode="form_post",
        prompt="none",
        client_id=registration.client_id,
        redirect_uri=addresses.launch_url(public_url),
        login_hint=wish.login_hint,
        lti_message_hint=wish.message_hint,
        state=state.sealed(keyring, begun),
        nonce=begun.nonce,
    )
    storage = _storage(registration, begun)
    data = {
        "mode": "login",
        "auth_url": address,
        "storage": {**storage, "value": secret} if storage else None,
        "cookie_check_url": f"{addresses.COOKIE_CHECK}/{begun.short}",
        "new_tab_url": _new_tab_url(wish),
    }
    page = render_template("launch/login.html", data=data, auth_url=address)
    response = make_response(page)
    proof.remember(request, response, begun, secret)
    return response


def launch_page(registration: Registration, begun: LoginState, *, code: str) -> Response:
    """Show the page that exchanges the code for the tab's token."""
    is_proved = proof.is_given(request, begun)
    data = {
        "mode": "launch",
        "code": code,
        "exchange_url": addresses.EXCHANGE,
        "needs_proof": not is_proved,
        "storage": None if is_proved else _storage(registration, begun),
        "new_tab_url": _new_tab_url(begun.login),
    }
    response = make_response(render_template("launch/launch.html", data=data))
    proof.forget(request, response, begun)
    return response


def _storage(registration: Registration, begun: LoginState) -> dict[str, Any] | None:
    target, origin = begun.login.storage_target, registration.storage_origin
    if not target or origin is None:
        return None
    return {"target": target, "origin": origin, "key": proof.storage_key(begun)}


def _new_tab_url(wish: Login) -> str:
    """Return where the same wish starts again in a tab of its own, without any credential."""
    sealed = state.sealed_login(tool().keyring, wish, now=real_now())
    return addresses.with_query(addresses.AGAIN, login=sealed)
