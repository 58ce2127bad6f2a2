"""What staff say about who is there: naming a joiner, attesting in person, correcting afterwards.

Live, one staff member's word is enough and counts as attested. Afterwards nothing is added
without a second staff member (S4).
"""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.domain.consent import Channel
from lti_tool.domain.errors import Obstacle
from lti_tool.domain.ids import PersonId
from lti_tool.domain.meetings import MeetingStatus
from lti_tool.domain.presence import Basis
from lti_tool.domain.supervision import CorrectionNotAllowedError, correction_obstacles
from lti_tool.models.meetings import MeetingRecord, ParticipantRecord, PresenceRecord
from lti_tool.queries.errors import NotFoundError
from lti_tool.queries.plans import Planned
from lti_tool.services import presence, supervision
from lti_tool.services.doors import (
    StaffCode,
    at_the_door,
    attest_arrival,
    note,
    note_departure,
    refuse,
    require_witness,
)

__all__ = ["CorrectionNotAllowedError", "attest", "correct", "name_joiner", "second"]


class CorrectionCode(StrEnum):
    """Why a stay cannot be added like that."""

    ends_before_start = "leaves-before-joining"
    outside = "outside-the-meeting"
    not_over = "meeting-is-not-over"


def name_joiner(
    session: Session,
    *,
    organization_id: UUID,
    meeting_id: UUID,
    participant_id: UUID,
    person_id: UUID,
    actor_id: UUID,
    now: datetime,
) -> None:
    """Say who an unknown joiner is, while the meeting is open: attested by who admitted them.

    :raises NotFoundError: if there is no such joiner, or the person is not expected here
    """
    current, meeting = at_the_door(session, organization_id, meeting_id)
    require_witness(current, actor_id)
    if meeting.status != MeetingStatus.open:
        refuse(StaffCode.not_open)
    joiner = session.get(ParticipantRecord, (organization_id, participant_id))
    if joiner is None or joiner.meeting_id != meeting_id or current.kind_of(person_id) is None:
        raise NotFoundError
    is_measured = joiner.person_id is not None and joiner.named_by is None
    if is_measured or joiner.person_id == person_id:
        return
    joiner.person_id, joiner.named_by, joiner.named_at = person_id, actor_id, now
    note(
        session,
        meeting,
        "joiner-named",
        actor_id,
        now,
        participant_id=str(participant_id),
        person_id=str(person_id),
    )
    session.flush()
    supervision.recompute(session, meeting, now=now)


def attest(
    session: Session,
    *,
    organization_id: UUID,
    meeting_id: UUID,
    person_id: UUID,
    is_here: bool,
    actor_id: UUID,
    now: datetime,
) -> None:
    """Note that somebody arrives or leaves in person, seen by staff; twice is once."""
    current, meeting = at_the_door(session, organization_id, meeting_id)
    require_witness(current, actor_id)
    if meeting.status != MeetingStatus.open or meeting.channel == Channel.video:
        refuse(StaffCode.not_open)
    if current.kind_of(person_id) is None:
        raise NotFoundError
    if not is_here:
        note_departure(session, meeting, now=now, person_id=person_id)
        note(session, meeting, "departure-attested", actor_id, now, person_id=str(person_id))
    elif session.scalars(presence.attested_stays(meeting, person_id=person_id)).first() is None:
        attest_arrival(session, meeting, person_id=person_id, actor_id=actor_id, now=now)
    session.flush()
    supervision.recompute(session, meeting, now=now)


def correct(
    session: Session,
    *,
    organization_id: UUID,
    meeting_id: UUID,
    person_id: UUID,
    joined_at: datetime,
    left_at: datetime,
    reason: str,
    actor_id: UUID,
    now: datetime,
) -> UUID:
    """Add a stay afterwards; it counts for nothing until a second staff member confirms it.

    :raises DomainError: if the meeting is not over, or the times are the wrong way round
    """
    current, meeting = at_the_door(session, organization_id, meeting_id)
    _require_over(meeting)
    if left_at <= joined_at:
        raise CorrectionNotAllowedError(
            Obstacle(
                code=CorrectionCode.ends_before_start,
                remedy="Enter an end that lies after the start.",
            )
        )
    _require_within(current, joined_at, left_at, now)
    if current.kind_of(person_id) is None:
        raise NotFoundError
    known = _same(session, current, person_id, joined_at, left_at)
    if known is not None:
        return known
    row = PresenceRecord(
        organization_id=organization_id,
        id=uuid4(),
        meeting_id=meeting_id,
        basis=Basis.corrected,
        joined_at=joined_at,
        left_at=left_at,
        person_id=person_id,
        recorded_by=actor_id,
        recorded_at=now,
        reason=reason,
    )
    session.add(row)
    note(session, meeting, "presence-corrected", actor_id, now, person_id=str(person_id))
    return row.id


def second(
    session: Session,
    *,
    organization_id: UUID,
    meeting_id: UUID,
    presence_id: UUID,
    actor_id: UUID,
    now: datetime,
) -> None:
    """Confirm what another staff member added; only then is it part of the ledger.

    :raises CorrectionNotAllowedError: for the one who added it
    """
    _, meeting = at_the_door(session, organization_id, meeting_id)
    row = session.get(PresenceRecord, (organization_id, presence_id), with_for_update=True)
    if row is None or row.meeting_id != meeting_id or row.recorded_by is None:
        raise NotFoundError
    if row.seconded_by is not None:
        return
    obstacles = correction_obstacles(
        added_by=PersonId(row.recorded_by), seconded_by=PersonId(actor_id)
    )
    if obstacles:
        raise CorrectionNotAllowedError(*obstacles)
    row.seconded_by = actor_id
    note(session, meeting, "correction-confirmed", actor_id, now, presence_id=str(presence_id))
    session.flush()
    supervision.recompute(session, meeting, now=now)


def _require_over(meeting: MeetingRecord) -> None:
    if meeting.status != MeetingStatus.ended:
        raise CorrectionNotAllowedError(
            Obstacle(code=CorrectionCode.not_over, remedy="Wait until the meeting is over.")
        )


def _require_within(
    current: Planned, joined_at: datetime, left_at: datetime, now: datetime
) -> None:
    """Refuse what lies beyond the time in which the door may be open at all."""
    plan, policy = current.plan, current.policy
    opens = plan.starts_at - timedelta(minutes=policy.opens_before_minutes)
    shuts = plan.ends_at + timedelta(minutes=policy.closes_after_minutes)
    if joined_at < opens or left_at > min(shuts, now):
        remedy = "Enter times within the meeting."
        raise CorrectionNotAllowedError(Obstacle(code=CorrectionCode.outside, remedy=remedy))


def _same(
    session: Session, current: Planned, person_id: UUID, joined_at: datetime, left_at: datetime
) -> UUID | None:
    """Find the same correction: a form that was sent twice adds one."""
    return session.scalars(
        select(PresenceRecord.id).where(
            PresenceRecord.organization_id == current.organization_id,
            PresenceRecord.meeting_id == current.meeting_id,
            PresenceRecord.basis == Basis.corrected,
            PresenceRecord.person_id == person_id,
            PresenceRecord.joined_at == joined_at,
            PresenceRecord.left_at == left_at,
        )
    ).first()
