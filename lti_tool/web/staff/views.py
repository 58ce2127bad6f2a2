"""Pages on which the coordinator confirms who may supervise."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.errors import DomainError, Obstacle
from lti_tool.domain.permissions import Permission
from lti_tool.queries import staff as staff_queries
from lti_tool.queries.staff import Candidate, StaffLine
from lti_tool.services import staff as service
from lti_tool.web.auth import requires, the_actor
from lti_tool.web.context import now, tool
from lti_tool.web.staff.forms import ROLES, OutsiderForm, StaffForm

bp = Blueprint("staff", __name__, template_folder="templates")


@bp.get("/staff")
@requires(Permission.manage_roster)
def index() -> ResponseReturnValue:
    """Show who may supervise, and who could be confirmed."""
    actor = the_actor()
    with tool().database.reading() as session:
        page = staff_queries.page(session, actor.organization_id, actor.school_id)
    return render_template("staff/index.html", page=page, roles=ROLES)


@bp.get("/staff/add")
@requires(Permission.manage_roster)
def add() -> ResponseReturnValue:
    """Show the form that adds somebody who is in no course."""
    return render_template("staff/add.html", form=OutsiderForm(), obstacles=())


@bp.post("/staff/add")
@requires(Permission.manage_roster)
def save_new() -> ResponseReturnValue:
    """Put somebody on the roster who is in no course."""
    actor = the_actor()
    form = OutsiderForm()
    if not form.validate_on_submit():
        return render_template("staff/add.html", form=form, obstacles=()), 422
    try:
        with tool().database.transaction() as session:
            service.confirm_outsider(
                session,
                form.line(),
                organization_id=actor.organization_id,
                school_id=actor.school_id,
                actor_id=actor.person_id,
                now=now(),
            )
    except DomainError as error:
        return render_template("staff/add.html", form=form, obstacles=error.obstacles), 422
    return redirect(url_for("staff.index", said="staff-added"), 303)


@bp.get("/staff/<uuid:person_id>")
@requires(Permission.manage_roster)
def confirm(person_id: UUID) -> ResponseReturnValue:
    """Show the form that confirms a member of staff, or changes the line."""
    person = _person(person_id)
    form = StaffForm()
    if isinstance(person, StaffLine):
        form.staff_role.data = person.staff_role.value
        form.google_address.data = person.google_address
        form.google_user.data = person.google_user
    return _page(person, form)


@bp.post("/staff/<uuid:person_id>")
@requires(Permission.manage_roster)
def save(person_id: UUID) -> ResponseReturnValue:
    """Confirm a member of staff."""
    actor = the_actor()
    form = StaffForm()
    if not form.validate_on_submit():
        return _page(_person(person_id), form), 422
    try:
        with tool().database.transaction() as session:
            service.confirm(
                session,
                form.line(),
                person_id=person_id,
                organization_id=actor.organization_id,
                school_id=actor.school_id,
                actor_id=actor.person_id,
                now=now(),
            )
    except DomainError as error:
        return _page(_person(person_id), form, error.obstacles), 422
    return redirect(url_for("staff.index", said="staff-added"), 303)


@bp.post("/staff/<uuid:person_id>/remove")
@requires(Permission.manage_roster)
def remove(person_id: UUID) -> ResponseReturnValue:
    """Take somebody off the roster."""
    actor = the_actor()
    with tool().database.transaction() as session:
        service.remove(
            session,
            person_id=person_id,
            organization_id=actor.organization_id,
            school_id=actor.school_id,
            actor_id=actor.person_id,
            now=now(),
        )
    return redirect(url_for("staff.index", said="staff-removed"), 303)


def _person(person_id: UUID) -> StaffLine | Candidate:
    actor = the_actor()
    with tool().database.reading() as session:
        return staff_queries.person(session, actor.organization_id, actor.school_id, person_id)


def _page(
    person: StaffLine | Candidate, form: StaffForm, obstacles: tuple[Obstacle, ...] = ()
) -> str:
    return render_template(
        "staff/confirm.html",
        person=person,
        is_on_roster=isinstance(person, StaffLine),
        form=form,
        obstacles=obstacles,
    )
