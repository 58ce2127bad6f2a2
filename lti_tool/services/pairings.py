"""Proposing pairings, activating them when every gate is green, and ending them."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.domain.consent import Channel
from lti_tool.domain.errors import DomainError, Obstacle
from lti_tool.domain.formats import Format, format_obstacles
from lti_tool.domain.pairings import PairingStatus
from lti_tool.models.pairings import MentorRecord, PairingMemberRecord, PairingRecord
from lti_tool.queries import consent, readiness
from lti_tool.queries import program as programs
from lti_tool.queries.errors import NotFoundError
from lti_tool.queries.pairings import MENTEE, MENTOR, PairingPeople, pairing_of_school
from lti_tool.services import audit, lapses, people


class ProposalCode(StrEnum):
    """Why a pairing cannot be proposed or taken a step further."""

    named_twice = "proposal-names-a-person-twice"
    no_channel = "proposal-without-a-channel"
    has_ended = "pairing-has-ended"


class ProposalRefusedError(DomainError):
    """The pairing could never become active like this; lists every obstacle."""


class PairingEndedError(DomainError):
    """The pairing has ended; a new one can be proposed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Who should meet, in which format and how."""

    format: Format
    mentor_ids: tuple[UUID, ...]
    mentee_ids: tuple[UUID, ...]
    channels: tuple[Channel, ...]


def propose(
    session: Session,
    proposal: Proposal,
    *,
    request_id: UUID,
    organization_id: UUID,
    school_id: UUID,
    program_id: UUID,
    actor_id: UUID,
    now: datetime,
) -> UUID:
    """Propose a pairing; a form sent twice finds the pairing that is there.

    :raises NotFoundError: if the program or a person is not the school's
    :raises ProposalRefusedError: if the numbers fit no such format, or nobody could meet
    """
    program = programs.program(session, organization_id, school_id, program_id)
    everybody = (*proposal.mentor_ids, *proposal.mentee_ids)
    people.lock(session, organization_id, everybody)
    if session.get(PairingRecord, (organization_id, request_id)) is not None:
        return pairing_of_school(session, organization_id, school_id, request_id).id
    _check_people(session, proposal, organization_id, school_id, program.id)
    _check_numbers(session, proposal, organization_id, program.id)
    session.add(
        PairingRecord(
            organization_id=organization_id,
            id=request_id,
            program_id=program_id,
            format=proposal.format,
            status=PairingStatus.proposed,
            created_by=actor_id,
            created_at=now,
            channels=sorted(proposal.channels),
        )
    )
    session.flush()
    for side, ids in ((MENTOR, proposal.mentor_ids), (MENTEE, proposal.mentee_ids)):
        session.add_all(
            PairingMemberRecord(
                organization_id=organization_id,
                id=uuid4(),
                pairing_id=request_id,
                person_id=person_id,
                side=side,
            )
            for person_id in ids
        )
    session.flush()
    _write(session, "pairing-proposed", organization_id, request_id, actor_id, now)
    return request_id


def approve_virtual_start(
    session: Session,
    *,
    organization_id: UUID,
    school_id: UUID,
    pairing_id: UUID,
    actor_id: UUID,
    now: datetime,
) -> None:
    """Let the pairing begin at a distance, on the coordinator's word.

    :raises NotFoundError: if the school has no such pairing
    """
    _, row = _locked(session, organization_id, school_id, pairing_id)
    if row.virtual_start_approved_by is not None:
        return
    row.virtual_start_approved_by = actor_id
    session.flush()
    _write(session, "virtual-start-approved", organization_id, pairing_id, actor_id, now)


def activate(
    session: Session,
    *,
    organization_id: UUID,
    school_id: UUID,
    pairing_id: UUID,
    actor_id: UUID,
    on: date,
    now: datetime,
) -> None:
    """Make the pairing active, with every gate judged as it is now; twice changes nothing.

    :raises NotFoundError: if the school has no such pairing
    :raises PairingNotReadyError: with every obstacle
    :raises PairingEndedError: if it has ended
    """
    pairing, row = _locked(session, organization_id, school_id, pairing_id)
    if pairing.status is PairingStatus.ended:
        raise PairingEndedError(
            Obstacle(code=ProposalCode.has_ended, remedy="Propose a new pairing.")
        )
    if pairing.status is PairingStatus.active:
        return
    policy = programs.policy_of(session, organization_id, pairing.program_id)
    facts = readiness.facts(session, organization_id, [pairing])
    facts.activate(pairing, on=on, policy=policy)
    row.status, row.activated_at = PairingStatus.active, now
    row.version += 1
    session.flush()
    _write(session, "pairing-activated", organization_id, pairing_id, actor_id, now)
    lapses.reassess(
        session, organization_id=organization_id, person_ids=set(pairing.person_ids), now=now
    )


def end(
    session: Session,
    *,
    organization_id: UUID,
    school_id: UUID,
    pairing_id: UUID,
    actor_id: UUID,
    reason: str,
    now: datetime,
) -> None:
    """End the pairing: its meetings go on hold at once; twice changes nothing.

    :raises NotFoundError: if the school has no such pairing
    """
    pairing, row = _locked(session, organization_id, school_id, pairing_id)
    if pairing.status is PairingStatus.ended:
        return
    row.status, row.ended_at = PairingStatus.ended, now
    row.version += 1
    session.flush()
    _write(session, "pairing-ended", organization_id, pairing_id, actor_id, now, reason=reason)
    lapses.reassess(
        session, organization_id=organization_id, person_ids=set(pairing.person_ids), now=now
    )


def _locked(
    session: Session, organization_id: UUID, school_id: UUID, pairing_id: UUID
) -> tuple[PairingPeople, PairingRecord]:
    """Lock the pairing's people, then read it: whoever came first has finished by then."""
    before = pairing_of_school(session, organization_id, school_id, pairing_id)
    people.lock(session, organization_id, before.person_ids)
    row = session.get_one(
        PairingRecord, (organization_id, pairing_id), with_for_update=True, populate_existing=True
    )
    return pairing_of_school(session, organization_id, school_id, pairing_id), row


