"""Lists of meetings, opening a slot, the page of one meeting, cover and cancellation."""

from uuid import UUID

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.errors import DomainError, Obstacle
from lti_tool.domain.permissions import Permission
from lti_tool.domain.schedule import WallTimeCode
from lti_tool.queries import feedback, meeting_pages
from lti_tool.queries import meetings as queries
from lti_tool.queries.errors import ChangedMeanwhileError
from lti_tool.queries.feedback import FeedbackWanted
from lti_tool.queries.meeting_pages import MeetingPage
from lti_tool.services import meetings as service
from lti_tool.services.doors import Outcome
from lti_tool.web.auth import public, requires, the_actor
from lti_tool.web.context import current_actor, now, tool
from lti_tool.web.meetings.blueprint import bp
from lti_tool.web.meetings.forms import OUTCOMES, CoverForm, OutcomeForm, SlotForm

SEES_MEETINGS = (
    Permission.open_slots,
    Permission.supervise_meetings,
    Permission.join_meetings,
    Permission.view_ledger,
)


@bp.get("/meetings")
@requires(*SEES_MEETINGS)
def index() -> ResponseReturnValue:
    """List the actor's meetings: today, ahead, past."""
    actor = the_actor()
    with tool().database.reading() as session:
        meetings = queries.list_for(session, actor, now=now())
    return render_template("meetings/index.html", meetings=meetings)


@bp.get("/meetings/open")
@requires(Permission.open_slots)
def open_slot() -> ResponseReturnValue:
    """Show the form that opens a slot."""
    offered, me = _slot_choices(), the_actor().person_id
    form = SlotForm().offer(offered)
    if any(person.id == me for person in offered.staff):
        form.supervisor.data = str(me)
    return _slot_page(form)


@bp.post("/meetings/open")
@requires(Permission.open_slots)
def save_slot() -> ResponseReturnValue:
    """Open a slot; the same form opens one only."""
    actor, offered = the_actor(), _slot_choices()
    form = SlotForm().offer(offered)
    if not form.validate_on_submit():
        return _slot_page(form), 422
    try:
        with tool().database.transaction() as session:
            meeting_id = service.open_slot(
                session,
                organization_id=actor.organization_id,
                school_id=actor.school_id,
                actor_id=actor.person_id,
                slot=form.slot(),
                now=now(),
            )
    except DomainError as error:
        return _slot_page(form, error.obstacles), 422
    return redirect(url_for("meetings.show", meeting_id=meeting_id, said="meeting-booked"), 303)


@bp.get("/meetings/<uuid:meeting_id>")
@requires(*SEES_MEETINGS)
def show(meeting_id: UUID) -> ResponseReturnValue:
    """Show one meeting as the actor may see it."""
    return meeting_page(meeting_id)


@bp.post("/meetings/<uuid:meeting_id>/cover")
@requires(Permission.open_slots, Permission.supervise_meetings)
def cover(meeting_id: UUID) -> ResponseReturnValue:
    """Name other staff for the meeting."""
    actor, page = the_actor(), _page(meeting_id)
    form = CoverForm().offer(page.staff)
    if not page.staff or not form.validate_on_submit():
        return meeting_page(meeting_id, cover_form=form, status=422)
    try:
        with tool().database.transaction() as session:
            service.cover(
                session,
                organization_id=actor.organization_id,
                meeting_id=meeting_id,
                actor_id=actor.person_id,
                supervisor_id=UUID(form.supervisor.data),
                backup_id=UUID(form.backup.data),
                version=form.version.data or 0,
                now=now(),
            )
    except ChangedMeanwhileError:
        return meeting_page(meeting_id, cover_form=form, is_stale=True, status=409)
    except DomainError as error:
        return meeting_page(meeting_id, error.obstacles, cover_form=form, status=422)
    return redirect(url_for("meetings.show", meeting_id=meeting_id, said="cover-named"), 303)


@bp.post("/meetings/<uuid:meeting_id>/cancel")
@requires(Permission.open_slots)
def cancel(meeting_id: UUID) -> ResponseReturnValue:
    """Call the meeting off."""
    actor = the_actor()
    _page(meeting_id)
    try:
        with tool().database.transaction() as session:
            service.cancel(
                session,
                organization_id=actor.organization_id,
                meeting_id=meeting_id,
                actor_id=actor.person_id,
                now=now(),
            )
    except DomainError as error:
        return meeting_page(meeting_id, error.obstacles, status=422)
    return redirect(url_for("meetings.show", meeting_id=meeting_id, said="meeting-canceled"), 303)


@bp.get("/m/<uuid:meeting_id>")
@public
def bare(meeting_id: UUID) -> ResponseReturnValue:
    """Answer the address in the calendar event, which identifies nobody."""
    page = url_for("meetings.show", meeting_id=meeting_id)
    if current_actor() is not None:
        return redirect(page, 303)
    return render_template("meetings/bare.html", next_path=page)


def meeting_page(
    meeting_id: UUID,
    obstacles: tuple[Obstacle, ...] = (),
    *,
    cover_form: CoverForm | None = None,
    is_stale: bool = False,
    status: int = 200,
) -> ResponseReturnValue:
    """Render the page of a meeting, above it what just stood in the way."""
    page = _page(meeting_id)
    form = cover_form or CoverForm().offer(page.staff)
    if cover_form is None:
        form.supervisor.data, form.backup.data = str(page.supervisor.id), str(page.backup.id)
    form.version.data = page.version
    shown = render_template(
        "meetings/show.html",
        page=page,
        live=page.live,
        obstacles=obstacles,
        cover_form=form,
        outcome_form=OutcomeForm(data={"outcome": page.outcome or Outcome.held}),
        outcomes=OUTCOMES,
        is_stale=is_stale,
        wanted=_feedback_wanted(meeting_id),
    )
    return shown, status


def _page(meeting_id: UUID) -> MeetingPage:
    with tool().database.reading() as session:
        return meeting_pages.page(session, the_actor(), meeting_id, now=now())


def _feedback_wanted(meeting_id: UUID) -> tuple[FeedbackWanted, ...]:
    """Return the form about this meeting that waits for the actor, if there is one."""
    actor = the_actor()
    with tool().database.reading() as session:
        wanted = feedback.wanted_of(session, actor.organization_id, actor.person_id, now=now())
    return tuple(form for form in wanted if form.meeting_id == meeting_id)


def _slot_choices() -> queries.SlotChoices:
    with tool().database.reading() as session:
        return queries.slot_choices(session, the_actor())


def _slot_page(form: SlotForm, obstacles: tuple[Obstacle, ...] = ()) -> str:
    is_ambiguous = any(obstacle.code is WallTimeCode.ambiguous for obstacle in obstacles)
    return render_template(
        "meetings/open_slot.html",
        form=form,
        obstacles=obstacles,
        asks_which=is_ambiguous or bool(form.fold.data),
    )
