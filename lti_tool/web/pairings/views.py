"""Pages on which staff propose pairings and take them through their gates."""

from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.errors import DomainError, Obstacle
from lti_tool.domain.permissions import Permission
from lti_tool.queries import pairing_pages as queries
from lti_tool.queries import program as programs
from lti_tool.queries.errors import NotFoundError
from lti_tool.queries.pairing_pages import Choices
from lti_tool.services import objectives
from lti_tool.services import pairings as service
from lti_tool.web.auth import requires, the_actor, today
from lti_tool.web.context import now, tool
from lti_tool.web.pairings.forms import CHANNELS, FORMATS, EndForm, ObjectiveForm, PairingForm

bp = Blueprint("pairings", __name__, template_folder="templates")


@bp.get("/pairings")
@requires(Permission.manage_pairings)
def index() -> ResponseReturnValue:
    """Show the pairings of the course's program, and what each still lacks."""
    actor = the_actor()
    with tool().database.reading() as session:
        here = programs.programs_here(
            session, actor.organization_id, school_id=actor.school_id, course_id=actor.course_id
        )
        lines = queries.of_programs(session, actor.organization_id, here, on=today())
    return render_template(
        "pairings/index.html", pairings=lines, has_program=bool(here), formats=FORMATS
    )


@bp.get("/pairings/propose")
@requires(Permission.manage_pairings)
def propose() -> ResponseReturnValue:
    """Show the form that proposes a pairing."""
    choices = _choices()
    if choices is None:
        return redirect(url_for("program.set_up"), 303)
    return _proposal_page(PairingForm().offer(choices), choices)


@bp.post("/pairings/propose")
@requires(Permission.manage_pairings)
def save_new() -> ResponseReturnValue:
    """Propose a pairing."""
    actor = the_actor()
    choices = _choices()
    if choices is None:
        abort(404)
    form = PairingForm().offer(choices)
    if not form.validate_on_submit():
        return _proposal_page(form, choices), 422
    try:
        with tool().database.transaction() as session:
            pairing_id = service.propose(
                session,
                form.proposal(),
                request_id=form.request_id.uuid,
                organization_id=actor.organization_id,
                school_id=actor.school_id,
                program_id=choices.program_id,
                actor_id=actor.person_id,
                now=now(),
            )
    except DomainError as error:
        return _proposal_page(form, choices, error.obstacles), 422
    return redirect(url_for("pairings.show", pairing_id=pairing_id, said="pairing-proposed"), 303)


@bp.get("/pairings/<uuid:pairing_id>")
@requires(Permission.manage_pairings)
def show(pairing_id: UUID) -> ResponseReturnValue:
    """Show one pairing with everything that its activation needs."""
    return _page(pairing_id, ObjectiveForm())


@bp.post("/pairings/<uuid:pairing_id>/objectives")
@requires(Permission.manage_objectives)
def add_objective(pairing_id: UUID) -> ResponseReturnValue:
    """Add a learning objective."""
    actor = the_actor()
    form = ObjectiveForm()
    if not form.validate_on_submit():
        return _page(pairing_id, form), 422
    try:
        with tool().database.transaction() as session:
            objectives.add(
                session,
                text=str(form.text.data),
                request_id=form.request_id.uuid,
                organization_id=actor.organization_id,
                school_id=actor.school_id,
                pairing_id=pairing_id,
                actor_id=actor.person_id,
                now=now(),
            )
    except DomainError as error:
        return _page(pairing_id, form, error.obstacles), 422
    return redirect(url_for("pairings.show", pairing_id=pairing_id, said="objective-added"), 303)


