"""The door: staff open a meeting, the link is shown only behind it, and staff close it (S3)."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from lti_tool.domain import gate
from lti_tool.domain.consent import Channel
from lti_tool.domain.errors import DomainError, Obstacle
from lti_tool.domain.gate import DoorClosedError, OpenDoor, PersonKind
from lti_tool.domain.ids import PersonId
from lti_tool.domain.meetings import MeetingStatus, people_at_fault
from lti_tool.domain.presence import Basis
from lti_tool.models.meetings import LinkShowingRecord, MeetingRecord, PresenceRecord
from lti_tool.models.sealed import unseal
from lti_tool.queries.errors import NotFoundError
from lti_tool.queries.plans import Planned, planned
from lti_tool.services import audit, calls, lapses, messages, outbox, people, presence, rooms


class Outcome(StrEnum):
    """How a meeting went, by name."""

    held = "held"
    short = "short"
    mentor_late = "mentor-late"
    mentor_absent = "mentor-absent"
    student_absent = "student-absent"
    school_reason = "school-reason"
    technical = "technical"


class StaffCode(StrEnum):
    """Why somebody may not look after this meeting."""

    not_its_staff = "not-the-staff-of-this-meeting"
    on_hold = "staff-on-hold"
    not_open = "meeting-is-not-open"
    not_over = "meeting-is-not-over"


class NotItsStaffError(DomainError):
    """Only supervisor and backup look after a meeting, and only in its course."""


_REMEDIES = {
    StaffCode.not_its_staff: "Ask the supervisor or the backup of this meeting.",
    StaffCode.on_hold: "Ask the coordinator to name other staff for this meeting.",
    StaffCode.not_open: "This works only while the meeting is open.",
    StaffCode.not_over: "This works only after the meeting.",
}


def open_meeting(
    session: Session,
    *,
    organization_id: UUID,
    meeting_id: UUID,
    actor_id: UUID,
    authenticated_at: datetime,
    now: datetime,
) -> None:
    """Open the meeting as its supervisor or backup; opening it again changes nothing.

    :raises DoorClosedError: with every obstacle
    """
    current, meeting = at_the_door(session, organization_id, meeting_id)
    if meeting.status == MeetingStatus.open and meeting.opened_by == actor_id:
        return
    obstacles = gate.may_open_obstacles(
        plan=current.plan,
        policy=current.policy,
        status=current.status,
        person_id=PersonId(actor_id),
        authenticated_at=authenticated_at,
        now=now,
        room_ready=current.room_ready,
        opened_by=current.opened_by,
    )
    if obstacles:
        raise DoorClosedError(*obstacles)
    meeting.status, meeting.opened_by = MeetingStatus.open, actor_id
    meeting.opened_at = meeting.opened_at or now  # cover goes on with what has begun
    meeting.version += 1
    note(session, meeting, "meeting-opened", actor_id, now)
    if meeting.channel == Channel.video:
        # Read back once more: a host may have changed the settings since.
        topics = (rooms.VERIFY, presence.CALLS)
        for topic in topics:
            outbox.promise(session, topic, organization_id=organization_id, key=meeting_id, now=now)
    else:
        attest_arrival(session, meeting, person_id=actor_id, actor_id=actor_id, now=now)


def join(
    session: Session,
    *,
    organization_id: UUID,
    meeting_id: UUID,
    person_id: UUID,
    authenticated_at: datetime,
    now: datetime,
) -> str:
    """Return the Meet link for a person whom the gate lets in at this moment, and log it.

    :raises DoorClosedError: with every obstacle
    """
    current, _ = at_the_door(session, organization_id, meeting_id)
    kind = current.kind_of(person_id)
    if kind is None:
        raise NotFoundError
    proof = gate.door(
        plan=current.plan,
        policy=current.policy,
        status=current.status,
        opened_by=current.opened_by,
        opened_at=current.opened_at,
        closed_at=current.closed_at,
        person_id=PersonId(person_id),
        person_kind=kind,
        authenticated_at=authenticated_at,
        now=now,
        room_ready=current.room_ready,
    )
    return show_link(
        session, proof, organization_id=organization_id, meeting_id=meeting_id, now=now
    )


def show_link(
    session: Session, door: OpenDoor, *, organization_id: UUID, meeting_id: UUID, now: datetime
) -> str:
    """Return the link to somebody who stands before an open door; every showing is logged.

    :raises NotFoundError: if the meeting has no room, because people meet in person
    """
    meeting = session.get_one(MeetingRecord, (organization_id, meeting_id))
    url = unseal(session, meeting, "meeting_url_sealed")
    if url is None:
        raise NotFoundError
    session.add(
        LinkShowingRecord(
            organization_id=organization_id,
            id=uuid4(),
            meeting_id=meeting_id,
            person_id=door.person_id,
            shown_at=now,
        )
    )
    note(session, meeting, "link-shown", door.person_id, now, kind=door.person_kind)
    return url


def close_meeting(
    session: Session,
    *,
    organization_id: UUID,
    meeting_id: UUID,
    actor_id: UUID,
    outcome: Outcome | None,
    now: datetime,
) -> None:
    """Close the meeting for everyone; closing it again changes nothing."""
    current, meeting = at_the_door(session, organization_id, meeting_id)
    require_staff(current, actor_id)
    if meeting.status == MeetingStatus.ended:
        return
    if meeting.status != MeetingStatus.open:
        refuse(StaffCode.not_open)
    calls.close(session, meeting, actor_id=actor_id, action="meeting-closed", now=now)
    if outcome is not None:
        meeting.outcome = outcome


def name_outcome(
    session: Session,
    *,
    organization_id: UUID,
    meeting_id: UUID,
    actor_id: UUID,
    outcome: Outcome,
    now: datetime,
) -> None:
    """Say how the meeting went; one that nobody opened may be concluded after its time."""
    current, meeting = at_the_door(session, organization_id, meeting_id)
    require_staff(current, actor_id)
    was_missed = meeting.status == MeetingStatus.scheduled and meeting.ends_at <= now
    if meeting.status != MeetingStatus.ended and not was_missed:
        refuse(StaffCode.not_over)
    if was_missed:
        calls.close(session, meeting, actor_id=actor_id, action="meeting-not-held", now=now)
    meeting.outcome = outcome
    note(session, meeting, "outcome-named", actor_id, now, outcome=outcome)


def confirm_removal(
    session: Session, *, organization_id: UUID, meeting_id: UUID, actor_id: UUID, now: datetime
) -> None:
    """Note that staff saw the person on hold out, so that the call need not be ended."""
    current, meeting = at_the_door(session, organization_id, meeting_id)
    require_witness(current, actor_id)
    if meeting.status != MeetingStatus.open:
        refuse(StaffCode.not_open)
    if meeting.end_call_at is not None:
        meeting.end_call_at = None
        note(session, meeting, "removal-confirmed", actor_id, now)
        messages.settle_matter(
            session,
            organization_id=organization_id,
            code=lapses.REMOVE,
            subject_id=meeting_id,
            now=now,
        )


def at_the_door(
    session: Session, organization_id: UUID, meeting_id: UUID
) -> tuple[Planned, MeetingRecord]:
    """Lock the people of a meeting and the meeting, then return it as it is now.

    :raises NotFoundError: if there is no such meeting
    """
    people.lock(session, organization_id, planned(session, organization_id, meeting_id).person_ids)
    session.expire_all()  # what was read before the locks may have changed while we waited
    meeting = session.get_one(MeetingRecord, (organization_id, meeting_id), with_for_update=True)
    return planned(session, organization_id, meeting_id), meeting


def require_staff(current: Planned, actor_id: UUID) -> None:
    """Let only the named staff of a meeting look after it.

    :raises NotItsStaffError: for everybody else
    """
    if current.kind_of(actor_id) is not PersonKind.staff:
        refuse(StaffCode.not_its_staff)


def require_witness(current: Planned, actor_id: UUID) -> None:
    """Let staff vouch for who is there only while they count as staff of this meeting.

    Whoever lapsed may still close it: that is never less safe.

    :raises NotItsStaffError: for everybody else
    """
    require_staff(current, actor_id)
    if actor_id in people_at_fault(current.plan, policy=current.policy):
        refuse(StaffCode.on_hold)


def refuse(code: StaffCode) -> None:
    """Refuse with a remedy.

    :raises NotItsStaffError: always
    """
    raise NotItsStaffError(Obstacle(code=code, remedy=_REMEDIES[code]))


def attest_arrival(
    session: Session, meeting: MeetingRecord, *, person_id: UUID, actor_id: UUID, now: datetime
) -> None:
    """Note that staff see somebody arrive in person."""
    session.add(
        PresenceRecord(
            organization_id=meeting.organization_id,
            id=uuid4(),
            meeting_id=meeting.id,
            basis=Basis.attested,
            joined_at=now,
            left_at=None,
            person_id=person_id,
            recorded_by=actor_id,
            recorded_at=now,
        )
    )
    note(session, meeting, "arrival-attested", actor_id, now, person_id=str(person_id))


def note_departure(
    session: Session, meeting: MeetingRecord, *, now: datetime, person_id: UUID
) -> None:
    """Note that somebody leaves now."""
    statement = presence.attested_stays(meeting, person_id=person_id)
    for row in session.scalars(statement):
        row.left_at = now


def note(
    session: Session,
    meeting: MeetingRecord,
    action: str,
    actor_id: UUID | None,
    now: datetime,
    **payload: str,
) -> None:
    """Put an act on a meeting on record."""
    audit.write(
        session,
        organization_id=meeting.organization_id,
        actor_id=actor_id,
        action=action,
        subject_kind="meeting",
        subject_id=meeting.id,
        now=now,
        payload=payload,
    )
