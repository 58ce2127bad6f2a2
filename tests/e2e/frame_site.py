"""Two small sites for the tests of the frame: a tool on localhost, a platform on 127.0.0.1.

The tool is dressed by the real layout, scripts, headers and checks; only its pages are examples,
and its sign-in is one token. The platform frames it, has storage, and remembers what it hears.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from flask import (
    Blueprint,
    Flask,
    Request,
    Response,
    abort,
    current_app,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.sessions import SessionInterface
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect
from werkzeug.serving import make_server
from wtforms import (
    BooleanField,
    FileField,
    Form,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Optional

from config.clock import Clock
from config.settings import Environment, parse_settings
from lti_tool.cli.local import local_settings
from lti_tool.db import Database, new_engine
from lti_tool.domain.errors import Obstacle
from lti_tool.domain.permissions import PROGRAM_ROLES, Permission, ProgramRole
from lti_tool.domain.policy import Policy, PolicyCode
from lti_tool.domain.presence import Basis
from lti_tool.domain.supervision import Minute, Verdict
from lti_tool.ports.lms import Platform
from lti_tool.queries.sign_ins import Actor
from lti_tool.web import assets, context, errors, security
from lti_tool.web.auth import public, requires, signed_in
from lti_tool.web.choices import choices
from lti_tool.web.elsewhere import open_elsewhere
from lti_tool.web.sessions import BEARER, DerivedSession

TOKEN = "the-token-of-this-tab"
COOKIE = "first-party"
PROOF = "the-proof-of-this-browser"
DRAFT_KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
OTHER_KEY = "OTg3NjU0MzIxMDk4NzY1NDMyMTA5ODc2NTQzMjEwOTg="
AT = datetime(2026, 11, 24, 15, 42, tzinfo=UTC)


@dataclass(slots=True, kw_only=True)
class Seen:
    """What the tool's pages saw and keep; the tests read and change it."""

    platform: str = ""
    booked: list[str] = field(default_factory=list)
    authorizations: list[str | None] = field(default_factory=list)
    uploads: list[tuple[str, str, str]] = field(default_factory=list)
    polls: list[str | None] = field(default_factory=list)
    drafts: list[str] = field(default_factory=list)
    handed_in: list[tuple[str, str]] = field(default_factory=list)
    proofs: list[str | None] = field(default_factory=list)
    version: int = 1
    key: str = DRAFT_KEY
    needs_proof: bool = False
    is_down: bool = False
    hold: threading.Event = field(default_factory=threading.Event)


KINDS = choices((("reflection", "Reflection"), ("assignment", "Assignment")))
CHANNELS = choices((("room", "In the room"), ("call", "In a call")))


class ActivityForm(Form):
    """One field of every kind."""

    title = StringField("Title", validators=[DataRequired("Please give it a title.")])
    kind = SelectField("Kind", choices=KINDS)
    note = TextAreaField("Note", description="Your mentor reads this.", validators=[Optional()])
    channel = RadioField("Where", choices=CHANNELS)
    agreed = BooleanField("I have read the guidance")
    picture = FileField("Picture")


class DraftForm(Form):
    """A reflection."""

    text = TextAreaField("Your text", validators=[DataRequired("Please write a little.")])


class OneToken(SessionInterface):
    """Signed in is who shows the token or the cookie."""

    def open_session(self, app: Flask, request: Request) -> DerivedSession:
        shown = request.headers.get("Authorization", "").removeprefix(BEARER)
        by_cookie = request.cookies.get(COOKIE) == TOKEN
        g.actor = _actor("tab") if shown == TOKEN else None
        if by_cookie and g.actor is None:
            g.actor = _actor("first-party")
        return DerivedSession(csrf_token="the-form-token")

    def save_session(self, *_args: object) -> None:
        """Save nothing, as the real one."""


home = Blueprint("home", __name__, template_folder="frame_pages")
activities = Blueprint("activities", __name__)
drafts = Blueprint("drafts", __name__)
operations = Blueprint("operations", __name__)


def seen() -> Seen:
    found: Seen = current_app.extensions["seen"]
    return found


@home.get("/")
@signed_in
def index() -> ResponseReturnValue:
    seen().authorizations.append(request.headers.get("Authorization"))
    return render_template("frame_home.html", at=AT)


