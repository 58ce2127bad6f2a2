"""The two steps of a launch, the exchange of its code, and what platforms read of us."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, jsonify, request
from flask.typing import ResponseReturnValue

from config.clock import real_now
from lti_tool.ports.errors import GatewayError
from lti_tool.queries import registration as registrations
from lti_tool.queries.registration import Registration
from lti_tool.services import sign_ins
from lti_tool.services.course import Waiting
from lti_tool.services.sign_ins import ExchangeRefusedError
from lti_tool.web import security
from lti_tool.web.auth import public
from lti_tool.web.context import now, tool
from lti_tool.web.launch import addresses, arriving, canvas, pages, proof, refusals, state
from lti_tool.web.launch.launch import launch_of, return_origin
from lti_tool.web.launch.message import Expected, LaunchRefusedError, verified_claims
from lti_tool.web.launch.state import Login, LoginState, StateRefusedError

bp = Blueprint("launch", __name__, url_prefix="/lti", template_folder="templates")

KEY_SET_SECONDS = 3600
LONGEST_HINT = 4000


@bp.route("/login", methods=["GET", "POST"])
@bp.route("/login/<uuid:registration_id>", methods=["GET", "POST"])
@public
def login(registration_id: UUID | None = None) -> ResponseReturnValue:
    """Begin the login that a platform asks for.

    The registration stands in the address, because Schoology names no client. Canvas names it,
    so that its developer key can be made before we know the key's id.
    """
    fields = request.form if request.method == "POST" else request.args
    registration = _registration(registration_id) if registration_id else _named(fields)
    if registration is None:
        return refusals.refused("this login belongs to no registration")
    security.frame_by(*registration.frame_origins)
    faults = tuple(_login_faults(registration, fields))
    if faults:
        return refusals.refused(*faults, registration=registration)
    wish = Login(
        registration_id=registration.id,
        login_hint=fields["login_hint"],
        message_hint=fields.get("lti_message_hint"),
        target_link_uri=fields["target_link_uri"],
        deployment_hint=fields.get("lti_deployment_id") or fields.get("deployment_id"),
        storage_target=fields.get("lti_storage_target"),
    )
    return pages.login_page(registration, wish)


@bp.get("/again")
@public
def again() -> ResponseReturnValue:
    """Begin the same login in a tab of its own, where the browser keeps our cookie."""
    try:
        wish = state.opened_login(tool().keyring, request.args.get("login", ""), now=real_now())
    except StateRefusedError as refusal:
        return refusals.refused(str(refusal))
    registration = _registration(wish.registration_id)
    if registration is None:
        return refusals.refused("this login belongs to no registration")
    return pages.login_page(registration, wish)


@bp.get("/cookie/<short>")
@public
def cookie(short: str) -> ResponseReturnValue:
    """Tell the login page whether the browser kept its secret, before a hint is used up."""
    return jsonify(kept=bool(request.cookies.get(proof.PREFIX + short)))


@bp.post("/launch")
@public
def launch() -> ResponseReturnValue:
    """Let somebody in whom the platform vouches for, once, in the browser that asked."""
    try:
        begun = state.opened(tool().keyring, request.form.get("state", ""), now=real_now())
    except StateRefusedError as refusal:
        return refusals.refused(str(refusal))
    registration = _registration(begun.login.registration_id)
    if registration is None:
        return refusals.refused("the login belongs to no registration")
    security.frame_by(*registration.frame_origins)
    try:
        return _launch(registration, begun)
    except LaunchRefusedError as refusal:
        return refusals.refused(*refusal.reasons, registration=registration, status=401)
    except GatewayError as error:
        return refusals.keys_unavailable(registration, error.remedy)


@bp.post("/exchange")
@public
def exchange() -> ResponseReturnValue:
    """Exchange the launch page's one-time code for the tab's token."""
    body = request.get_json(silent=True)
    fields: Mapping[str, Any] = body if isinstance(body, dict) else {}
    code, secret = fields.get("code"), fields.get("proof")
    if not isinstance(code, str) or not isinstance(secret, str | None):
        abort(400)
    try:
        with tool().database.transaction() as session:
            token, landing = sign_ins.exchange(
                session,
                code,
                browser_proof=state.digest(secret) if secret else None,
                now=now(),
            )
    except ExchangeRefusedError:
        abort(401)
    return jsonify(token=token, landing=landing)


@bp.get("/jwks")
@public
def jwks() -> ResponseReturnValue:
    """Publish every key that signs now, will sign, or signed until recently."""
    with tool().database.reading() as session:
        keys = registrations.published_keys(session, now=now())
    response = jsonify(keys=keys)
    response.headers["Cache-Control"] = f"public, max-age={KEY_SET_SECONDS}"
    return response


@bp.get("/canvas.json")
@public
def canvas_json() -> ResponseReturnValue:
    """Publish the developer key's settings for a registration that Canvas does not know yet."""
    public_url = tool().settings.public_url
    return jsonify(canvas.developer_key(public_url, public_url + addresses.LOGIN))


def _launch(registration: Registration, begun: LoginState) -> ResponseReturnValue:
    expected = Expected(registration=registration, state=begun, now=real_now())
    claims = verified_claims(
        request.form.get("id_token", ""),
        expected,
        lambda kid: tool().key_sets.key_set(registration.platform, kid=kid),
    )
    message = launch_of(claims, registration)
    if message.context_id is None:
        return refusals.no_course()
    outcome = arriving.arrive(
        registration,
        message,
        begun,
        is_proved=proof.is_given(request, begun),
        now=now(),
    )
    if isinstance(outcome, Waiting):
        return refusals.waiting(registration, message.lti_deployment_id)
    back = return_origin(claims)
    if back is not None:
        # The frame keeps this document: the choice is posted from it in the end.
        security.post_forms_to(back)
    return pages.launch_page(registration, begun, code=outcome.code)


def _registration(registration_id: UUID) -> Registration | None:
    with tool().database.reading() as session:
        return registrations.registration(session, registration_id)


def _named(fields: Mapping[str, str]) -> Registration | None:
    issuer, client_id = fields.get("iss", ""), fields.get("client_id", "")
    with tool().database.reading() as session:
        return registrations.registration_of_client(session, issuer, client_id)


def _login_faults(registration: Registration, fields: Mapping[str, str]) -> Iterator[str]:
    if fields.get("iss") != registration.issuer:
        yield "iss is missing or not the issuer of this registration"
    if fields.get("client_id", registration.client_id) != registration.client_id:
        yield "client_id is not the client of this registration"
    if not 0 < len(fields.get("login_hint", "")) <= LONGEST_HINT:
        yield "login_hint is missing or too long"
    if len(fields.get("lti_message_hint", "")) > LONGEST_HINT:
        yield "lti_message_hint is too long"
    target = fields.get("target_link_uri", "")
    if not addresses.is_own_target(tool().settings.public_url, target):
        yield "target_link_uri is missing or does not lead to this tool"
