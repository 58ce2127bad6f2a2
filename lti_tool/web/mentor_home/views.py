"""The mentor's start page: the next meeting, what is missing, what was agreed."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from lti_tool.domain.permissions import Permission
from lti_tool.queries import mentor_home as queries
from lti_tool.web.auth import requires, the_actor, today
from lti_tool.web.context import now, tool

bp = Blueprint("mentor_home", __name__, template_folder="templates")

CHANNELS = {
    "in-person": "In person, at the school",
    "video": "Video call; the supervisor opens it",
    "phone": "Phone; the school calls you",
    "e-mail": "E-mail through the school",
}


@bp.get("/mentor")
@requires(Permission.view_mentor_home)
def index() -> ResponseReturnValue:
    """Show a mentor what comes next."""
    actor = the_actor()
    with tool().database.reading() as session:
        page = queries.page(
            session,
            actor.organization_id,
            actor.person_id,
            policy=actor.policy,
            on=today(),
            now=now(),
        )
    return render_template("mentor_home/index.html", page=page, channels=CHANNELS)
