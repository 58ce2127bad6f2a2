"""The start page by role, and settling what it tells staff."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.activities import Progress
from lti_tool.domain.permissions import Permission
from lti_tool.queries import feedback
from lti_tool.queries import home as queries
from lti_tool.queries.home import Place
from lti_tool.queries.sign_ins import Actor
from lti_tool.services import messages
from lti_tool.web.assets import has_endpoint
from lti_tool.web.auth import requires, signed_in, the_actor, today
from lti_tool.web.context import now, tool
from lti_tool.web.home.sentences import sentence

bp = Blueprint("home", __name__, template_folder="templates")

PROGRESS = {
    Progress.not_started: (0, "Not started"),
    Progress.started: (1, "Started"),
    Progress.halfway: (2, "Halfway there"),
    Progress.nearly: (3, "Nearly there"),
    Progress.reached: (4, "Reached"),
}


@bp.get("/")
@signed_in
def index() -> ResponseReturnValue:
    """Show what needs this person now."""
    actor = the_actor()
    if actor.may(Permission.view_course_home):
        return _staff_page(actor)
    if actor.may(Permission.view_student_home):
        return _student_page(actor)
    if actor.may(Permission.view_mentor_home) and has_endpoint("mentor_home.index"):
        return redirect(url_for("mentor_home.index"), 303)
    if actor.may(Permission.supervise_meetings):
        return _supervisor_page(actor)
    if actor.may(Permission.view_operations) and has_endpoint("operations.index"):
        return redirect(url_for("operations.index"), 303)
    return render_template("home/observer.html")


@bp.post("/notices/<uuid:notice_id>/settle")
@requires(Permission.set_up_program)
def settle(notice_id: UUID) -> ResponseReturnValue:
    """Note that somebody has seen to a notice."""
    actor = the_actor()
    with tool().database.transaction() as session:
        messages.settle(
            session,
            organization_id=actor.organization_id,
            school_id=actor.school_id,
            notice_id=notice_id,
            actor_id=actor.person_id,
            now=now(),
        )
    return redirect(url_for("home.index", said="notice-settled"), 303)


def _staff_page(actor: Actor) -> str:
    with tool().database.reading() as session:
        page = queries.for_staff(session, _place(actor), on=today())
    return render_template(
        "home/staff.html",
        page=page,
        notices=[(notice, sentence(notice)) for notice in page.notices],
    )


def _student_page(actor: Actor) -> str:
    with tool().database.reading() as session:
        page = queries.for_student(session, _place(actor), now=now())
        forms = feedback.wanted_of(session, actor.organization_id, actor.person_id, now=now())
    wanted = tuple(form for form in forms if not form.is_given)
    return render_template("home/student.html", page=page, progress=PROGRESS, wanted=wanted)


def _supervisor_page(actor: Actor) -> str:
    with tool().database.reading() as session:
        meetings = queries.meetings_today(session, _place(actor), on=today(), is_only_own=True)
    return render_template("home/supervisor.html", meetings=meetings)


def _place(actor: Actor) -> Place:
    return Place(
        organization_id=actor.organization_id,
        school_id=actor.school_id,
        course_id=actor.course_id,
        person_id=actor.person_id,
        zone=actor.time_zone,
    )
