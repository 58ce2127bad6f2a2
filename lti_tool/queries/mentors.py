"""Mentors of a school and what is on record about them: the pipeline and one mentor's gate."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.domain.clearance import MOVES, ClearanceStatus, clearance_obstacles, warnings_due
from lti_tool.domain.eligibility import mentor_obstacles
from lti_tool.domain.errors import Obstacle
from lti_tool.domain.ids import PersonId
from lti_tool.domain.policy import Policy
from lti_tool.domain.training import agreement_obstacles, training_obstacles
from lti_tool.models.pairings import (
    AgreementRecord,
    ClearanceRecord,
    MentorRecord,
    TrainingRecord,
)
from lti_tool.models.people import IdentityRecord
from lti_tool.models.sealed import unseal
from lti_tool.queries import gates, people
from lti_tool.queries.errors import NotFoundError


@dataclass(frozen=True, slots=True, kw_only=True)
class MentorLine:
    """One mentor in the list: ready, or what is missing first."""

    person_id: UUID
    name: str
    employer: str
    occupation: str
    obstacles: tuple[Obstacle, ...]
    clearance_ends_on: date | None
    """Set when the clearance runs out soon enough to be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One part of a mentor's gate: what is on record, and what is missing."""

    title: str
    obstacles: tuple[Obstacle, ...]
    facts: tuple[tuple[str, str], ...]
    dates: tuple[tuple[str, date], ...]
    recorded_by: str | None
    recorded_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MentorPage:
    """A mentor with everything that the gate looks at."""

    person_id: UUID
    name: str
    e_mail: str | None
    employer: str
    occupation: str
    google_user: str | None
    is_eligible: bool
    clearance: Step
    training: Step
    agreement: Step
    clearance_status: ClearanceStatus | None
    clearance_reference: str
    clearance_version: int
    next_statuses: tuple[ClearanceStatus, ...]
    modules_required: tuple[str, ...]


def of_school(
    session: Session, organization_id: UUID, school_id: UUID, *, on: date, policy: Policy
) -> tuple[MentorLine, ...]:
    """List the mentors of the school by name, each with what is missing on that day."""
    rows = session.scalars(
        select(MentorRecord).where(
            MentorRecord.organization_id == organization_id, MentorRecord.school_id == school_id
        )
    ).all()
    names = people.names(session, organization_id, (row.id for row in rows))
    files = gates.mentor_files(session, organization_id, (row.id for row in rows))
    lines = []
    for row in rows:
        file = files[PersonId(row.id)]
        clearance = file.clearance
        ends_soon = clearance and warnings_due(clearance, on=on, policy=policy) is not None
        lines.append(
            MentorLine(
                person_id=row.id,
                name=names[row.id],
                employer=row.employer,
                occupation=row.occupation,
                obstacles=mentor_obstacles(file, on=on, policy=policy),
                clearance_ends_on=clearance.expires_on if clearance and ends_soon else None,
            )
        )
    return tuple(sorted(lines, key=lambda line: line.name.casefold()))


def choices(
    session: Session, organization_id: UUID, school_id: UUID
) -> tuple[tuple[str, str], ...]:
    """Return (id, name) of every mentor of the school, for a form."""
    ids = session.scalars(
        select(MentorRecord.id).where(
            MentorRecord.organization_id == organization_id, MentorRecord.school_id == school_id
        )
    ).all()
    names = people.names(session, organization_id, ids)
    return tuple(sorted(((str(i), names[i]) for i in ids), key=lambda pair: pair[1].casefold()))


def page(
    session: Session,
    organization_id: UUID,
    school_id: UUID,
    person_id: UUID,
    *,
    on: date,
    policy: Policy,
) -> MentorPage:
    """Return one mentor of the school.

    :raises NotFoundError: if the school has no such mentor
    """
    row = session.get(MentorRecord, (organization_id, person_id))
    if row is None or row.school_id != school_id:
        raise NotFoundError
    clearance = session.get(ClearanceRecord, (organization_id, person_id))
    trainings = _trainings(session, organization_id, person_id)
    agreement = _agreement(session, organization_id, person_id)
    recorders = {each.recorded_by for each in (clearance, agreement, *trainings) if each}
    names = people.names(session, organization_id, {person_id, *recorders})
    file = gates.mentor_files(session, organization_id, [person_id])[PersonId(person_id)]
    about = PersonId(person_id)
    status = ClearanceStatus(clearance.status) if clearance else None
    return MentorPage(
        person_id=person_id,
        name=names[person_id],
        e_mail=_e_mail(session, organization_id, person_id),
        employer=row.employer,
        occupation=row.occupation,
        google_user=row.google_user,
        is_eligible=not mentor_obstacles(file, on=on, policy=policy),
        clearance=_clearance_step(
            clearance, clearance_obstacles(file.clearance, on=on, person_id=about), names
        ),
        training=_training_step(
            trainings,
            training_obstacles(file.trainings, person_id=about, on=on, policy=policy),
            names,
        ),
        agreement=_agreement_step(
            agreement,
            agreement_obstacles(file.agreement, person_id=about, on=on, policy=policy),
            names,
        ),
        clearance_status=status,
        clearance_reference=clearance.reference if clearance else "",
        clearance_version=clearance.version if clearance else 0,
        next_statuses=_next(status),
        modules_required=policy.training_modules_required,
    )