def _check_people(
    session: Session,
    proposal: Proposal,
    organization_id: UUID,
    school_id: UUID,
    program_id: UUID,
) -> None:
    """See that adults are the school's mentors, and students are in the program's courses."""
    students = {
        person_id
        for course_id in programs.course_ids(session, organization_id, program_id)
        for person_id in consent.student_ids(
            session, organization_id, school_id=school_id, course_id=course_id
        )
    }
    adults = set(
        session.scalars(
            select(MentorRecord.id).where(
                MentorRecord.organization_id == organization_id,
                MentorRecord.school_id == school_id,
            )
        )
    )
    mentors = students if proposal.format is Format.peer else adults
    if not set(proposal.mentee_ids) <= students or not set(proposal.mentor_ids) <= mentors:
        raise NotFoundError


def _check_numbers(
    session: Session, proposal: Proposal, organization_id: UUID, program_id: UUID
) -> None:
    policy = programs.policy_of(session, organization_id, program_id)
    found = list(
        format_obstacles(
            proposal.format,
            mentors=len(proposal.mentor_ids),
            mentees=len(proposal.mentee_ids),
            policy=policy,
        )
    )
    everybody = (*proposal.mentor_ids, *proposal.mentee_ids)
    if len(set(everybody)) < len(everybody):
        remedy = "Name each person once."
        found.append(Obstacle(code=ProposalCode.named_twice, remedy=remedy))
    if not proposal.channels:
        remedy = "Choose how the pairing will meet."
        found.append(Obstacle(code=ProposalCode.no_channel, remedy=remedy))
    if found:
        raise ProposalRefusedError(*found)


def _write(
    session: Session,
    action: str,
    organization_id: UUID,
    pairing_id: UUID,
    actor_id: UUID,
    now: datetime,
    **payload: str,
) -> None:
    audit.write(
        session,
        organization_id=organization_id,
        actor_id=actor_id,
        action=action,
        subject_kind="pairing",
        subject_id=pairing_id,
        now=now,
        payload=payload,
    )
