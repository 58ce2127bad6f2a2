"""Reading who was in a room: its calls, the people in each, the joins and leaves of each person.

Each step is one promise with one remote request. What was listed after a call had ended is final;
only when all of it is, is the presence of a meeting complete and its ledger certain.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lti_tool.domain.consent import Channel
from lti_tool.domain.presence import Basis
from lti_tool.models.meetings import (
    CallRecord,
    MeetingRecord,
    ParticipantRecord,
    PresenceRecord,
)
from lti_tool.models.pairings import MentorRecord
from lti_tool.models.people import StaffRecord
from lti_tool.models.sealed import seal
from lti_tool.ports.google import Account, Call, CallParticipant, ParticipantSession
from lti_tool.queries.plans import Planned, planned
from lti_tool.services import google, messages, outbox, supervision
from lti_tool.services.outbox import Claim, Topic

CALLS = Topic(name="presence.calls", queue="google")
PARTICIPANTS = Topic(name="presence.participants", queue="google")
SESSIONS = Topic(name="presence.sessions", queue="google")


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceWork:
    """What to list: the remote name of a room, a call or a participant."""

    account: Account
    name: str
    ended_at: datetime | None = None
    """When the call had ended, as known before the request: then the answer is final."""


def calls_to_do(session: Session, claim: Claim, now: datetime) -> PresenceWork | None:
    """Say which room's calls are to be listed; without a room there is only a ledger to compute."""
    meeting = _locked(session, claim.organization_id, claim.key)
    if meeting is None:
        return None
    if meeting.space_name is None:
        if meeting.closed_at is not None and meeting.channel != Channel.video:
            meeting.presence_complete_at = meeting.presence_complete_at or now
        supervision.recompute(session, meeting, now=now)
        return None
    account = google.host_account(session, meeting)
    return PresenceWork(account=account, name=meeting.space_name) if account else None


def calls_done(
    session: Session,
    claim: Claim,
    _work: PresenceWork,
    calls: tuple[Call, ...],
    now: datetime,
) -> None:
    """Keep the calls and have the people of each listed until that is final."""
    meeting = _required(session, claim.organization_id, claim.key)
    known = {
        row.remote_name: row
        for row in session.scalars(
            select(CallRecord).where(
                CallRecord.organization_id == meeting.organization_id,
                CallRecord.meeting_id == meeting.id,
            )
        )
    }
    meeting.presence_read_at = now
    for call in calls:
        row = known.get(call.name)
        if row is None:
            row = CallRecord(
                organization_id=meeting.organization_id,
                id=uuid4(),
                meeting_id=meeting.id,
                remote_name=call.name,
                started_at=call.started_at,
            )
            session.add(row)
            _look_at_window(session, meeting, call, now)
        row.ended_at = call.ended_at
        if not row.participants_collected:
            _promise(session, PARTICIPANTS, row.organization_id, row.id, now)
    session.flush()
    _settle(session, meeting, now)


def participants_to_do(session: Session, claim: Claim, _now: datetime) -> PresenceWork | None:
    """Say which call's people are to be listed."""
    call = session.get(CallRecord, (claim.organization_id, claim.key))
    if call is None or call.participants_collected:
        return None
    account = google.host_account(
        session, session.get_one(MeetingRecord, (call.organization_id, call.meeting_id))
    )
    if account is None:
        return None
    return PresenceWork(account=account, name=call.remote_name, ended_at=call.ended_at)


def participants_done(
    session: Session,
    claim: Claim,
    work: PresenceWork,
    people: tuple[CallParticipant, ...],
    now: datetime,
) -> None:
    """Keep who was in the call, known by their bound Google user, and have their stays listed."""
    call = session.get_one(CallRecord, (claim.organization_id, claim.key))
    meeting = _required(session, claim.organization_id, call.meeting_id)
    known = {
        row.remote_name: row
        for row in session.scalars(
            select(ParticipantRecord).where(
                ParticipantRecord.organization_id == call.organization_id,
                ParticipantRecord.call_id == call.id,
            )
        )
    }
    bound = _bound(session, planned(session, meeting.organization_id, meeting.id))
    for person in people:
        row = known.get(person.name) or _new_participant(session, call, person)
        if row.person_id is None and row.google_user is not None:
            row.person_id = bound.get(row.google_user)
        if not row.sessions_collected:
            _promise(session, SESSIONS, row.organization_id, row.id, now)
    call.participants_collected = work.ended_at is not None
    session.flush()
    _settle(session, meeting, now)


def sessions_to_do(session: Session, claim: Claim, _now: datetime) -> PresenceWork | None:
    """Say whose joins and leaves are to be listed."""
    person = session.get(ParticipantRecord, (claim.organization_id, claim.key))
    if person is None or person.sessions_collected:
        return None
    call = session.get_one(CallRecord, (person.organization_id, person.call_id))
    account = google.host_account(
        session, session.get_one(MeetingRecord, (person.organization_id, person.meeting_id))
    )
    if account is None:
        return None
    return PresenceWork(account=account, name=person.remote_name, ended_at=call.ended_at)


