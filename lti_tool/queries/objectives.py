"""Learning objectives and how far students say they have come."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.domain.ids import ObjectiveId
from lti_tool.domain.objectives import Objective
from lti_tool.models.pairings import ObjectiveCheckInRecord, ObjectiveRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveLine:
    """An objective as people read it, with the latest word on how far it has come."""

    id: UUID
    pairing_id: UUID
    text: str
    agreed_on: date | None
    progress: str | None
    """not-started | started | halfway | nearly | reached; empty before the first check-in."""


def of_pairings(
    session: Session, organization_id: UUID, pairing_ids: Iterable[UUID]
) -> tuple[ObjectiveLine, ...]:
    """List the objectives of these pairings in the order in which they were added."""
    wanted = set(pairing_ids)
    if not wanted:
        return ()
    rows = session.scalars(
        select(ObjectiveRecord)
        .where(
            ObjectiveRecord.organization_id == organization_id,
            ObjectiveRecord.pairing_id.in_(wanted),
        )
        .order_by(ObjectiveRecord.created_at, ObjectiveRecord.id)
    ).all()
    progress = _progress(session, organization_id, {row.id for row in rows})
    return tuple(
        ObjectiveLine(
            id=row.id,
            pairing_id=row.pairing_id,
            text=row.text,
            agreed_on=row.agreed_on,
            progress=progress.get(row.id),
        )
        for row in rows
    )


def for_rules(
    session: Session, organization_id: UUID, pairing_ids: Iterable[UUID]
) -> defaultdict[UUID, list[Objective]]:
    """Return the objectives of these pairings as the rules take them, by pairing."""
    found: defaultdict[UUID, list[Objective]] = defaultdict(list)
    for row in session.scalars(
        select(ObjectiveRecord).where(
            ObjectiveRecord.organization_id == organization_id,
            ObjectiveRecord.pairing_id.in_(set(pairing_ids)),
        )
    ):
        objective = Objective(id=ObjectiveId(row.id), text=row.text, agreed_on=row.agreed_on)
        found[row.pairing_id].append(objective)
    return found


def _progress(session: Session, organization_id: UUID, objective_ids: set[UUID]) -> dict[UUID, str]:
    if not objective_ids:
        return {}
    rows = session.execute(
        select(ObjectiveCheckInRecord.objective_id, ObjectiveCheckInRecord.progress)
        .where(
            ObjectiveCheckInRecord.organization_id == organization_id,
            ObjectiveCheckInRecord.objective_id.in_(objective_ids),
        )
        .order_by(ObjectiveCheckInRecord.recorded_at)
    )
    # The latest of each objective wins: later rows overwrite earlier ones.
    return {row.objective_id: row.progress for row in rows}
