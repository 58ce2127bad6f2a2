"""Pages of grading."""

from uuid import UUID

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.errors import DomainError, Obstacle
from lti_tool.domain.permissions import Permission
from lti_tool.queries import grading
from lti_tool.queries.errors import ChangedMeanwhileError
from lti_tool.queries.grading import WorkToGrade
from lti_tool.queries.sign_ins import Actor
from lti_tool.services import grading as deciding
from lti_tool.services.grading import Place
from lti_tool.web.activities.pages import WORDS
from lti_tool.web.activities.views import course_of
from lti_tool.web.auth import requires, the_actor
from lti_tool.web.context import now, tool
from lti_tool.web.grading.forms import GradeForm, grade_form

bp = Blueprint("grading", __name__, url_prefix="/grading", template_folder="templates")

NEXT, RETURN = "next", "return"
CONFLICT = 409


@bp.get("")
@requires(Permission.grade_submissions)
def queue() -> ResponseReturnValue:
    """List what waits to be read, the oldest first."""
    actor = the_actor()
    with tool().database.reading() as session:
        lines = grading.waiting(session, actor.organization_id, course_of(actor))
    return render_template("grading/queue.html", lines=lines, words=WORDS)


@bp.get("/<uuid:submission_id>")
@requires(Permission.grade_submissions)
def show(submission_id: UUID) -> ResponseReturnValue:
    """Show one student's work with the form to grade it."""
    work = _work(the_actor(), submission_id)
    return _page(work, grade_form(work))


@bp.post("/<uuid:submission_id>")
@requires(Permission.grade_submissions)
def grade(submission_id: UUID) -> ResponseReturnValue:
    """Grade the work or return it; then stay, or go on to the next."""
    actor = the_actor()
    work = _work(actor, submission_id)
    then = request.form.get("then", "")
    form = grade_form(work, returns=then == RETURN)
    if not form.validate_on_submit():
        return _page(work, form, status=422)
    decide = deciding.hand_back if then == RETURN else deciding.grade
    try:
        with tool().database.transaction() as session:
            decide(
                session,
                form.grade(),
                place=_place(actor),
                submission_id=submission_id,
                now=now(),
            )
    except ChangedMeanwhileError:
        newer = _work(actor, submission_id)
        form.go_on_from(newer)
        return _page(newer, form, status=CONFLICT)
    except DomainError as refusal:
        return _page(work, form, status=422, obstacles=refusal.obstacles)
    return redirect(_onward(actor, work, then), 303)


@bp.get("/<uuid:submission_id>/delivery")
@requires(Permission.grade_submissions)
def delivery(submission_id: UUID) -> ResponseReturnValue:
    """Say how far the grade has come: a part of the page that is asked for again and again."""
    actor = the_actor()
    with tool().database.reading() as session:
        found = grading.delivery(session, actor.organization_id, course_of(actor), submission_id)
    part = render_template("grading/delivery.html", delivery=found, submission_id=submission_id)
    response = make_response(part)
    response.add_etag()
    return response.make_conditional(request)


@bp.post("/<uuid:submission_id>/send")
@requires(Permission.grade_submissions)
def send(submission_id: UUID) -> ResponseReturnValue:
    """Try again to bring the grade to the gradebook."""
    actor = the_actor()
    with tool().database.transaction() as session:
        deciding.send_score(session, place=_place(actor), submission_id=submission_id, now=now())
    address = url_for("grading.show", submission_id=submission_id, said="promise-retried")
    return redirect(address, 303)


def _place(actor: Actor) -> Place:
    return Place(
        organization_id=actor.organization_id,
        course_id=course_of(actor),
        teacher_id=actor.person_id,
    )


def _work(actor: Actor, submission_id: UUID) -> WorkToGrade:
    with tool().database.reading() as session:
        return grading.work_to_grade(
            session, actor.organization_id, course_of(actor), submission_id
        )


def _page(
    work: WorkToGrade,
    form: GradeForm,
    *,
    status: int = 200,
    obstacles: tuple[Obstacle, ...] = (),
) -> ResponseReturnValue:
    actor = the_actor()
    with tool().database.reading() as session:
        found = grading.delivery(
            session, actor.organization_id, course_of(actor), work.submission_id
        )
        waiting = grading.waiting_count(session, actor.organization_id, course_of(actor))
    page = render_template(
        "grading/show.html",
        work=work,
        form=form,
        obstacles=obstacles,
        is_conflict=status == CONFLICT,
        delivery=found,
        submission_id=work.submission_id,
        waiting=waiting - (work.status == "submitted" and not work.is_test),
        words=WORDS,
    )
    return page, status


def _onward(actor: Actor, work: WorkToGrade, then: str) -> str:
    said = "returned" if then == RETURN else "graded" if work.points_max else "saved"
    if then != NEXT:
        return url_for("grading.show", submission_id=work.submission_id, said=said)
    with tool().database.reading() as session:
        following = grading.next_waiting(
            session, actor.organization_id, course_of(actor), other_than=work.submission_id
        )
    if following is None:
        return url_for("grading.queue", said=said)
    return url_for("grading.show", submission_id=following, said=said)
