"""Pages on which staff record what opens a mentor's gate, and what closes it."""

from uuid import UUID

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.errors import DomainError, Obstacle
from lti_tool.domain.permissions import Permission
from lti_tool.queries.errors import ChangedMeanwhileError
from lti_tool.services import clearance, training
from lti_tool.web.auth import requires, the_actor, today
from lti_tool.web.context import now, tool
from lti_tool.web.mentors.forms import (
    STATUSES,
    AgreementForm,
    ClearanceForm,
    RevokeForm,
    TrainingForm,
    prefilled,
)
from lti_tool.web.mentors.views import bp, mentor_page


@bp.get("/mentors/<uuid:person_id>/clearance")
@requires(Permission.record_clearance)
def clearance_form(person_id: UUID) -> ResponseReturnValue:
    """Show the form for where the clearance stands."""
    mentor = mentor_page(person_id)
    form = ClearanceForm().offer(mentor.next_statuses)
    form.version.data = mentor.clearance_version
    prefilled(form.checked_on, today())
    return _clearance_page(person_id, form)


@bp.post("/mentors/<uuid:person_id>/clearance")
@requires(Permission.record_clearance)
def record_clearance(person_id: UUID) -> ResponseReturnValue:
    """Record where the clearance stands."""
    actor = the_actor()
    form = ClearanceForm().offer(tuple(STATUSES))
    if not form.validate_on_submit():
        return _clearance_page(person_id, form), 422
    try:
        with tool().database.transaction() as session:
            clearance.record(
                session,
                form.check(),
                organization_id=actor.organization_id,
                school_id=actor.school_id,
                person_id=person_id,
                version=form.version.data or 0,
                actor_id=actor.person_id,
                on=today(),
                now=now(),
            )
    except DomainError as error:
        return _clearance_page(person_id, form, error.obstacles), 422
    except ChangedMeanwhileError:
        return _clearance_page(person_id, form, is_changed=True), 409
    return redirect(url_for("mentors.show", person_id=person_id, said="clearance-recorded"), 303)


@bp.get("/mentors/<uuid:person_id>/clearance/revoke")
@requires(Permission.record_clearance)
def revoke_form(person_id: UUID) -> ResponseReturnValue:
    """Ask before the clearance is revoked."""
    mentor = mentor_page(person_id)
    form = RevokeForm()
    form.version.data = mentor.clearance_version
    return render_template("mentors/revoke.html", mentor=mentor, form=form, obstacles=())


@bp.post("/mentors/<uuid:person_id>/clearance/revoke")
@requires(Permission.record_clearance)
def revoke_clearance(person_id: UUID) -> ResponseReturnValue:
    """Revoke the clearance: the mentor is on hold at once."""
    actor = the_actor()
    form = RevokeForm()
    form.validate_on_submit()
    obstacles: tuple[Obstacle, ...] = ()
    try:
        with tool().database.transaction() as session:
            clearance.revoke(
                session,
                organization_id=actor.organization_id,
                school_id=actor.school_id,
                person_id=person_id,
                version=form.version.data or 0,
                actor_id=actor.person_id,
                on=today(),
                now=now(),
            )
    except DomainError as error:
        status, obstacles = 422, error.obstacles
    except ChangedMeanwhileError:
        status = 409
    else:
        return redirect(url_for("mentors.show", person_id=person_id, said="mentor-on-hold"), 303)
    mentor = mentor_page(person_id)
    form.version.data = mentor.clearance_version
    page = render_template("mentors/revoke.html", mentor=mentor, form=form, obstacles=obstacles)
    return page, status


@bp.get("/mentors/<uuid:person_id>/training")
@requires(Permission.record_training)
def training_form(person_id: UUID) -> ResponseReturnValue:
    """Show the form for a completed module."""
    form = TrainingForm().offer(the_actor().policy.training_modules_required)
    prefilled(form.completed_on, today())
    return _training_page(person_id, form)


@bp.post("/mentors/<uuid:person_id>/training")
@requires(Permission.record_training)
def record_training(person_id: UUID) -> ResponseReturnValue:
    """Record a completed module."""
    actor = the_actor()
    form = TrainingForm().offer(actor.policy.training_modules_required)
    if not form.validate_on_submit():
        return _training_page(person_id, form), 422
    try:
        with tool().database.transaction() as session:
            training.record(
                session,
                form.completed(),
                organization_id=actor.organization_id,
                school_id=actor.school_id,
                person_id=person_id,
                actor_id=actor.person_id,
                now=now(),
            )
    except DomainError as error:
        return _training_page(person_id, form, error.obstacles), 422
    return redirect(url_for("mentors.show", person_id=person_id, said="training-recorded"), 303)


@bp.get("/mentors/<uuid:person_id>/agreement")
@requires(Permission.record_training)
def agreement_form(person_id: UUID) -> ResponseReturnValue:
    """Show the form for a signed agreement."""
    form = AgreementForm()
    prefilled(form.signed_on, today())
    return _agreement_page(person_id, form)


@bp.post("/mentors/<uuid:person_id>/agreement")
@requires(Permission.record_training)
def record_agreement(person_id: UUID) -> ResponseReturnValue:
    """Record a signed agreement."""
    actor = the_actor()
    form = AgreementForm()
    if not form.validate_on_submit():
        return _agreement_page(person_id, form), 422
    try:
        with tool().database.transaction() as session:
            training.record_agreement(
                session,
                form.signed(),
                organization_id=actor.organization_id,
                school_id=actor.school_id,
                person_id=person_id,
                actor_id=actor.person_id,
                now=now(),
            )
    except DomainError as error:
        return _agreement_page(person_id, form, error.obstacles), 422
    return redirect(url_for("mentors.show", person_id=person_id, said="agreement-recorded"), 303)


def _clearance_page(
    person_id: UUID,
    form: ClearanceForm,
    obstacles: tuple[Obstacle, ...] = (),
    *,
    is_changed: bool = False,
) -> str:
    mentor = mentor_page(person_id)
    if is_changed:
        form.version.data = mentor.clearance_version
    form.offer(mentor.next_statuses)
    return render_template(
        "mentors/clearance.html",
        mentor=mentor,
        form=form,
        obstacles=obstacles,
        is_changed=is_changed,
        statuses=STATUSES,
    )


def _training_page(
    person_id: UUID, form: TrainingForm, obstacles: tuple[Obstacle, ...] = ()
) -> str:
    mentor = mentor_page(person_id)
    return render_template("mentors/training.html", mentor=mentor, form=form, obstacles=obstacles)


def _agreement_page(
    person_id: UUID, form: AgreementForm, obstacles: tuple[Obstacle, ...] = ()
) -> str:
    mentor = mentor_page(person_id)
    return render_template("mentors/agreement.html", mentor=mentor, form=form, obstacles=obstacles)
