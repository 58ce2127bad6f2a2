"""Pages on which coordinators see and add mentors."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.errors import DomainError
from lti_tool.domain.permissions import Permission
from lti_tool.queries import mentors as queries
from lti_tool.queries.mentors import MentorPage
from lti_tool.services import mentors as service
from lti_tool.web.auth import requires, the_actor, today
from lti_tool.web.context import now, tool
from lti_tool.web.mentors.forms import DetailsForm, MentorForm

bp = Blueprint("mentors", __name__, template_folder="templates")


@bp.get("/mentors")
@requires(Permission.manage_mentors)
def index() -> ResponseReturnValue:
    """Show the mentors of the school and what each still lacks."""
    actor = the_actor()
    with tool().database.reading() as session:
        mentors = queries.of_school(
            session,
            actor.organization_id,
            actor.school_id,
            on=today(),
            policy=actor.policy,
        )
    return render_template("mentors/index.html", mentors=mentors)


@bp.get("/mentors/add")
@requires(Permission.manage_mentors)
def add() -> ResponseReturnValue:
    """Show the form that adds a mentor."""
    return render_template("mentors/add.html", form=MentorForm(), obstacles=())


@bp.post("/mentors/add")
@requires(Permission.manage_mentors)
def save_new() -> ResponseReturnValue:
    """Add a mentor."""
    actor = the_actor()
    form = MentorForm()
    if not form.validate_on_submit():
        return render_template("mentors/add.html", form=form, obstacles=()), 422
    try:
        with tool().database.transaction() as session:
            person_id = service.add(
                session,
                form.details(),
                e_mail=str(form.e_mail.data),
                organization_id=actor.organization_id,
                school_id=actor.school_id,
                actor_id=actor.person_id,
                now=now(),
            )
    except DomainError as error:
        return render_template("mentors/add.html", form=form, obstacles=error.obstacles), 422
    return redirect(url_for("mentors.show", person_id=person_id, said="mentor-added"), 303)


@bp.get("/mentors/<uuid:person_id>")
@requires(Permission.manage_mentors)
def show(person_id: UUID) -> ResponseReturnValue:
    """Show one mentor's gate as a list of steps."""
    return render_template("mentors/show.html", mentor=mentor_page(person_id))


@bp.get("/mentors/<uuid:person_id>/edit")
@requires(Permission.manage_mentors)
def edit(person_id: UUID) -> ResponseReturnValue:
    """Show the form that changes a mentor's details."""
    mentor = mentor_page(person_id)
    form = DetailsForm().fill(mentor)
    return render_template("mentors/edit.html", mentor=mentor, form=form, obstacles=())


@bp.post("/mentors/<uuid:person_id>/edit")
@requires(Permission.manage_mentors)
def save(person_id: UUID) -> ResponseReturnValue:
    """Change a mentor's details."""
    actor = the_actor()
    form = DetailsForm()
    if not form.validate_on_submit():
        mentor = mentor_page(person_id)
        return render_template("mentors/edit.html", mentor=mentor, form=form, obstacles=()), 422
    try:
        with tool().database.transaction() as session:
            service.change(
                session,
                form.details(),
                organization_id=actor.organization_id,
                school_id=actor.school_id,
                person_id=person_id,
                actor_id=actor.person_id,
                now=now(),
            )
    except DomainError as error:
        page = render_template(
            "mentors/edit.html",
            mentor=mentor_page(person_id),
            form=form,
            obstacles=error.obstacles,
        )
        return page, 422
    return redirect(url_for("mentors.show", person_id=person_id, said="mentor-updated"), 303)


def mentor_page(person_id: UUID) -> MentorPage:
    """Read one mentor of the actor's school."""
    actor = the_actor()
    with tool().database.reading() as session:
        return queries.page(
            session,
            actor.organization_id,
            actor.school_id,
            person_id,
            on=today(),
            policy=actor.policy,
        )