def _next(status: ClearanceStatus | None) -> tuple[ClearanceStatus, ...]:
    """List what may be recorded next; revoking has a button and a question of its own."""
    if status is None:
        return tuple(s for s in ClearanceStatus if s is not ClearanceStatus.revoked)
    return tuple(s for s in ClearanceStatus if s in MOVES[status] - {ClearanceStatus.revoked})


def _clearance_step(
    row: ClearanceRecord | None, obstacles: tuple[Obstacle, ...], names: dict[UUID, str]
) -> Step:
    if row is None:
        return _empty("Background clearance", obstacles)
    facts = [("Status", row.status.capitalize())]
    if row.reference:
        facts.append(("Reference", row.reference))
    days = (("Checked on", row.checked_on), ("Counts until", row.expires_on))
    return Step(
        title="Background clearance",
        obstacles=obstacles,
        facts=tuple(facts),
        dates=tuple((label, day) for label, day in days if day),
        recorded_by=names.get(row.recorded_by),
        recorded_at=row.recorded_at,
    )


def _training_step(
    rows: list[TrainingRecord], obstacles: tuple[Obstacle, ...], names: dict[UUID, str]
) -> Step:
    if not rows:
        return _empty("Training", obstacles)
    return Step(
        title="Training",
        obstacles=obstacles,
        facts=(),
        dates=tuple((module_name(row.module), row.completed_on) for row in rows),
        recorded_by=names.get(rows[-1].recorded_by),
        recorded_at=rows[-1].recorded_at,
    )


def _agreement_step(
    row: AgreementRecord | None, obstacles: tuple[Obstacle, ...], names: dict[UUID, str]
) -> Step:
    if row is None:
        return _empty("Agreement", obstacles)
    days = (("Signed on", row.signed_on), ("Ends on", row.ends_on))
    return Step(
        title="Agreement",
        obstacles=obstacles,
        facts=(),
        dates=tuple((label, day) for label, day in days if day),
        recorded_by=names.get(row.recorded_by),
        recorded_at=row.recorded_at,
    )


def module_name(module: str) -> str:
    """Write the key of a training module as people read it."""
    return module.replace("-", " ").capitalize()


def _empty(title: str, obstacles: tuple[Obstacle, ...]) -> Step:
    return Step(
        title=title, obstacles=obstacles, facts=(), dates=(), recorded_by=None, recorded_at=None
    )


def _trainings(session: Session, organization_id: UUID, person_id: UUID) -> list[TrainingRecord]:
    return list(
        session.scalars(
            select(TrainingRecord)
            .where(
                TrainingRecord.organization_id == organization_id,
                TrainingRecord.person_id == person_id,
            )
            .order_by(TrainingRecord.completed_on)
        )
    )


def _agreement(session: Session, organization_id: UUID, person_id: UUID) -> AgreementRecord | None:
    return session.scalars(
        select(AgreementRecord)
        .where(
            AgreementRecord.organization_id == organization_id,
            AgreementRecord.person_id == person_id,
        )
        .order_by(AgreementRecord.signed_on.desc())
        .limit(1)
    ).one_or_none()


def _e_mail(session: Session, organization_id: UUID, person_id: UUID) -> str | None:
    row = session.scalars(
        select(IdentityRecord)
        .where(
            IdentityRecord.organization_id == organization_id,
            IdentityRecord.person_id == person_id,
            IdentityRecord.kind == "e-mail",
        )
        .order_by(IdentityRecord.created_at.desc())
        .limit(1)
    ).one_or_none()
    return unseal(session, row, "subject_sealed") if row else None
