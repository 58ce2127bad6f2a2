"""Pages of activities."""

from uuid import UUID

from flask import Blueprint, abort, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.permissions import Permission
from lti_tool.domain.submissions import SubmissionStatus
from lti_tool.queries import activities, grading, submissions
from lti_tool.queries.activities import Activity
from lti_tool.queries.errors import ChangedMeanwhileError
from lti_tool.queries.sign_ins import Actor
from lti_tool.services import activities as placing
from lti_tool.services import submissions as handing_in
from lti_tool.services.submissions import Author
from lti_tool.web.activities import pages
from lti_tool.web.activities.forms import ChooseForm, choose_form, submission_form
from lti_tool.web.activities.starters import KIND_WORDS, STARTERS
from lti_tool.web.auth import requires, the_actor
from lti_tool.web.context import now, tool
from lti_tool.web.formats import local_clock
from lti_tool.web.launch.deep_linking import (
    Choice,
    ChosenActivity,
    NothingToReturnToError,
    choice,
    return_page,
)

bp = Blueprint("activities", __name__, url_prefix="/activities", template_folder="templates")

READS = (Permission.grade_submissions, Permission.view_course_home)
DOES = (Permission.do_activities, Permission.view_student_home)


@bp.get("")
@requires(*READS, *DOES)
def index() -> ResponseReturnValue:
    """Show the activities of the course: all of them to staff, one's own state to a student."""
    actor = the_actor()
    if actor.course_id is None:
        return render_template("activities/no_course.html")
    course_id = actor.course_id
    with tool().database.reading() as session:
        if not _reads(actor):
            own = activities.for_student(session, actor.organization_id, course_id, actor.person_id)
            return render_template("activities/own.html", lines=own, words=pages.WORDS)
        lines = activities.for_teacher(session, actor.organization_id, course_id)
        waiting = grading.waiting_count(session, actor.organization_id, course_id)
    return render_template(
        "activities/index.html",
        lines=lines,
        waiting=waiting if actor.may(Permission.grade_submissions) else 0,
        may_add=actor.may(Permission.add_activities),
        words=pages.WORDS,
    )


@bp.get("/choose")
@requires(Permission.add_activities)
def choose() -> ResponseReturnValue:
    """Let the teacher choose what to add to the course."""
    actor = the_actor()
    offered = choice(actor)
    if offered is None:
        return render_template("activities/how_to_add.html")
    return _choose_page(_choose_form(actor, offered), offered)


@bp.post("/choose")
@requires(Permission.add_activities)
def add() -> ResponseReturnValue:
    """Define what was chosen and bring it back to the course."""
    actor = the_actor()
    offered = choice(actor)
    if offered is None:
        return render_template("activities/how_to_add.html"), 422
    form = _choose_form(actor, offered)
    if not form.validate_on_submit():
        return _choose_page(form, offered, status=422)
    course_id = course_of(actor)
    with tool().database.transaction() as session:
        ids = [
            placing.place(
                session,
                new,
                organization_id=actor.organization_id,
                course_id=course_id,
                teacher_id=actor.person_id,
                now=now(),
            )
            for new in form.new_activities()
        ]
        chosen = [
            activities.activity(session, actor.organization_id, course_id, each)
            for each in (*ids, *form.known_ids())
        ]
    try:
        return return_page(actor, [_to_return(each) for each in chosen])
    except NothingToReturnToError:
        return render_template("activities/how_to_add.html"), 422


@bp.get("/<uuid:activity_id>")
@requires(*READS, *DOES)
def show(activity_id: UUID) -> ResponseReturnValue:
    """Show an activity: the task to a student, what came in to staff."""
    actor = the_actor()
    if not _reads(actor):
        return pages.task(actor, course_of(actor), activity_id)
    with tool().database.reading() as session:
        activity = activities.activity(
            session, actor.organization_id, course_of(actor), activity_id
        )
        lines = submissions.of_activity(
            session, actor.organization_id, activity.course_id, activity.id
        )
    return render_template(
        "activities/students.html",
        activity=activity,
        lines=lines,
        handed_in=sum(
            line.status in {SubmissionStatus.submitted, SubmissionStatus.graded}
            for line in lines
            if not line.is_test
        ),
        students=sum(not line.is_test for line in lines),
        may_grade=actor.may(Permission.grade_submissions),
        words=pages.WORDS,
    )


@bp.post("/<uuid:activity_id>")
@requires(Permission.do_activities)
def hand_in(activity_id: UUID) -> ResponseReturnValue:
    """Hand the work in; what another tab saved meanwhile is shown beside it."""
    actor = the_actor()
    with tool().database.reading() as session:
        activity = activities.activity(
            session, actor.organization_id, course_of(actor), activity_id
        )
        form = submission_form(pages.asked(session, actor, activity))
    if not form.validate_on_submit():
        return pages.task(actor, activity.course_id, activity.id, form=form, status=422)
    try:
        with tool().database.transaction() as session:
            handing_in.hand_in(
                session, form.work(), author=_author(actor), activity_id=activity.id, now=now()
            )
    except ChangedMeanwhileError:
        return pages.task(actor, activity.course_id, activity.id, form=form, status=409)
    return redirect(url_for("activities.show", activity_id=activity.id, said="submitted"), 303)


@bp.post("/<uuid:activity_id>/draft")
@requires(Permission.do_activities)
def draft(activity_id: UUID) -> ResponseReturnValue:
    """Save the draft of a page that is open, and say under which version."""
    actor = the_actor()
    with tool().database.reading() as session:
        activity = activities.activity(
            session, actor.organization_id, course_of(actor), activity_id
        )
        form = submission_form(pages.asked(session, actor, activity))
    try:
        with tool().database.transaction() as session:
            saved = handing_in.save_draft(
                session, form.work(), author=_author(actor), activity_id=activity.id, now=now()
            )
    except ChangedMeanwhileError:
        return pages.conflict(actor, activity), 409
    return jsonify(
        version=saved.version, at=local_clock(now()), saved_at=now().isoformat(timespec="seconds")
    )


def course_of(actor: Actor) -> UUID:
    """Return the actor's course; activities are nowhere else."""
    if actor.course_id is None:
        abort(404)
    return actor.course_id


def _reads(actor: Actor) -> bool:
    return any(actor.may(permission) for permission in READS)


def _author(actor: Actor) -> Author:
    return Author(
        organization_id=actor.organization_id,
        school_id=actor.school_id,
        course_id=course_of(actor),
        person_id=actor.person_id,
        resource_link_id=actor.resource_link_id,
    )


def _choose_form(actor: Actor, offered: Choice) -> ChooseForm:
    with tool().database.reading() as session:
        lines = activities.for_teacher(session, actor.organization_id, course_of(actor))
    return choose_form([line.activity for line in lines], accepts_several=offered.accepts_several)


def _choose_page(form: ChooseForm, offered: Choice, *, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "activities/choose.html",
        form=form,
        offered=offered,
        starters=STARTERS,
        kind_words=KIND_WORDS,
    )
    return page, status


def _to_return(activity: Activity) -> ChosenActivity:
    return ChosenActivity(
        activity_id=activity.id,
        title=activity.title,
        points=activity.points,
        tag=activity.kind,
    )
