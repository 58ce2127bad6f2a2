"""What the gates look at: mentors' files, families' consents, the staff roster; as it is now."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.domain.clearance import Clearance, ClearanceStatus
from lti_tool.domain.consent import Channel, Consent
from lti_tool.domain.eligibility import MentorFile
from lti_tool.domain.ids import PersonId
from lti_tool.domain.meetings import Supervisor
from lti_tool.domain.roles import StaffRole
from lti_tool.domain.training import Agreement, Training
from lti_tool.models.pairings import (
    AgreementRecord,
    ClearanceRecord,
    ConsentRecord,
    TrainingRecord,
)
from lti_tool.models.people import StaffRecord


def mentor_files(
    session: Session, organization_id: UUID, person_ids: Iterable[UUID]
) -> dict[PersonId, MentorFile]:
    """Return the file of each person, empty where nothing is on record; three statements."""
    ids = [PersonId(person_id) for person_id in dict.fromkeys(person_ids)]
    if not ids:
        return {}
    clearances = {
        PersonId(row.id): clearance_of(row)
        for row in session.scalars(
            select(ClearanceRecord).where(
                ClearanceRecord.organization_id == organization_id, ClearanceRecord.id.in_(ids)
            )
        )
    }
    trainings: dict[PersonId, list[Training]] = defaultdict(list)
    for training in session.scalars(
        select(TrainingRecord).where(
            TrainingRecord.organization_id == organization_id, TrainingRecord.person_id.in_(ids)
        )
    ):
        trainings[PersonId(training.person_id)].append(
            Training(
                person_id=PersonId(training.person_id),
                module=training.module,
                version=training.version,
                completed_on=training.completed_on,
                expires_on=training.expires_on,
            )
        )
    agreements = {
        PersonId(row.person_id): Agreement(
            person_id=PersonId(row.person_id),
            version=row.version,
            signed_on=row.signed_on,
            ends_on=row.ends_on,
        )
        for row in session.scalars(
            select(AgreementRecord)
            .where(
                AgreementRecord.organization_id == organization_id,
                AgreementRecord.person_id.in_(ids),
            )
            .order_by(AgreementRecord.signed_on)
        )
    }
    return {
        person_id: MentorFile(
            person_id=person_id,
            clearance=clearances.get(person_id),
            trainings=tuple(trainings[person_id]),
            agreement=agreements.get(person_id),
        )
        for person_id in ids
    }


def clearance_of(row: ClearanceRecord) -> Clearance:
    """Return the clearance that a row holds."""
    return Clearance(
        person_id=PersonId(row.id),
        status=ClearanceStatus(row.status),
        checked_on=row.checked_on,
        expires_on=row.expires_on,
        recorded_by=PersonId(row.recorded_by),
        reference=row.reference,
    )


def consents(
    session: Session, organization_id: UUID, person_ids: Iterable[UUID]
) -> tuple[Consent, ...]:
    """Return every consent on record for these students, withdrawn ones included."""
    return tuple(
        Consent(
            person_id=PersonId(row.person_id),
            channel=Channel(row.channel),
            given_on=row.given_on,
            expires_on=row.expires_on,
            withdrawn_on=row.withdrawn_on,
            recorded_by=PersonId(row.recorded_by),
        )
        for row in session.scalars(
            select(ConsentRecord).where(
                ConsentRecord.organization_id == organization_id,
                ConsentRecord.person_id.in_(set(person_ids)),
            )
        )
    )


def supervisors(
    session: Session, organization_id: UUID, school_id: UUID, person_ids: Iterable[UUID]
) -> dict[PersonId, Supervisor]:
    """Return these people as the school's roster knows them now; unknown ones are left out."""
    return {
        PersonId(row.person_id): Supervisor(
            person_id=PersonId(row.person_id),
            staff_role=StaffRole(row.staff_role),
            on_roster=row.removed_at is None,
        )
        for row in session.scalars(
            select(StaffRecord).where(
                StaffRecord.organization_id == organization_id,
                StaffRecord.school_id == school_id,
                StaffRecord.person_id.in_(set(person_ids)),
            )
        )
    }
