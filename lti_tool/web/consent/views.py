"""Pages on which staff record what families allow, and that they take it back."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.consent import Channel
from lti_tool.domain.errors import DomainError, Obstacle
from lti_tool.domain.permissions import Permission
from lti_tool.queries import consent as queries
from lti_tool.queries.consent import StudentPage
from lti_tool.services import consent as service
from lti_tool.web.auth import requires, the_actor, today
from lti_tool.web.consent.forms import CHANNELS, ConsentForm, WithdrawForm
from lti_tool.web.context import now, tool

bp = Blueprint("consent", __name__, template_folder="templates")


@bp.get("/consent")
@requires(Permission.record_consent)
def index() -> ResponseReturnValue:
    """Show the students with what their families allow today."""
    actor = the_actor()
    with tool().database.reading() as session:
        students = queries.students(
            session,
            actor.organization_id,
            school_id=actor.school_id,
            course_id=actor.course_id,
            channels=_channels(),
            on=today(),
        )
    labels = [CHANNELS[channel] for channel in _channels()]
    return render_template("consent/index.html", students=students, labels=labels)


@bp.get("/consent/<uuid:person_id>")
@requires(Permission.record_consent)
def show(person_id: UUID) -> ResponseReturnValue:
    """Show what one family allows, and the form to record more."""
    form = ConsentForm().offer(_channels())
    form.given_on.data = today()
    return _page(person_id, form)


@bp.post("/consent/<uuid:person_id>")
@requires(Permission.record_consent)
def record(person_id: UUID) -> ResponseReturnValue:
    """Record a family's consent."""
    actor = the_actor()
    form = ConsentForm().offer(_channels())
    if not form.validate_on_submit():
        return _page(person_id, form), 422
    try:
        with tool().database.transaction() as session:
            service.record(
                session,
                form.given(),
                request_id=form.request_id.uuid,
                organization_id=actor.organization_id,
                school_id=actor.school_id,
                person_id=person_id,
                actor_id=actor.person_id,
                now=now(),
            )
    except DomainError as error:
        return _page(person_id, form, error.obstacles), 422
    return redirect(url_for("consent.show", person_id=person_id, said="consent-recorded"), 303)


@bp.post("/consent/<uuid:person_id>/withdraw")
@requires(Permission.record_consent)
def withdraw(person_id: UUID) -> ResponseReturnValue:
    """Record that a family takes a consent back, from this moment on."""
    actor = the_actor()
    form = WithdrawForm()
    if not form.validate_on_submit():
        return _page(person_id, ConsentForm(formdata=None).offer(_channels())), 422
    with tool().database.transaction() as session:
        service.withdraw(
            session,
            channel=Channel(form.channel.data),
            organization_id=actor.organization_id,
            school_id=actor.school_id,
            person_id=person_id,
            actor_id=actor.person_id,
            on=today(),
            now=now(),
        )
    return redirect(url_for("consent.show", person_id=person_id, said="consent-withdrawn"), 303)


def _channels() -> tuple[Channel, ...]:
    return tuple(channel for channel in Channel if channel in the_actor().policy.channels)


def _page(person_id: UUID, form: ConsentForm, obstacles: tuple[Obstacle, ...] = ()) -> str:
    actor = the_actor()
    with tool().database.reading() as session:
        student: StudentPage = queries.page(
            session,
            actor.organization_id,
            actor.school_id,
            person_id,
            channels=_channels(),
            on=today(),
        )
    return render_template(
        "consent/show.html", student=student, form=form, obstacles=obstacles, channels=CHANNELS
    )
