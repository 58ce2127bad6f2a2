"""Pages on which staff set up the program of a course."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.consent import Channel
from lti_tool.domain.errors import DomainError, Obstacle
from lti_tool.domain.permissions import Permission
from lti_tool.domain.presence import Basis
from lti_tool.queries import program as programs
from lti_tool.queries.errors import ChangedMeanwhileError
from lti_tool.queries.program import Program
from lti_tool.services import program as service
from lti_tool.web.auth import requires, the_actor
from lti_tool.web.context import now, tool
from lti_tool.web.program.forms import BASES, CHANNELS, FORMATS, ProgramForm

bp = Blueprint("program", __name__, template_folder="templates")


@bp.get("/program/new")
@requires(Permission.set_up_program)
def set_up() -> ResponseReturnValue:
    """Show the form that sets up the program of this course."""
    actor = the_actor()
    with tool().database.reading() as session:
        here = programs.programs_here(
            session, actor.organization_id, school_id=actor.school_id, course_id=actor.course_id
        )
    if actor.course_id is None:
        return render_template("program/open_course.html", programs=here)
    if here:
        return redirect(url_for("program.show", program_id=here[0].id), 303)
    return _new_page(ProgramForm().offer(actor.policy))


@bp.post("/program/new")
@requires(Permission.set_up_program)
def save_new() -> ResponseReturnValue:
    """Set up the program of this course."""
    actor = the_actor()
    form = ProgramForm().offer(actor.policy)
    if actor.course_id is None or not form.validate_on_submit():
        return _new_page(form), 422
    try:
        with tool().database.transaction() as session:
            program_id = service.set_up(
                session,
                form.plan(actor.policy),
                organization_id=actor.organization_id,
                school_id=actor.school_id,
                course_id=actor.course_id,
                actor_id=actor.person_id,
                now=now(),
            )
    except DomainError as error:
        return _new_page(form, error.obstacles), 422
    return redirect(url_for("program.show", program_id=program_id, said="program-saved"), 303)


@bp.post("/program/<uuid:program_id>/courses")
@requires(Permission.set_up_program)
def link(program_id: UUID) -> ResponseReturnValue:
    """Carry an existing program of the school out in this course too."""
    actor, program = the_actor(), _program(program_id)
    if actor.course_id is None:
        return redirect(url_for("program.show", program_id=program.id), 303)
    with tool().database.transaction() as session:
        service.link_course(
            session,
            organization_id=actor.organization_id,
            school_id=actor.school_id,
            program_id=program_id,
            course_id=actor.course_id,
            actor_id=actor.person_id,
            now=now(),
        )
    return redirect(url_for("program.show", program_id=program_id, said="program-saved"), 303)


@bp.get("/program/<uuid:program_id>")
@requires(Permission.set_up_program)
def show(program_id: UUID) -> ResponseReturnValue:
    """Show a program of the school."""
    actor = the_actor()
    with tool().database.reading() as session:
        program = programs.program(session, actor.organization_id, actor.school_id, program_id)
        courses = programs.course_titles(session, actor.organization_id, program_id)
        policy = programs.policy_of(session, actor.organization_id, program_id)
    return render_template(
        "program/show.html",
        program=program,
        courses=courses,
        formats=FORMATS,
        channels=[CHANNELS[each] for each in Channel if each in policy.channels],
        bases=[BASES[each] for each in Basis if each in policy.counting_bases],
        per_adult=policy.students_per_adult_max,
    )


@bp.get("/program/<uuid:program_id>/edit")
@requires(Permission.set_up_program)
def edit(program_id: UUID) -> ResponseReturnValue:
    """Show the form that changes a program."""
    program = _program(program_id)
    return _edit_page(program, ProgramForm().fill(program, the_actor().policy))


@bp.post("/program/<uuid:program_id>/edit")
@requires(Permission.set_up_program)
def save(program_id: UUID) -> ResponseReturnValue:
    """Change a program, unless somebody else did meanwhile."""
    actor = the_actor()
    form = ProgramForm().offer(actor.policy)
    if not form.validate_on_submit():
        return _edit_page(_program(program_id), form), 422
    try:
        with tool().database.transaction() as session:
            service.change(
                session,
                form.plan(actor.policy),
                organization_id=actor.organization_id,
                school_id=actor.school_id,
                program_id=program_id,
                version=form.version.data or 0,
                actor_id=actor.person_id,
                now=now(),
            )
    except DomainError as error:
        return _edit_page(_program(program_id), form, error.obstacles), 422
    except ChangedMeanwhileError:
        newer = _program(program_id)
        form.version.data = newer.version
        return _edit_page(newer, form, newer=newer), 409
    return redirect(url_for("program.show", program_id=program_id, said="program-saved"), 303)


def _program(program_id: UUID) -> Program:
    actor = the_actor()
    with tool().database.reading() as session:
        return programs.program(session, actor.organization_id, actor.school_id, program_id)


def _new_page(form: ProgramForm, obstacles: tuple[Obstacle, ...] = ()) -> str:
    actor = the_actor()
    with tool().database.reading() as session:
        others = programs.programs_of_school(session, actor.organization_id, actor.school_id)
    return render_template("program/new.html", form=form, obstacles=obstacles, others=others)


def _edit_page(
    program: Program,
    form: ProgramForm,
    obstacles: tuple[Obstacle, ...] = (),
    newer: Program | None = None,
) -> str:
    return render_template(
        "program/edit.html",
        program=program,
        form=form,
        obstacles=obstacles,
        newer=newer,
        formats=FORMATS,
    )
