"""The minutes of a meeting: what is proven, what is not, and corrections by two people."""

from datetime import datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.errors import DomainError, Obstacle
from lti_tool.domain.permissions import Permission
from lti_tool.queries import meeting_pages
from lti_tool.queries.meeting_pages import LedgerPage
from lti_tool.services import attendance
from lti_tool.web.auth import requires, the_actor
from lti_tool.web.context import now, tool
from lti_tool.web.meetings.blueprint import bp
from lti_tool.web.meetings.forms import CorrectionForm


@bp.get("/meetings/<uuid:meeting_id>/minutes")
@requires(Permission.view_ledger)
def ledger(meeting_id: UUID) -> ResponseReturnValue:
    """Show the meeting minute by minute."""
    page = _page(meeting_id)
    return _render(page, CorrectionForm().offer(page.people))


@bp.post("/meetings/<uuid:meeting_id>/minutes")
@requires(Permission.supervise_meetings, Permission.open_slots)
def correct(meeting_id: UUID) -> ResponseReturnValue:
    """Add a stay afterwards; a second staff member has to confirm it."""
    actor, page = the_actor(), _page(meeting_id)
    form = CorrectionForm().offer(page.people)
    if not form.validate_on_submit() or form.start.data is None or form.end.data is None:
        return _render(page, form), 422
    try:
        with tool().database.transaction() as session:
            attendance.correct(
                session,
                organization_id=actor.organization_id,
                meeting_id=meeting_id,
                person_id=UUID(form.person.data),
                joined_at=_on_the_day(page, form.start.data),
                left_at=_on_the_day(page, form.end.data),
                reason=form.reason.data or "",
                actor_id=actor.person_id,
                now=now(),
            )
    except DomainError as error:
        return _render(page, form, error.obstacles), 422
    return redirect(url_for("meetings.ledger", meeting_id=meeting_id, said="needs-second"), 303)


@bp.post("/meetings/<uuid:meeting_id>/minutes/<uuid:presence_id>/confirm")
@requires(Permission.supervise_meetings)
def second(meeting_id: UUID, presence_id: UUID) -> ResponseReturnValue:
    """Confirm what another staff member added."""
    actor, page = the_actor(), _page(meeting_id)
    try:
        with tool().database.transaction() as session:
            attendance.second(
                session,
                organization_id=actor.organization_id,
                meeting_id=meeting_id,
                presence_id=presence_id,
                actor_id=actor.person_id,
                now=now(),
            )
    except DomainError as error:
        return _render(page, CorrectionForm().offer(page.people), error.obstacles), 422
    return redirect(
        url_for("meetings.ledger", meeting_id=meeting_id, said="minutes-corrected"), 303
    )


def _page(meeting_id: UUID) -> LedgerPage:
    with tool().database.reading() as session:
        return meeting_pages.ledger_page(session, the_actor(), meeting_id, now=now())


def _render(page: LedgerPage, form: CorrectionForm, obstacles: tuple[Obstacle, ...] = ()) -> str:
    return render_template("meetings/ledger.html", page=page, form=form, obstacles=obstacles)


def _on_the_day(page: LedgerPage, at: time) -> datetime:
    """Return a time of day on the meeting's own day at the school."""
    zone = ZoneInfo(the_actor().time_zone)
    return datetime.combine(page.starts_at.astimezone(zone).date(), at, tzinfo=zone)