def sessions_done(
    session: Session,
    claim: Claim,
    work: PresenceWork,
    stays: tuple[ParticipantSession, ...],
    now: datetime,
) -> None:
    """Keep the stays; one that a finished call left open ends with the call, and says so."""
    person = session.get_one(ParticipantRecord, (claim.organization_id, claim.key))
    meeting = _required(session, claim.organization_id, person.meeting_id)
    known = {
        row.remote_name: row
        for row in session.scalars(
            select(PresenceRecord).where(
                PresenceRecord.organization_id == person.organization_id,
                PresenceRecord.participant_id == person.id,
            )
        )
    }
    for stay in stays:
        row = known.get(stay.name)
        if row is None:
            row = PresenceRecord(
                organization_id=person.organization_id,
                id=uuid4(),
                meeting_id=person.meeting_id,
                basis=Basis.measured,
                joined_at=stay.joined_at,
                left_at=None,
                remote_name=stay.name,
                participant_id=person.id,
                recorded_at=now,
            )
            session.add(row)
        row.left_at = stay.left_at or work.ended_at
        row.end_is_known = stay.left_at is not None or work.ended_at is None
    person.sessions_collected = work.ended_at is not None
    session.flush()
    _settle(session, meeting, now)


def _settle(session: Session, meeting: MeetingRecord, now: datetime) -> None:
    """Note that all is known once the meeting is over and every list was final; then compute."""
    if not _is_final(session, meeting):
        meeting.presence_complete_at = None
    elif meeting.presence_complete_at is None:
        meeting.presence_complete_at = now
    session.flush()
    supervision.recompute(session, meeting, now=now)


def _is_final(session: Session, meeting: MeetingRecord) -> bool:
    """A room that no call is known of stays open to doubt: no data is never no violation."""
    if meeting.closed_at is None or meeting.presence_read_at is None:
        return False
    calls = session.scalars(
        select(CallRecord).where(
            CallRecord.organization_id == meeting.organization_id,
            CallRecord.meeting_id == meeting.id,
        )
    ).all()
    people = session.scalars(
        select(ParticipantRecord.sessions_collected).where(
            ParticipantRecord.organization_id == meeting.organization_id,
            ParticipantRecord.meeting_id == meeting.id,
        )
    ).all()
    return (
        meeting.presence_read_at >= meeting.closed_at
        and bool(calls)
        and all(call.participants_collected for call in calls)
        and all(people)
    )


def _look_at_window(session: Session, meeting: MeetingRecord, call: Call, now: datetime) -> None:
    """Tell staff of a call in this room outside the meeting's window: nobody should be there."""
    current = planned(session, meeting.organization_id, meeting.id)
    opens = meeting.starts_at - timedelta(minutes=current.policy.opens_before_minutes)
    shuts = meeting.ends_at + timedelta(minutes=current.policy.closes_after_minutes)
    if meeting.closed_at is not None:
        shuts = min(shuts, meeting.closed_at)
    if not opens <= call.started_at <= shuts:
        messages.notify_staff(
            session,
            organization_id=meeting.organization_id,
            school_id=current.school_id,
            code="call_outside_window",
            subject_kind="meeting",
            subject_id=meeting.id,
            now=now,
        )


def _bound(session: Session, current: Planned) -> dict[str, UUID]:
    """Return who is known by their Google user: staff of the school, mentors of this meeting."""
    staff = session.scalars(
        select(StaffRecord).where(
            StaffRecord.organization_id == current.organization_id,
            StaffRecord.school_id == current.school_id,
            StaffRecord.google_user.is_not(None),
        )
    )
    found = {row.google_user: row.person_id for row in staff if row.google_user}
    for mentor in session.scalars(
        select(MentorRecord).where(
            MentorRecord.organization_id == current.organization_id,
            MentorRecord.id.in_(current.plan.mentor_ids),
        )
    ):
        if mentor.google_user:
            found[mentor.google_user] = mentor.id
    return found


def _new_participant(
    session: Session, call: CallRecord, person: CallParticipant
) -> ParticipantRecord:
    row_id = uuid4()
    row = ParticipantRecord(
        organization_id=call.organization_id,
        id=row_id,
        meeting_id=call.meeting_id,
        call_id=call.id,
        remote_name=person.name,
        identity_kind=person.identity_kind,
        google_user=person.google_user,
        display_name_sealed=seal(
            session,
            ParticipantRecord.__tablename__,
            call.organization_id,
            row_id,
            "display_name_sealed",
            person.display_name,
        ),
    )
    session.add(row)
    return row


def _locked(session: Session, organization_id: UUID, meeting_id: UUID) -> MeetingRecord | None:
    return session.get(MeetingRecord, (organization_id, meeting_id), with_for_update=True)


def _required(session: Session, organization_id: UUID, meeting_id: UUID) -> MeetingRecord:
    return session.get_one(MeetingRecord, (organization_id, meeting_id), with_for_update=True)


def _promise(
    session: Session, topic: Topic, organization_id: UUID, key: UUID, now: datetime
) -> None:
    outbox.promise(session, topic, organization_id=organization_id, key=key, now=now)


def attested_stays(meeting: MeetingRecord, *, person_id: UUID | None) -> Select[PresenceRecord]:
    """Select the stays seen in person that have not ended, of one person or of everybody."""
    wanted = select(PresenceRecord).where(
        PresenceRecord.organization_id == meeting.organization_id,
        PresenceRecord.meeting_id == meeting.id,
        PresenceRecord.basis == Basis.attested,
        PresenceRecord.left_at.is_(None),
    )
    return wanted.where(PresenceRecord.person_id == person_id) if person_id else wanted
