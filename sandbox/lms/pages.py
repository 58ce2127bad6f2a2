"""The pages that people see: who are you, the course, the tool in its frame, the gradebook."""

from urllib.parse import urlencode, urlsplit

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sandbox.lms import gradebook, launches, people, registrations, visitors
from sandbox.lms.platform import Lms, current
from sandbox.lms.profiles import PROFILES
from sandbox.lms.refusals import BrowserRefusalError
from sandbox.lms.seed import SCHOOL
from sandbox.store import Document

blueprint = Blueprint("pages", __name__)


@blueprint.app_context_processor
def _school() -> Document:
    return {"school": SCHOOL}


@blueprint.app_template_filter("points")
def points(value: float) -> str:
    """Write a score as people do: no more decimals than it has, and two at most."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


@blueprint.get("/")
def home() -> str:
    """Ask who sits at the browser and which course to open."""
    lms = current()
    everyone = lms.store.all("person").values()
    return render_template(
        "home.html",
        staff=[who for who in everyone if who["role"] != "student"],
        students=[who for who in everyone if who["role"] == "student"],
        courses=list(lms.store.all("course").values()),
        tools=_tools(lms),
        known=visitors.visit(lms),
    )


@blueprint.post("/sign-in")
def sign_in() -> Response:
    """Remember who sits at the browser, and open the course."""
    lms = current()
    user, course = request.form.get("user", ""), request.form.get("course", "")
    if people.person(lms, user) is None or people.course(lms, course) is None:
        raise BrowserRefusalError("choose a person and a course")
    known = {"user": user, "registration": request.form.get("registration") or None}
    return visitors.remember(lms, redirect(url_for("pages.course", name=course)), known)


@blueprint.get("/courses/<name>")
def course(name: str) -> Response | str:
    """Show the course: what is in it, and the ways into the tool."""
    lms = current()
    turned = _turned(lms)
    if turned:
        return turned
    place = _place(lms, name)
    registration = place["registration"]
    links = gradebook.links(lms, place["course"], registration["client_id"]) if registration else []
    grades = _own_grades(lms, place) if place["enrollment"]["role"] == "student" else {}
    return render_template(
        "course.html", **place, links=links, grades=grades, others=_others(lms, place)
    )


@blueprint.get("/courses/<name>/open")
def open_tool(name: str) -> Response | str:
    """Show the tool in its frame, and send the login there."""
    lms = current()
    turned = _turned(lms)
    if turned:
        return turned
    place = _place(lms, name)
    registration = place["registration"]
    if registration is None:
        raise BrowserRefusalError("no tool is installed in this course")
    link = lms.store.get("link", request.args.get("link_id", ""))
    login = launches.begin(
        lms,
        launches.Wish(
            registration=registration,
            course=place["course"],
            user=place["user"]["user"],
            placement=request.args.get("placement", "course_navigation"),
            link=link,
            student=request.args.get("student"),
            masquerading_as=request.args.get("acting_as"),
            from_page=True,
        ),
    )
    return render_template(
        "launch.html",
        **place,
        login=login,
        title=link["title"] if link else registration["name"],
        permissions=PROFILES[registration["profile"]].frame_permissions,
        storage_address=_storage_address(lms, registration),
        origins=_tool_origins(registration),
    )


@blueprint.get("/courses/<name>/gradebook")
def grades(name: str) -> Response | str:
    """Show the grades: all of them to staff, a student's own to the student."""
    lms = current()
    turned = _turned(lms)
    if turned:
        return turned
    place = _place(lms, name)
    registration = place["registration"]
    columns = gradebook.columns(lms, place["course"], registration) if registration else []
    rows = gradebook.rows(lms, place["course"], registration) if registration else []
    if not people.is_staff(place["enrollment"]):
        rows = [row for row in rows if row["user"] == place["user"]["user"]]
    return render_template("gradebook.html", **place, columns=columns, rows=rows)


@blueprint.get("/storage/<client_id>")
def storage(client_id: str) -> str:
    """Serve the hidden frame that keeps small values for the tool."""
    registration = registrations.find(current(), client_id)
    if registration is None:
        raise BrowserRefusalError("this registration is unknown")
    return render_template(
        "storage.html",
        origins=_tool_origins(registration),
        silent=registration["storage"] == "silent",
    )


def _turned(lms: Lms) -> Response | None:
    """Follow `?as=` and `?registration=`: remember them, and drop them from the address."""
    asked = {"user": request.args.get("as"), "registration": request.args.get("registration")}
    wanted = {name: value for name, value in asked.items() if value}
    if not wanted:
        return None
    if "user" in wanted and people.person(lms, wanted["user"]) is None:
        raise BrowserRefusalError("nobody here has that name")
    kept = {
        name: value for name, value in request.args.items() if name not in {"as", "registration"}
    }
    address = f"{request.path}?{urlencode(kept)}" if kept else request.path
    return visitors.remember(lms, redirect(address), {**visitors.visit(lms), **wanted})


def _place(lms: Lms, name: str) -> Document:
    """Return who is where, and with which tool: what every page of a course needs."""
    found = people.course(lms, name)
    who = people.person(lms, visitors.signed_in(lms) or "")
    if found is None:
        raise BrowserRefusalError("there is no such course")
    if who is None:
        raise BrowserRefusalError("nobody is signed in; start at the first page")
    enrollment = people.membership(found, who["user"])
    if enrollment is None:
        raise BrowserRefusalError(f"{who['called']} is not in this course")
    return {
        "course": found,
        "user": who,
        "enrollment": enrollment,
        "staff": people.is_staff(enrollment),
        "registration": _chosen_tool(lms),
    }


def _others(lms: Lms, place: Document) -> list[Document]:
    """Return whom an administrator may act as: everybody else in the course."""
    if place["enrollment"]["role"] != "administrator":
        return []
    members: Document = place["course"]["members"]
    return [
        who
        for user in members
        if people.membership(place["course"], user) and user != place["user"]["user"]
        if (who := people.person(lms, user))
    ]


def _tools(lms: Lms) -> list[Document]:
    return [each for each in registrations.every(lms) if registrations.launchable(each)]


def _chosen_tool(lms: Lms) -> Document | None:
    tools = _tools(lms)
    wanted = visitors.visit(lms).get("registration")
    return next(
        (each for each in tools if each["client_id"] == wanted), tools[0] if tools else None
    )


def _own_grades(lms: Lms, place: Document) -> Document:
    """Return the student's own cell for each link that has a grade."""
    registration, user = place["registration"], place["user"]["user"]
    rows = gradebook.rows(lms, place["course"], registration) if registration else []
    own: Document = next((row["scores"] for row in rows if row["user"] == user), {})
    return own


def _tool_origins(registration: Document) -> list[str]:
    tool = registration["tool"]
    addresses = [*tool["redirect_uris"], tool.get("target_link_uri") or ""]
    parts = [urlsplit(address) for address in addresses if address]
    return sorted({f"{part.scheme}://{part.netloc}" for part in parts})


def _storage_address(lms: Lms, registration: Document) -> str | None:
    if registration["storage"] == "absent":
        return None
    path = url_for("pages.storage", client_id=registration["client_id"])
    if registration["storage"] == "wrong-origin":
        return f"{lms.url.replace('127.0.0.1', 'localhost')}{path}"
    return path
