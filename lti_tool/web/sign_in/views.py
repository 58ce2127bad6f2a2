"""Pages on which mentors and staff sign in with a mailed code or link, and sign out again."""

from typing import cast
from uuid import UUID

from flask import (
    Blueprint,
    Flask,
    Response,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.sansio.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from lti_tool.queries import entrances
from lti_tool.services import sign_in_requests, sign_ins
from lti_tool.services.sign_in_requests import SignedIn
from lti_tool.web.auth import public, signed_in, the_actor
from lti_tool.web.context import current_actor, now, tool
from lti_tool.web.sessions import forget_sign_in, remember_sign_in, this_browser
from lti_tool.web.sign_in.forms import AskForm, CodeForm, LinkForm

bp = Blueprint("sign_in", __name__, template_folder="templates")

FAILURES = "60 per 10 minutes"
"""Per address, and failures only: a whole school may share one address (decision 24)."""
WRONG = 422
REFUSED = (
    "This code does not work. Use the newest mail, or ask for another code. "
    "If you asked in another browser, add your e-mail address."
)
limiter = Limiter(get_remote_address)
only_failures = limiter.shared_limit(
    FAILURES, scope="sign-in", deduct_when=lambda response: response.status_code == WRONG
)


@bp.record_once
def _install(state: BlueprintSetupState) -> None:
    limiter.init_app(cast("Flask", state.app))


@bp.get("/sign-in")
@public
def ask() -> ResponseReturnValue:
    """Ask for the address to which a code is mailed."""
    wanted = sign_in_requests.own_path(request.args.get("next", "/"))
    if current_actor() is not None:
        return redirect(wanted, 303)
    this_browser()
    form = AskForm()
    form.next.data = wanted
    return render_template("sign_in/ask.html", form=form)


@bp.post("/sign-in")
@public
@only_failures
def send_code() -> ResponseReturnValue:
    """Have a code mailed; the answer is the same whether anybody has the address or not."""
    form, browser = AskForm(), this_browser()
    if not form.validate_on_submit():
        return render_template("sign_in/ask.html", form=form), WRONG
    with tool().database.transaction() as session:
        sign_in_requests.ask(
            session,
            address=form.email.data or "",
            browser=browser,
            next_path=form.next.data or "/",
            now=now(),
        )
    return redirect(url_for("sign_in.check", said="code-sent"), 303)


@bp.get("/sign-in/code")
@public
def check() -> ResponseReturnValue:
    """Ask for the code from the mail."""
    this_browser()
    return render_template("sign_in/check.html", form=CodeForm())


@bp.post("/sign-in/code")
@public
@only_failures
def use_code() -> ResponseReturnValue:
    """Sign in with the code from the mail."""
    form, browser = CodeForm(), this_browser()
    if not form.validate_on_submit():
        return render_template("sign_in/check.html", form=form), WRONG
    with tool().database.transaction() as session:
        done = sign_in_requests.use_code(
            session,
            code=form.code.data or "",
            address=form.email.data or "",
            browser=browser,
            now=now(),
        )
    if done is None:
        form.code.errors = (REFUSED,)
        return render_template("sign_in/check.html", form=form), WRONG
    return _enter(done)


@bp.get("/sign-in/link")
@public
def link() -> ResponseReturnValue:
    """Show the page behind the mailed link; opening it uses nothing up."""
    this_browser()
    return render_template("sign_in/link.html", form=LinkForm(), is_refused=False)


@bp.post("/sign-in/link")
@public
@only_failures
def use_link() -> ResponseReturnValue:
    """Sign in with the mailed link, in the browser that asked for it."""
    form, browser = LinkForm(), this_browser()
    done: SignedIn | None = None
    if form.validate_on_submit():
        with tool().database.transaction() as session:
            done = sign_in_requests.use_link(
                session, link_secret=form.secret.data or "", browser=browser, now=now()
            )
    if done is None:
        form.secret.data = ""
        return render_template("sign_in/link.html", form=form, is_refused=True), WRONG
    return _enter(done)


@bp.post("/sign-out")
@signed_in
def out() -> ResponseReturnValue:
    """Sign out in this browser."""
    with tool().database.transaction() as session:
        sign_ins.revoke(session, the_actor().sign_in_id, now=now())
    response = make_response(redirect(url_for("sign_in.ask", said="signed-out"), 303))
    forget_sign_in(response)
    return response


@bp.get("/devices")
@signed_in
def devices() -> ResponseReturnValue:
    """Show in which browsers the person stays signed in."""
    actor = the_actor()
    with tool().database.reading() as session:
        known = entrances.devices(
            session,
            actor.organization_id,
            actor.person_id,
            this_one=actor.sign_in_id,
            idle=sign_ins.FIRST_PARTY_IDLE,
            now=now(),
        )
    return render_template("sign_in/devices.html", devices=known)


@bp.post("/devices/<uuid:sign_in_id>/forget")
@signed_in
def forget(sign_in_id: UUID) -> ResponseReturnValue:
    """Sign the person out in one of their browsers."""
    actor = the_actor()
    with tool().database.transaction() as session:
        sign_in_requests.forget_device(
            session,
            organization_id=actor.organization_id,
            person_id=actor.person_id,
            sign_in_id=sign_in_id,
            now=now(),
        )
    return redirect(url_for("sign_in.devices", said="device-forgotten"), 303)


def _enter(done: SignedIn) -> Response:
    response = make_response(redirect(done.next_path, 303))
    remember_sign_in(response, done.token)
    return response
