"""Learning objectives of a pairing: proposed in the students' words, then agreed."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.domain.ids import ObjectiveId
from lti_tool.domain.objectives import Objective
from lti_tool.models.pairings import ObjectiveRecord
from lti_tool.queries.errors import NotFoundError
from lti_tool.queries.pairings import pairing_of_school
from lti_tool.services import audit


def add(
    session: Session,
    *,
    text: str,
    request_id: UUID,
    organization_id: UUID,
    school_id: UUID,
    pairing_id: UUID,
    actor_id: UUID,
    now: datetime,
) -> UUID:
    """Add an objective to a pairing; a form sent twice adds it once.

    :raises NotFoundError: if the school has no such pairing
    :raises ObjectiveInvalidError: if the text is too short or too long
    """
    pairing_of_school(session, organization_id, school_id, pairing_id)
    if session.get(ObjectiveRecord, (organization_id, request_id)) is not None:
        return request_id
    wanted = Objective(id=ObjectiveId(request_id), text=text.strip(), agreed_on=None)
    session.add(
        ObjectiveRecord(
            organization_id=organization_id,
            id=request_id,
            pairing_id=pairing_id,
            text=wanted.text,
            created_by=actor_id,
            created_at=now,
        )
    )
    session.flush()
    _write(session, "objective-added", organization_id, pairing_id, actor_id, now)
    return request_id


def agree(
    session: Session,
    *,
    organization_id: UUID,
    school_id: UUID,
    pairing_id: UUID,
    objective_id: UUID,
    actor_id: UUID,
    on: date,
    now: datetime,
) -> None:
    """Note that mentor and student agreed on the objective; the first day stays.

    :raises NotFoundError: if the school's pairing has no such objective
    """
    pairing_of_school(session, organization_id, school_id, pairing_id)
    row = session.get(ObjectiveRecord, (organization_id, objective_id), with_for_update=True)
    if row is None or row.pairing_id != pairing_id:
        raise NotFoundError
    if row.agreed_on is not None:
        return
    row.agreed_on = on
    session.flush()
    _write(session, "objective-agreed", organization_id, pairing_id, actor_id, now)


def _write(
    session: Session,
    action: str,
    organization_id: UUID,
    pairing_id: UUID,
    actor_id: UUID,
    now: datetime,
) -> None:
    audit.write(
        session,
        organization_id=organization_id,
        actor_id=actor_id,
        action=action,
        subject_kind="pairing",
        subject_id=pairing_id,
        now=now,
    )
