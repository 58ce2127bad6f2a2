"""Recording a mentor's clearance, and revoking it: the door closes in the same transaction (S2)."""

from collections import deque
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.domain.clearance import (
    MOVES,
    Clearance,
    ClearanceStatus,
    clearance_obstacles,
    transition,
)
from lti_tool.domain.ids import PersonId
from lti_tool.models.pairings import ClearanceRecord
from lti_tool.queries.errors import ChangedMeanwhileError
from lti_tool.queries.gates import clearance_of
from lti_tool.services import audit, lapses, mentors, messages

ON_HOLD = "mentor_on_hold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What the clearance system said, on the word of the member of staff who records it."""

    status: ClearanceStatus
    checked_on: date
    expires_on: date | None
    reference: str


def record(
    session: Session,
    check: Check,
    *,
    organization_id: UUID,
    school_id: UUID,
    person_id: UUID,
    version: int,
    actor_id: UUID,
    on: date,
    now: datetime,
) -> None:
    """Record where the mentor's clearance stands; `version` is 0 before the first record.

    :raises NotFoundError: if the school has no such mentor
    :raises ChangedMeanwhileError: if another record was made after the form was opened
    :raises ClearanceMoveError: if the status does not follow from the present one
    :raises ClearanceInvalidError: if the facts contradict each other or look like an SSN
    """
    mentors.of_school(session, organization_id, school_id, person_id)
    row = session.get(ClearanceRecord, (organization_id, person_id))
    if (row.version if row else 0) != version:
        raise ChangedMeanwhileError
    before = clearance_of(row) if row else None
    after = _moved(before, check, person_id=PersonId(person_id), actor_id=PersonId(actor_id))
    _store(session, row, after, organization_id=organization_id, now=now)
    audit.write(
        session,
        organization_id=organization_id,
        actor_id=actor_id,
        action="clearance-recorded",
        subject_kind="person",
        subject_id=person_id,
        now=now,
        payload={
            "from": before.status if before else "none",
            "status": after.status,
            "expires_on": after.expires_on.isoformat() if after.expires_on else "",
        },
    )
    _follow(session, before, after, organization_id, school_id, on=on, now=now)


def revoke(
    session: Session,
    *,
    organization_id: UUID,
    school_id: UUID,
    person_id: UUID,
    version: int,
    actor_id: UUID,
    on: date,
    now: datetime,
) -> None:
    """Revoke the clearance: the mentor is on hold from this moment on.

    :raises NotFoundError: if the school has no such mentor
    :raises ChangedMeanwhileError: if another record was made after the form was opened
    :raises ClearanceMoveError: if there is nothing that could be revoked
    """
    check = Check(status=ClearanceStatus.revoked, checked_on=on, expires_on=None, reference="")
    record(
        session,
        check,
        organization_id=organization_id,
        school_id=school_id,
        person_id=person_id,
        version=version,
        actor_id=actor_id,
        on=on,
        now=now,
    )


def _moved(
    before: Clearance | None, check: Check, *, person_id: PersonId, actor_id: PersonId
) -> Clearance:
    if before is None:
        before = Clearance(
            person_id=person_id,
            status=ClearanceStatus.applied,
            checked_on=check.checked_on,
            expires_on=None,
            recorded_by=actor_id,
            reference="",
        )
        # A clearance may have been under way before it is first recorded here: walk the steps.
        for status in _steps(before.status, check.status)[:-1]:
            before = transition(before, status, on=check.checked_on, recorded_by=actor_id)
        if check.status is ClearanceStatus.applied:
            return Clearance(
                person_id=person_id,
                status=check.status,
                checked_on=check.checked_on,
                expires_on=check.expires_on,
                recorded_by=actor_id,
                reference=check.reference,
            )
    return transition(
        before,
        check.status,
        on=check.checked_on,
        recorded_by=actor_id,
        reference=check.reference or None,
        expires_on=check.expires_on,
    )


def _steps(start: ClearanceStatus, end: ClearanceStatus) -> list[ClearanceStatus]:
    """Return the shortest legal way between two statuses, the first one left out."""
    ways = deque([[start]])
    seen = {start}
    while ways:
        way = ways.popleft()
        if way[-1] is end:
            return way[1:]
        for status in sorted(MOVES[way[-1]] - seen):
            seen.add(status)
            ways.append([*way, status])
    return [end]


def _store(
    session: Session,
    row: ClearanceRecord | None,
    clearance: Clearance,
    *,
    organization_id: UUID,
    now: datetime,
) -> None:
    if row is None:
        session.add(
            ClearanceRecord(
                organization_id=organization_id,
                id=clearance.person_id,
                status=clearance.status,
                checked_on=clearance.checked_on,
                expires_on=clearance.expires_on,
                reference=clearance.reference,
                recorded_by=clearance.recorded_by,
                recorded_at=now,
            )
        )
    else:
        row.status, row.reference = clearance.status, clearance.reference
        row.checked_on, row.expires_on = clearance.checked_on, clearance.expires_on
        row.recorded_by, row.recorded_at = clearance.recorded_by, now
        row.version += 1
    session.flush()


def _follow(
    session: Session,
    before: Clearance | None,
    after: Clearance,
    organization_id: UUID,
    school_id: UUID,
    *,
    on: date,
    now: datetime,
) -> None:
    """Look at the mentor's meetings again, and tell staff when the mentor is newly on hold."""
    held_before = before is not None and not clearance_obstacles(before, on=on)
    holds_now = not clearance_obstacles(after, on=on)
    if held_before and not holds_now:
        messages.notify_staff(
            session,
            organization_id=organization_id,
            school_id=school_id,
            code=ON_HOLD,
            subject_kind="person",
            subject_id=after.person_id,
            now=now,
        )
    if holds_now:
        messages.settle_matter(
            session,
            organization_id=organization_id,
            code=ON_HOLD,
            subject_id=after.person_id,
            now=now,
        )
    lapses.reassess(session, organization_id=organization_id, person_ids={after.person_id}, now=now)
