"""Recording a mentor's training and agreement, which come before the first contact."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.domain.ids import PersonId
from lti_tool.domain.training import Agreement, Training
from lti_tool.models.pairings import AgreementRecord, TrainingRecord
from lti_tool.services import audit, lapses, mentors

FIRST_VERSION = "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """A module that a mentor has completed."""

    module: str
    completed_on: date
    expires_on: date | None
    version: str = FIRST_VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """An agreement that a mentor has signed."""

    signed_on: date
    ends_on: date | None
    version: str = FIRST_VERSION


def record(
    session: Session,
    completed: Completed,
    *,
    organization_id: UUID,
    school_id: UUID,
    person_id: UUID,
    actor_id: UUID,
    now: datetime,
) -> None:
    """Record a completed module; recorded again, the newer days replace the older ones.

    :raises NotFoundError: if the school has no such mentor
    :raises TrainingInvalidError: if it ends before it was completed
    """
    mentors.of_school(session, organization_id, school_id, person_id)
    Training(
        person_id=PersonId(person_id),
        module=completed.module,
        version=completed.version,
        completed_on=completed.completed_on,
        expires_on=completed.expires_on,
    )
    row = session.scalars(
        select(TrainingRecord).where(
            TrainingRecord.organization_id == organization_id,
            TrainingRecord.person_id == person_id,
            TrainingRecord.module == completed.module,
            TrainingRecord.version == completed.version,
        )
    ).one_or_none()
    if row is None:
        row = TrainingRecord(
            organization_id=organization_id,
            id=uuid4(),
            person_id=person_id,
            module=completed.module,
            version=completed.version,
            completed_on=completed.completed_on,
            recorded_by=actor_id,
            recorded_at=now,
        )
        session.add(row)
    row.completed_on, row.expires_on = completed.completed_on, completed.expires_on
    row.recorded_by, row.recorded_at = actor_id, now
    session.flush()
    payload = {"module": completed.module, "completed_on": completed.completed_on.isoformat()}
    _follow(session, "training-recorded", organization_id, person_id, actor_id, now, payload)


def record_agreement(
    session: Session,
    signed: Signed,
    *,
    organization_id: UUID,
    school_id: UUID,
    person_id: UUID,
    actor_id: UUID,
    now: datetime,
) -> None:
    """Record the signed agreement; recorded again, the newer days replace the older ones.

    :raises NotFoundError: if the school has no such mentor
    :raises TrainingInvalidError: if it ends before it was signed
    """
    mentors.of_school(session, organization_id, school_id, person_id)
    Agreement(
        person_id=PersonId(person_id),
        version=signed.version,
        signed_on=signed.signed_on,
        ends_on=signed.ends_on,
    )
    row = session.scalars(
        select(AgreementRecord).where(
            AgreementRecord.organization_id == organization_id,
            AgreementRecord.person_id == person_id,
            AgreementRecord.version == signed.version,
        )
    ).one_or_none()
    if row is None:
        row = AgreementRecord(
            organization_id=organization_id,
            id=uuid4(),
            person_id=person_id,
            version=signed.version,
            signed_on=signed.signed_on,
            recorded_by=actor_id,
            recorded_at=now,
        )
        session.add(row)
    row.signed_on, row.ends_on = signed.signed_on, signed.ends_on
    row.recorded_by, row.recorded_at = actor_id, now
    session.flush()
    payload = {"signed_on": signed.signed_on.isoformat()}
    _follow(session, "agreement-recorded", organization_id, person_id, actor_id, now, payload)


def _follow(
    session: Session,
    action: str,
    organization_id: UUID,
    person_id: UUID,
    actor_id: UUID,
    now: datetime,
    payload: dict[str, str],
) -> None:
    """Put the act on record and look at the mentor's meetings again: days may have shrunk."""
    audit.write(
        session,
        organization_id=organization_id,
        actor_id=actor_id,
        action=action,
        subject_kind="person",
        subject_id=person_id,
        now=now,
        payload=payload,
    )
    lapses.reassess(session, organization_id=organization_id, person_ids={person_id}, now=now)
