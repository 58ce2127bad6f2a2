"""The door and the live meeting: open, join, who is there, close. Each step is a POST on record."""

import hashlib
from collections.abc import Callable
from uuid import UUID

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lti_tool.domain.errors import DomainError
from lti_tool.domain.permissions import Permission
from lti_tool.queries import meeting_pages
from lti_tool.queries.meetings import require_visible
from lti_tool.services import attendance, doors
from lti_tool.services.doors import Outcome
from lti_tool.web.auth import requires, the_actor
from lti_tool.web.context import now, tool
from lti_tool.web.elsewhere import open_elsewhere
from lti_tool.web.meetings.blueprint import bp
from lti_tool.web.meetings.forms import OutcomeForm, PersonForm
from lti_tool.web.meetings.views import SEES_MEETINGS, meeting_page


@bp.get("/meetings/<uuid:meeting_id>/status")
@requires(*SEES_MEETINGS)
def status(meeting_id: UUID) -> ResponseReturnValue:
    """Answer the part of the page that changes by itself; unchanged, it costs no bytes."""
    with tool().database.reading() as session:
        live = meeting_pages.live_state(session, the_actor(), meeting_id, now=now())
    # Of the data, not of the HTML: form tokens differ each time.
    tag = hashlib.sha256(repr(live).encode()).hexdigest()[:32]
    if request.if_none_match.contains(tag):
        answer = make_response("", 304)
    else:
        answer = make_response(render_template("meetings/_live.html", live=live))
    answer.set_etag(tag)
    return answer


@bp.post("/meetings/<uuid:meeting_id>/open-door")
@requires(Permission.supervise_meetings)
def open_door(meeting_id: UUID) -> ResponseReturnValue:
    """Open the meeting as its supervisor or backup."""
    actor = the_actor()
    return _carry_out(
        meeting_id,
        lambda session: doors.open_meeting(
            session,
            organization_id=actor.organization_id,
            meeting_id=meeting_id,
            actor_id=actor.person_id,
            authenticated_at=actor.authenticated_at,
            now=now(),
        ),
        said="meeting-opened",
    )


@bp.post("/meetings/<uuid:meeting_id>/join")
@requires(Permission.join_meetings, Permission.supervise_meetings)
def join(meeting_id: UUID) -> ResponseReturnValue:
    """Show the Meet link to somebody whom the gate lets in, and log it."""
    actor = the_actor()
    _require_visible(meeting_id)
    try:
        with tool().database.transaction() as session:
            url = doors.join(
                session,
                organization_id=actor.organization_id,
                meeting_id=meeting_id,
                person_id=actor.person_id,
                authenticated_at=actor.authenticated_at,
                now=now(),
            )
    except DomainError as error:
        return meeting_page(meeting_id, error.obstacles, status=422)
    return open_elsewhere(url)


@bp.post("/meetings/<uuid:meeting_id>/close")
@requires(Permission.supervise_meetings)
def close(meeting_id: UUID) -> ResponseReturnValue:
    """Close the meeting for everyone; `interrupted` is one press, and no incident."""
    actor = the_actor()
    outcome = Outcome.school_reason if "interrupted" in request.form else None
    return _carry_out(
        meeting_id,
        lambda session: doors.close_meeting(
            session,
            organization_id=actor.organization_id,
            meeting_id=meeting_id,
            actor_id=actor.person_id,
            outcome=outcome,
            now=now(),
        ),
        said="meeting-closed",
    )


@bp.post("/meetings/<uuid:meeting_id>/outcome")
@requires(Permission.supervise_meetings)
def name_outcome(meeting_id: UUID) -> ResponseReturnValue:
    """Say how the meeting went."""
    actor, form = the_actor(), OutcomeForm()
    if not form.validate_on_submit():
        return meeting_page(meeting_id, status=422)
    return _carry_out(
        meeting_id,
        lambda session: doors.name_outcome(
            session,
            organization_id=actor.organization_id,
            meeting_id=meeting_id,
            actor_id=actor.person_id,
            outcome=Outcome(form.outcome.data),
            now=now(),
        ),
        said="saved",
    )


@bp.post("/meetings/<uuid:meeting_id>/removed")
@requires(Permission.supervise_meetings)
def confirm_removal(meeting_id: UUID) -> ResponseReturnValue:
    """Confirm that a person on hold has left the call."""
    actor = the_actor()
    return _carry_out(
        meeting_id,
        lambda session: doors.confirm_removal(
            session,
            organization_id=actor.organization_id,
            meeting_id=meeting_id,
            actor_id=actor.person_id,
            now=now(),
        ),
        said="saved",
    )


@bp.post("/meetings/<uuid:meeting_id>/joiners/<uuid:participant_id>")
@requires(Permission.supervise_meetings)
def name_joiner(meeting_id: UUID, participant_id: UUID) -> ResponseReturnValue:
    """Say who an unknown joiner is."""
    actor, person_id = the_actor(), PersonForm().person_id()
    if person_id is None:
        return meeting_page(meeting_id, status=422)
    return _carry_out(
        meeting_id,
        lambda session: attendance.name_joiner(
            session,
            organization_id=actor.organization_id,
            meeting_id=meeting_id,
            participant_id=participant_id,
            person_id=person_id,
            actor_id=actor.person_id,
            now=now(),
        ),
        said="saved",
    )


@bp.post("/meetings/<uuid:meeting_id>/here")
@requires(Permission.supervise_meetings)
def attest(meeting_id: UUID) -> ResponseReturnValue:
    """Note that somebody arrives or leaves in person."""
    actor, person_id = the_actor(), PersonForm().person_id()
    if person_id is None:
        return meeting_page(meeting_id, status=422)
    return _carry_out(
        meeting_id,
        lambda session: attendance.attest(
            session,
            organization_id=actor.organization_id,
            meeting_id=meeting_id,
            person_id=person_id,
            is_here=request.form.get("here") != "no",
            actor_id=actor.person_id,
            now=now(),
        ),
        said="saved",
    )


def _carry_out(
    meeting_id: UUID, step: Callable[[Session], object], *, said: str
) -> ResponseReturnValue:
    """Run one step in its transaction; what stands in the way is shown on the meeting's page."""
    _require_visible(meeting_id)
    try:
        with tool().database.transaction() as session:
            step(session)
    except DomainError as error:
        return meeting_page(meeting_id, error.obstacles, status=422)
    return redirect(url_for("meetings.show", meeting_id=meeting_id, said=said), 303)


def _require_visible(meeting_id: UUID) -> None:
    with tool().database.reading() as session:
        require_visible(session, the_actor(), meeting_id)
