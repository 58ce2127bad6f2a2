"""The student's page of an activity, and what to show when two tabs wrote at once."""

import base64
from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from config.keyring import Purpose
from lti_tool.domain.activities import ActivityKind
from lti_tool.domain.permissions import Permission
from lti_tool.domain.submissions import SubmissionStatus
from lti_tool.queries import activities, grading, submissions
from lti_tool.queries.activities import Activity
from lti_tool.queries.objectives import ObjectiveLine
from lti_tool.queries.sign_ins import Actor
from lti_tool.web.activities import starters
from lti_tool.web.activities.forms import SubmissionForm, submission_form
from lti_tool.web.context import tool

WORDS = {
    "kinds": starters.KIND_WORDS,
    "progress": starters.PROGRESS_WORDS,
    "status": starters.STATUS_WORDS,
    "status_ungraded": starters.STATUS_WORDS_UNGRADED,
}
CONFLICT = 409


def asked(session: Session, actor: Actor, activity: Activity) -> tuple[ObjectiveLine, ...] | None:
    """Return the objectives that a check-in asks about; nothing for the other kinds."""
    if activity.kind is not ActivityKind.objective_check_in:
        return None
    return submissions.objectives_of(
        session, actor.organization_id, actor.school_id, actor.person_id
    )


def task(
    actor: Actor,
    course_id: UUID,
    activity_id: UUID,
    *,
    form: SubmissionForm | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    """Show the task with the student's own work, or with a form that was just refused."""
    with tool().database.reading() as session:
        activity = activities.activity(session, actor.organization_id, course_id, activity_id)
        own = submissions.own_work(session, actor.organization_id, activity.id, actor.person_id)
        objectives = asked(session, actor, activity)
        shown = own.handed_in or own.newest
        progress = grading.progress_in_words(
            session, actor.organization_id, shown.progress if shown else {}
        )
        newest_progress = grading.progress_in_words(
            session, actor.organization_id, own.newest.progress if own.newest else {}
        )
    is_conflict = status == CONFLICT
    may_write = actor.may(Permission.do_activities) and (
        own.status is not SubmissionStatus.graded or form is not None
    )
    page = render_template(
        "activities/task.html",
        activity=activity,
        own=own,
        shown=shown,
        progress=progress,
        form=(form or submission_form(objectives, saved=own.newest)) if may_write else None,
        is_conflict=is_conflict,
        newest_progress=newest_progress,
        # Only who was shown the newer text may go on from it.
        version=own.version if form is None or is_conflict else form.work().version,
        draft_key=_draft_key(actor),
        words=WORDS,
    )
    return page, status


def conflict(actor: Actor, activity: Activity) -> str:
    """Return the part of the page that shows what another tab saved."""
    with tool().database.reading() as session:
        own = submissions.own_work(session, actor.organization_id, activity.id, actor.person_id)
        newest = own.newest
        progress = grading.progress_in_words(
            session, actor.organization_id, newest.progress if newest else {}
        )
    return render_template(
        "activities/conflict.html",
        newest=newest,
        progress=progress,
        version=own.version,
        words=WORDS,
    )


def _draft_key(actor: Actor) -> str:
    """Return the key of copies that stay in the browser: its author's alone (S7)."""
    holder = f"drafts/{actor.organization_id}/{actor.person_id}"
    return base64.b64encode(tool().keyring.digest(Purpose.links, holder)).decode()
