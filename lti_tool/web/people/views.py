"""The page of the course roster: who is in the course, and where its sync stands."""

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.permissions import Permission
from lti_tool.domain.roles import CourseRole
from lti_tool.queries import roster as queries
from lti_tool.services import roster
from lti_tool.web.auth import requires, the_actor
from lti_tool.web.context import current_actor, now, tool

bp = Blueprint("people", __name__, template_folder="templates")

ROLES = {
    CourseRole.teacher: "Teacher",
    CourseRole.teaching_assistant: "Teaching assistant",
    CourseRole.student: "Student",
    CourseRole.observer: "Observer",
    CourseRole.other: "Other",
}


@bp.app_context_processor
def permissions_for_templates() -> dict[str, Any]:
    """Let templates leave out links that would lead to a refusal."""
    actor = current_actor()
    return {"may": lambda word: actor is not None and actor.may(Permission(word))}


@bp.get("/people", endpoint="roster")
@requires(Permission.view_course_roster)
def roster_index() -> ResponseReturnValue:
    """Show who is in the course."""
    actor = the_actor()
    if actor.course_id is None:
        return render_template("people/open_course.html")
    with tool().database.reading() as session:
        page = queries.page(session, actor.organization_id, actor.course_id)
    may_decide = actor.may(Permission.set_up_program)
    return render_template("people/roster.html", page=page, roles=ROLES, may_decide=may_decide)


@bp.get("/people/sync")
@requires(Permission.view_course_roster)
def sync_state() -> ResponseReturnValue:
    """Answer the poll of the roster page with where the sync stands."""
    actor = the_actor()
    with tool().database.reading() as session:
        state = queries.sync_state(session, actor.organization_id, _course_id())
    response = make_response(render_template("people/_sync.html", sync=state, is_news=True))
    response.add_etag()
    return response.make_conditional(request)


@bp.post("/people/sync")
@requires(Permission.set_up_program)
def sync_now() -> ResponseReturnValue:
    """Ask the LMS for the roster now."""
    actor = the_actor()
    with tool().database.transaction() as session:
        roster.fetch_now(
            session,
            organization_id=actor.organization_id,
            course_id=_course_id(),
            by=actor.person_id,
            now=now(),
        )
    return redirect(url_for("people.roster", said="roster-asked"), 303)


@bp.post("/people/held/accept")
@requires(Permission.set_up_program)
def accept() -> ResponseReturnValue:
    """Confirm that the people who are missing have left the course."""
    actor = the_actor()
    with tool().database.transaction() as session:
        roster.accept_held_roster(
            session,
            organization_id=actor.organization_id,
            course_id=_course_id(),
            by=actor.person_id,
            now=now(),
        )
    return redirect(url_for("people.roster", said="saved"), 303)


@bp.post("/people/held/dismiss")
@requires(Permission.set_up_program)
def dismiss() -> ResponseReturnValue:
    """Say that the LMS was wrong: nobody has left."""
    actor = the_actor()
    with tool().database.transaction() as session:
        roster.dismiss_held_roster(
            session,
            organization_id=actor.organization_id,
            course_id=_course_id(),
            by=actor.person_id,
            now=now(),
        )
    return redirect(url_for("people.roster", said="saved"), 303)


def _course_id() -> UUID:
    course_id = the_actor().course_id
    if course_id is None:
        abort(404)
    return course_id