@bp.post("/pairings/<uuid:pairing_id>/objectives/<uuid:objective_id>/agree")
@requires(Permission.manage_objectives)
def agree(pairing_id: UUID, objective_id: UUID) -> ResponseReturnValue:
    """Note that mentor and student agreed on an objective."""
    actor = the_actor()
    with tool().database.transaction() as session:
        objectives.agree(
            session,
            organization_id=actor.organization_id,
            school_id=actor.school_id,
            pairing_id=pairing_id,
            objective_id=objective_id,
            actor_id=actor.person_id,
            on=today(),
            now=now(),
        )
    return redirect(url_for("pairings.show", pairing_id=pairing_id, said="objectives-agreed"), 303)


@bp.post("/pairings/<uuid:pairing_id>/virtual-start")
@requires(Permission.manage_mentors)
def approve_virtual_start(pairing_id: UUID) -> ResponseReturnValue:
    """Let the pairing begin at a distance, as the coordinator."""
    actor = the_actor()
    with tool().database.transaction() as session:
        service.approve_virtual_start(
            session,
            organization_id=actor.organization_id,
            school_id=actor.school_id,
            pairing_id=pairing_id,
            actor_id=actor.person_id,
            now=now(),
        )
    said = "virtual-start-approved"
    return redirect(url_for("pairings.show", pairing_id=pairing_id, said=said), 303)


@bp.post("/pairings/<uuid:pairing_id>/activate")
@requires(Permission.manage_pairings)
def activate(pairing_id: UUID) -> ResponseReturnValue:
    """Make the pairing active if every gate is green at this moment."""
    actor = the_actor()
    try:
        with tool().database.transaction() as session:
            service.activate(
                session,
                organization_id=actor.organization_id,
                school_id=actor.school_id,
                pairing_id=pairing_id,
                actor_id=actor.person_id,
                on=today(),
                now=now(),
            )
    except DomainError:
        # The page itself lists, as they are now, all the obstacles that the rule found.
        return _page(pairing_id, ObjectiveForm(formdata=None), was_refused=True), 422
    return redirect(url_for("pairings.show", pairing_id=pairing_id, said="pairing-activated"), 303)


@bp.post("/pairings/<uuid:pairing_id>/end")
@requires(Permission.manage_pairings)
def end(pairing_id: UUID) -> ResponseReturnValue:
    """End the pairing."""
    actor = the_actor()
    form = EndForm()
    if not form.validate_on_submit():
        return _page(pairing_id, ObjectiveForm(formdata=None)), 422
    with tool().database.transaction() as session:
        service.end(
            session,
            organization_id=actor.organization_id,
            school_id=actor.school_id,
            pairing_id=pairing_id,
            actor_id=actor.person_id,
            reason=str(form.reason.data),
            now=now(),
        )
    return redirect(url_for("pairings.show", pairing_id=pairing_id, said="pairing-ended"), 303)


def _choices() -> Choices | None:
    """Return whom a proposal may name: of the course's program, or of the one asked for."""
    actor = the_actor()
    with tool().database.reading() as session:
        here = programs.programs_here(
            session, actor.organization_id, school_id=actor.school_id, course_id=actor.course_id
        )
        wanted = request.values.get("program_id", str(here[0].id) if here else None)
        if wanted is None:
            return None
        if wanted not in {str(program.id) for program in here}:
            raise NotFoundError
        return queries.choices(session, actor.organization_id, actor.school_id, UUID(wanted))


def _proposal_page(
    form: PairingForm, choices: Choices, obstacles: tuple[Obstacle, ...] = ()
) -> str:
    return render_template("pairings/propose.html", form=form, choices=choices, obstacles=obstacles)


def _page(
    pairing_id: UUID,
    form: ObjectiveForm,
    obstacles: tuple[Obstacle, ...] = (),
    *,
    was_refused: bool = False,
) -> str:
    actor = the_actor()
    with tool().database.reading() as session:
        page = queries.page(session, actor.organization_id, actor.school_id, pairing_id, on=today())
    return render_template(
        "pairings/show.html",
        page=page,
        form=form,
        end_form=EndForm(formdata=None),
        obstacles=obstacles,
        was_refused=was_refused,
        formats=FORMATS,
        channels=[CHANNELS[channel] for channel in page.channels],
    )
