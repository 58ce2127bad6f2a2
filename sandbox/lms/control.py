"""The control API, for the story and the tests; the package's docstring describes it."""

from flask import Blueprint, Response, jsonify, make_response, request

from sandbox.lms import gradebook, launches, misbehavior, people, registrations, scores, traffic
from sandbox.lms.platform import current, rotate
from sandbox.lms.profiles import PROFILES
from sandbox.lms.refusals import BrowserRefusalError, ServiceRefusalError
from sandbox.lms.vocabulary import CONTEXT_ROLES
from sandbox.store import Document

blueprint = Blueprint("control", __name__, url_prefix="/control")


@blueprint.post("/registrations")
def create_registration() -> tuple[Response, int]:
    """Register a tool, or answer the registration of that client_id."""
    lms = current()
    try:
        registration = registrations.create(lms, _body())
    except registrations.UnfitRegistrationError as error:
        raise ServiceRefusalError(400, str(error)) from error
    return jsonify(registrations.describe(lms, registration)), 201


@blueprint.get("/registrations")
def list_registrations() -> Response:
    """Answer every registration."""
    lms = current()
    return jsonify([registrations.describe(lms, each) for each in registrations.every(lms)])


@blueprint.get("/registrations/<client_id>")
def read_registration(client_id: str) -> Response:
    """Answer one registration."""
    return jsonify(registrations.describe(current(), _registration(client_id)))


@blueprint.patch("/registrations/<client_id>")
def change_registration(client_id: str) -> Response:
    """Take over what the tool says of itself."""
    lms = current()
    try:
        registration = registrations.change(lms, client_id, _body())
    except registrations.UnfitRegistrationError as error:
        raise ServiceRefusalError(400, str(error)) from error
    return jsonify(registrations.describe(lms, _found(registration, "registration")))


@blueprint.post("/launches")
def create_launch() -> Response:
    """Begin a launch for a visitor without a browser."""
    lms = current()
    body = _body()
    wish = body.get("misbehavior") or {}
    if not isinstance(wish, dict) or set(wish) - misbehavior.KNOWN:
        raise ServiceRefusalError(400, f"misbehavior knows {sorted(misbehavior.KNOWN)}")
    if wish.get("sign_with") not in misbehavior.SIGNERS:
        raise ServiceRefusalError(400, f"sign_with must be one of {misbehavior.SIGNERS[1:]}")
    link = lms.store.get("link", str(body["link_id"])) if body.get("link_id") else None
    try:
        login = launches.begin(
            lms,
            launches.Wish(
                registration=_registration(str(body.get("client_id"))),
                course=_course(str(body.get("course"))),
                user=str(body.get("user")),
                placement=str(body.get("placement", "course_navigation")),
                link=link,
                student=body.get("student"),
                masquerading_as=body.get("masquerading_as"),
                misbehavior=wish,
            ),
        )
    except BrowserRefusalError as error:
        raise ServiceRefusalError(400, error.fault) from error
    return jsonify(login_url=login.url, method="POST", fields=login.fields)


@blueprint.get("/courses/<course>/people")
def list_people(course: str) -> Response:
    """Answer who is enrolled, and what each is called in the registration's platform."""
    lms = current()
    registration = _registration(request.args.get("client_id", ""))
    members: Document = _course(course)["members"]
    return jsonify(
        [
            {**enrollment, "user": user, "name": who["name"], "sub": sub}
            for user, enrollment in members.items()
            if (who := people.person(lms, user))
            and (sub := people.subject(registration["profile"], who))
        ]
    )


@blueprint.patch("/courses/<course>/members/<user>")
def change_member(course: str, user: str) -> Response:
    """Enroll, move or remove a person."""
    lms = current()
    body = _body()
    _found(people.person(lms, user), "person")
    with lms.store.atomic():
        found = _course(course)
        sections = [section["id"] for section in found["sections"]]
        usual = {"role": "student", "status": "Active", "section": sections[0]}
        member = {**usual, **found["members"].get(user, {}), **body}
        if set(member) != set(usual) or member["section"] not in sections:
            raise ServiceRefusalError(400, "only role, status and a section of the course count")
        if member["role"] not in CONTEXT_ROLES:
            raise ServiceRefusalError(400, f"role must be one of {sorted(CONTEXT_ROLES)}")
        if member["status"] not in {"Active", "Inactive", "Deleted"}:
            raise ServiceRefusalError(400, "status must be Active, Inactive or Deleted")
        found["members"][user] = member
        lms.store.put("course", course, found)
    return jsonify(member)


@blueprint.get("/courses/<course>/links")
def list_links(course: str) -> Response:
    """Answer the course's resource links."""
    found = _course(course)
    return jsonify(gradebook.links(current(), found, request.args.get("client_id")))


@blueprint.get("/courses/<course>/gradebook")
def read_gradebook(course: str) -> Response:
    """Answer the tool's columns and every student's grades."""
    lms = current()
    found = _course(course)
    registration = _registration(request.args.get("client_id", ""))
    return jsonify(
        columns=gradebook.columns(lms, found, registration),
        students=gradebook.rows(lms, found, registration),
    )


@blueprint.get("/scores")
def list_scores() -> Response:
    """Answer every score ever posted, refused ones too."""
    asked = request.args.get("client_id")
    posts = scores.history(current())
    return jsonify([post for post in posts if asked in {None, post["client_id"]}])


@blueprint.get("/tokens")
def count_tokens() -> Response:
    """Answer how often tokens were asked for and given."""
    tally = traffic.counts(current())
    prefix = "tokens issued to "
    return jsonify(
        requests=tally.get("token", 0),
        issued=tally.get("tokens issued", 0),
        by_client={
            name.removeprefix(prefix): times
            for name, times in tally.items()
            if name.startswith(prefix)
        },
    )


@blueprint.get("/requests")
def count_requests() -> Response:
    """Answer how often each endpoint was called."""
    tally = traffic.counts(current())
    return jsonify({name: tally.get(name, 0) for name in sorted(set(traffic.NAMES.values()))})


@blueprint.post("/platforms/<profile>/rotate")
def rotate_keys(profile: str) -> Response:
    """Let the platform sign with its next key."""
    if profile not in PROFILES:
        raise ServiceRefusalError(404, "there is no such platform")
    return jsonify(kids=rotate(current(), profile, surprise=bool(_body().get("surprise"))))


@blueprint.post("/faults")
def create_fault() -> tuple[Response, int]:
    """Break an endpoint's next answers."""
    fault = {"times": 1, **_body()}
    wrong = traffic.check_fault(fault)
    if wrong:
        raise ServiceRefusalError(400, wrong)
    traffic.add_fault(current(), fault)
    return jsonify(fault), 201


@blueprint.get("/faults")
def list_faults() -> Response:
    """Answer the faults still to come."""
    return jsonify(traffic.faults(current()))


@blueprint.delete("/faults")
def delete_faults() -> Response:
    """Forget the faults still to come."""
    traffic.clear_faults(current())
    return make_response("", 204)


def _body() -> Document:
    body = request.get_json(force=True, silent=True)
    if body is None and not request.get_data():
        return {}
    if not isinstance(body, dict):
        raise ServiceRefusalError(400, "the body must be a JSON object")
    return body


def _found(document: Document | None, what: str) -> Document:
    if document is None:
        raise ServiceRefusalError(404, f"there is no such {what}")
    return document


def _registration(client_id: str) -> Document:
    return _found(registrations.find(current(), client_id), "registration")


def _course(name: str) -> Document:
    return _found(people.course(current(), name), "course")
