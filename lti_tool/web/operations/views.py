"""The page on which administrators see what is stuck and try it again."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from lti_tool.domain.errors import DomainError, Obstacle
from lti_tool.domain.permissions import Permission
from lti_tool.queries import operations as queries
from lti_tool.services import operations as service
from lti_tool.web.auth import requires, the_actor
from lti_tool.web.context import now, tool
from lti_tool.web.operations.topics import task_name

bp = Blueprint("operations", __name__, template_folder="templates")


class ApproveForm(FlaskForm):
    """The id by which the LMS knows an installation."""

    deployment_id = StringField(
        "Deployment id",
        [InputRequired("Copy the deployment id from the LMS."), Length(max=255)],
        description="You find it in the LMS, where the tool was installed.",
    )


@bp.get("/operations")
@requires(Permission.view_operations)
def index() -> ResponseReturnValue:
    """Show connections, what is stuck and what waits."""
    return _page(ApproveForm())


@bp.post("/operations/promises/<uuid:promise_id>/retry")
@requires(Permission.retry_promises)
def retry(promise_id: UUID) -> ResponseReturnValue:
    """Try something again that had been given up."""
    actor = the_actor()
    with tool().database.transaction() as session:
        service.retry(
            session,
            organization_id=actor.organization_id,
            promise_id=promise_id,
            actor_id=actor.person_id,
            now=now(),
        )
    return redirect(url_for("operations.index", said="promise-retried"), 303)


@bp.post("/operations/deployments")
@requires(Permission.approve_deployments)
def approve() -> ResponseReturnValue:
    """Approve an installation that waits, for the administrator's own school."""
    actor, form = the_actor(), ApproveForm()
    if not form.validate_on_submit():
        return _page(form), 422
    try:
        with tool().database.transaction() as session:
            service.approve(
                session,
                organization_id=actor.organization_id,
                organization_name=actor.organization_name,
                school_id=actor.school_id,
                time_zone=actor.time_zone,
                lti_deployment_id=(form.deployment_id.data or "").strip(),
                actor_id=actor.person_id,
                now=now(),
            )
    except DomainError as error:
        return _page(form, error.obstacles), 422
    return redirect(url_for("operations.index", said="deployment-approved"), 303)


def _page(form: ApproveForm, obstacles: tuple[Obstacle, ...] = ()) -> str:
    actor = the_actor()
    with tool().database.reading() as session:
        page = queries.page(session, actor.organization_id)
    return render_template(
        "operations/index.html",
        page=page,
        form=form,
        obstacles=obstacles,
        task_name=task_name,
        may_retry=actor.may(Permission.retry_promises),
        may_approve=actor.may(Permission.approve_deployments),
    )
