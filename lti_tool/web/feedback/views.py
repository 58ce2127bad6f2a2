"""Pages on which staff ask for feedback and read it, and the way to the form for those asked."""

from uuid import UUID

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.errors import DomainError, Obstacle
from lti_tool.domain.feedback import Audience
from lti_tool.domain.permissions import Permission
from lti_tool.queries import feedback as queries
from lti_tool.queries.feedback import FeedbackPage
from lti_tool.services import feedback as service
from lti_tool.web.auth import requires, the_actor
from lti_tool.web.context import now, tool
from lti_tool.web.elsewhere import open_elsewhere

bp = Blueprint("feedback", __name__, template_folder="templates")

READING = (Permission.view_feedback, Permission.manage_feedback)
AUDIENCES = {Audience.mentee: "Students", Audience.mentor: "Mentors"}


@bp.get("/feedback")
@requires(*READING, Permission.join_meetings)
def index() -> ResponseReturnValue:
    """Show staff the meetings that are over, and anybody else the forms that wait for them."""
    actor = the_actor()
    with tool().database.reading() as session:
        if any(actor.may(permission) for permission in READING):
            lines = queries.lines(session, actor)
            return render_template("feedback/index.html", lines=lines)
        wanted = queries.wanted_of(session, actor.organization_id, actor.person_id, now=now())
    return render_template("feedback/mine.html", wanted=wanted)


@bp.get("/feedback/<uuid:meeting_id>")
@requires(*READING)
def show(meeting_id: UUID) -> ResponseReturnValue:
    """Show what people said about a meeting, or offer to ask."""
    return _page(_read(meeting_id))


@bp.get("/feedback/<uuid:meeting_id>/state")
@requires(*READING)
def state(meeting_id: UUID) -> ResponseReturnValue:
    """Return the part of the page that changes while forms are being made and answers come."""
    page = _read(meeting_id)
    fragment = make_response(
        render_template("feedback/_state.html", page=page, audiences=AUDIENCES)
    )
    fragment.add_etag()
    return fragment.make_conditional(request)


@bp.post("/feedback/<uuid:meeting_id>/ask")
@requires(Permission.manage_feedback)
def ask(meeting_id: UUID) -> ResponseReturnValue:
    """Have the forms of a meeting made."""
    actor, page = the_actor(), _read(meeting_id)
    try:
        with tool().database.transaction() as session:
            service.ask(
                session,
                organization_id=actor.organization_id,
                meeting_id=meeting_id,
                actor_id=actor.person_id,
                now=now(),
            )
    except DomainError as error:
        return _page(page, error.obstacles), 422
    return redirect(url_for("feedback.show", meeting_id=meeting_id, said="feedback-asked"), 303)


@bp.post("/feedback/forms/<uuid:form_id>")
@requires(Permission.join_meetings)
def give(form_id: UUID) -> ResponseReturnValue:
    """Send somebody who was in the meeting to their form; the showing is logged."""
    actor = the_actor()
    with tool().database.transaction() as session:
        url = service.give(
            session,
            organization_id=actor.organization_id,
            form_id=form_id,
            person_id=actor.person_id,
            now=now(),
        )
    return open_elsewhere(url)


def _read(meeting_id: UUID) -> FeedbackPage:
    with tool().database.reading() as session:
        return queries.page(session, the_actor(), meeting_id)


def _page(page: FeedbackPage, obstacles: tuple[Obstacle, ...] = ()) -> str:
    return render_template(
        "feedback/show.html", page=page, obstacles=obstacles, audiences=AUDIENCES
    )