@home.post("/book")
@signed_in
def book() -> ResponseReturnValue:
    seen().booked.append(request.form["slot"])
    seen().hold.wait(timeout=20)
    return redirect(url_for("home.index", said="meeting-booked"), 303)


@home.post("/room")
@signed_in
def room() -> ResponseReturnValue:
    return open_elsewhere(f"{seen().platform}/room")


@home.get("/roster")
@signed_in
def roster() -> ResponseReturnValue:
    asked = request.headers.get("If-None-Match")
    seen().polls.append(asked)
    done = min(len(seen().polls) // 2, 3)
    response = make_response(
        f"<p data-say>{done} of 3 fetched</p>{'<span data-final></span>' if done == 3 else ''}"
    )
    response.set_etag(str(done))
    return response.make_conditional(request)


@home.get("/report")
@signed_in
def report() -> ResponseReturnValue:
    disposition = 'attachment; filename="report.csv"'
    return Response("a,b\n", content_type="text/csv", headers={"Content-Disposition": disposition})


@home.get("/gone")
@public
def gone() -> ResponseReturnValue:
    return errors.error_page(401, errors.EXPLANATIONS[401], reference="abc")


@home.get("/find")
@signed_in
def find() -> ResponseReturnValue:
    return redirect(url_for("activities.index", words="found"), 303)


@home.get("/gallery")
@public
def gallery() -> ResponseReturnValue:
    form = ActivityForm(data={"title": "", "note": "Bring a drawing."})
    form.validate()
    return render_template(
        "frame_gallery.html", at=AT, form=form, minutes=example_minutes(), obstacles=OBSTACLES
    )


@home.get("/enter")
@public
def enter() -> ResponseReturnValue:
    security.frame_by(seen().platform)
    storage = {"target": "platform_storage", "origin": seen().platform, "key": "state"}
    return render_template(
        "frame_entry.html",
        launch={
            "mode": "launch",
            "code": "one-time",
            "exchange_url": "/exchange",
            "needs_proof": seen().needs_proof,
            "storage": storage if seen().needs_proof else None,
            "new_tab_url": "/again",
        },
    )


@home.get("/login")
@public
def login() -> ResponseReturnValue:
    security.frame_by(seen().platform)
    storage = {"target": "platform_storage", "origin": seen().platform, "key": "state"}
    return render_template(
        "frame_entry.html",
        launch={"mode": "login", "auth_url": "/enter", "storage": storage | {"value": PROOF}},
    )


@home.post("/exchange")
@public
def exchange() -> ResponseReturnValue:
    body: dict[str, Any] = request.get_json()
    seen().proofs.append(body["proof"])
    return jsonify(token=TOKEN, landing="/")


@activities.route("/activities", endpoint="index", methods=["GET", "POST"])
@signed_in
def activities_index() -> ResponseReturnValue:
    form = ActivityForm(request.form)
    is_sent = request.method == "POST"
    if is_sent and form.validate():
        picture = request.files["picture"].read().decode()
        seen().uploads.append((form.title.data or "", request.form["then"], picture))
        return redirect(url_for("activities.index", said="program-saved"), 303)
    status = 422 if is_sent else 200
    words = request.args.get("words", "") + request.args.get("in", "")
    return render_template("frame_activities.html", form=form, words=words), status


@drafts.get("/draft")
@signed_in
def draft() -> ResponseReturnValue:
    state = seen()
    form = DraftForm(data={"text": state.drafts[-1] if state.drafts else ""})
    return render_template("frame_draft.html", form=form, version=state.version, key=state.key)


@drafts.post("/draft/save")
@signed_in
def save() -> ResponseReturnValue:
    state = seen()
    if state.is_down:
        abort(503)
    if int(request.form["version"]) != state.version:
        newer = f"<p>There is a newer text: {state.drafts[-1]}</p>"
        return f'{newer}<button data-keep-mine="{state.version}">Keep mine</button>', 409
    state.version += 1
    state.drafts.append(request.form["text"])
    return jsonify(version=state.version, at="10:42 AM")


@drafts.post("/draft")
@signed_in
def hand_in() -> ResponseReturnValue:
    seen().handed_in.append((request.form["text"], request.form["version"]))
    return redirect(url_for("home.index", said="submitted"), 303)


@operations.get("/operations", endpoint="index")
@requires(Permission.view_operations)
def operations_index() -> ResponseReturnValue:
    return "closed to teachers"


OBSTACLES = (
    Obstacle(code=PolicyCode.empty, remedy="Name a backup supervisor for Tuesday."),
    Obstacle(code=PolicyCode.empty, remedy="Rosa's family has not answered about video calls."),
)


def example_minutes() -> tuple[Minute, ...]:
    verdicts = (
        *[Verdict.not_counted] * 3,
        *[Verdict.supervised] * 22,
        *[Verdict.indeterminate] * 4,
        *[Verdict.unsupervised],
        *[Verdict.supervised] * 15,
    )
    return tuple(
        Minute(
            at=AT + timedelta(minutes=number),
            verdict=verdict,
            basis=Basis.measured if verdict is Verdict.supervised else None,
            present=frozenset(),
            counts=verdict is Verdict.supervised,
        )
        for number, verdict in enumerate(verdicts)
    )


def _actor(kind: str) -> Actor:
    return Actor(
        sign_in_id=uuid4(),
        kind=kind,
        organization_id=uuid4(),
        organization_name="Riverside Schools",
        school_id=uuid4(),
        person_id=uuid4(),
        name="Maya Torres",
        time_zone="America/New_York",
        policy=Policy(),
        roles=frozenset({ProgramRole.teacher}),
        permissions=PROGRAM_ROLES[ProgramRole.teacher],
        is_read_only=False,
        authenticated_at=AT,
        last_seen_at=AT,
        course_id=uuid4(),
        course_title="Career and Financial Management, Period 3",
        deployment_id=uuid4(),
        resource_link_id=uuid4(),
        frame_origins=(seen().platform,),
        masquerading_person_id=None,
    )


class NoPlatforms:
    """No registration, so no keys: the example pages take no launch."""

    def key_set(self, platform: Platform, *, kid: str | None) -> dict[str, Any]:
        raise LookupError(platform)


def build_tool(folder: Path, url: str, state: Seen) -> Flask:
    """Build the tool's example site with the real frame round it."""
    settings = parse_settings(
        local_settings(folder, environment=Environment.test, tool_url=url, google_url=url)
    )
    app = Flask("lti_tool.web", static_folder="static", template_folder="templates")
    app.config.update(SECRET_KEY="frame", WTF_CSRF_SSL_STRICT=False)
    app.session_interface = OneToken()
    app.extensions["seen"] = state
    tool = context.Tool(
        settings=settings,
        clock=Clock(),
        database=Database(new_engine(settings.database_url), settings.keyring),
        key_sets=NoPlatforms(),
    )
    context.install(app, tool)
    security.install(app)
    errors.install(app)
    assets.install(app)
    csrf = CSRFProtect(app)
    csrf.exempt(exchange)
    for blueprint in (home, activities, drafts, operations):
        app.register_blueprint(blueprint)
    return app


def build_platform(tool: str) -> Flask:
    """Build a platform that frames the tool, stores values, and remembers what it hears."""
    app = Flask("platform")
    heard = (
        "<script>const heard = []; addEventListener('message', (event) => heard.push(event.data));"
        "</script>"
    )
    store = (
        "<script>const kept = {}; addEventListener('message', ({data, source, origin}) => {"
        "if (data.subject === 'lti.put_data') kept[data.key] = data.value;"
        "source.postMessage({subject: data.subject + '.response', message_id: data.message_id,"
        "key: data.key, value: kept[data.key] ?? null}, origin); });</script>"
    )

    @app.get("/course")
    def course() -> str:
        path = request.args["path"]
        storage_frame = '<iframe name="platform_storage" src="/storage"></iframe>'
        tool_frame = f'<iframe name="tool" width="700" height="600" src="{tool}{path}"></iframe>'
        return f"<!doctype html><title>Course</title>{heard}{storage_frame}{tool_frame}"

    @app.get("/storage")
    def storage() -> str:
        return f"<!doctype html><title>Storage</title>{store}"

    @app.get("/room")
    def meeting_room() -> str:
        return "<!doctype html><title>Room</title>"

    return app


@contextmanager
def running(app: Flask, port: int) -> Iterator[None]:
    """Serve one site on loopback until the end of the block."""
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
