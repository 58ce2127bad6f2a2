"""One launch, one transaction: use the state up, store what was told, open the tab."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import current_app, url_for
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_tool.queries.registration import Registration
from lti_tool.services import course, sign_ins
from lti_tool.services import registration as registrations
from lti_tool.services.course import Arrival, Launch, Waiting
from lti_tool.services.sign_ins import Tab
from lti_tool.web.context import tool
from lti_tool.web.launch.message import LaunchRefusedError
from lti_tool.web.launch.state import LIFETIME, LoginState

ATTEMPTS = 3
"""Two first launches of one person may meet; the later one finds what the earlier one stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """A tab was opened; its token waits to be exchanged for this code."""

    code: str


def arrive(
    registration: Registration,
    launch: Launch,
    state: LoginState,
    *,
    is_proved: bool,
    now: datetime,
) -> Entered | Waiting:
    """Carry out a genuine launch.

    :raises LaunchRefusedError: if the login's state was used before
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with tool().database.transaction() as session:
                return _arrive(session, registration, launch, state, is_proved=is_proved, now=now)
        except IntegrityError:
            if attempt == ATTEMPTS:
                raise
    raise AssertionError("the last attempt returns or raises")


def _arrive(
    session: Session,
    registration: Registration,
    launch: Launch,
    state: LoginState,
    *,
    is_proved: bool,
    now: datetime,
) -> Entered | Waiting:
    # Longer than the state is accepted, so that it can never be used a second time.
    expires_at = state.issued_at + 2 * LIFETIME
    if not registrations.consume_state(session, state.id, expires_at=expires_at):
        raise LaunchRefusedError("state was used before: open it again from your course")
    arrival = course.enter(session, registration, launch, now=now)
    if isinstance(arrival, Waiting):
        return arrival
    tab = Tab(
        organization_id=arrival.organization_id,
        school_id=arrival.school_id,
        person_id=arrival.person_id,
        deployment_id=arrival.deployment_id,
        course_id=arrival.course_id,
        resource_link_id=arrival.resource_link_id,
        course_role=arrival.course_role,
        masquerading_person_id=arrival.masquerading_person_id,
        landing_path=_landing(launch, arrival),
        deep_linking=launch.deep_linking,
    )
    proof = None if is_proved else state.proof_digest
    return Entered(code=sign_ins.open_tab(session, tab, browser_proof=proof, now=now))


def _landing(launch: Launch, arrival: Arrival) -> str:
    if launch.deep_linking is not None:
        return _path("activities.choose", "/activities/choose")
    if arrival.activity_id is not None:
        return _activity_path(arrival.activity_id)
    return "/"


def _activity_path(activity_id: UUID) -> str:
    if "activities.show" in current_app.view_functions:
        return url_for("activities.show", activity_id=activity_id)
    return f"/activities/{activity_id}"


def _path(endpoint: str, otherwise: str) -> str:
    return url_for(endpoint) if endpoint in current_app.view_functions else otherwise
