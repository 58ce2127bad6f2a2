"""Ending a call for everyone: because the meeting was closed, or because nobody confirmed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.domain.meetings import MeetingStatus
from lti_tool.models.meetings import MeetingRecord
from lti_tool.ports.google import Account
from lti_tool.services import audit, google, outbox, presence, supervision
from lti_tool.services.outbox import Claim

END_CALL = supervision.END_CALL


@dataclass(frozen=True, slots=True, kw_only=True)
class CallWork:
    """The room whose call is to be ended."""

    account: Account
    space_name: str


def end_call_to_do(session: Session, claim: Claim, now: datetime) -> CallWork | None:
    """Say whether the call is to be ended: the meeting is closed, or the deadline has passed."""
    meeting = session.get(MeetingRecord, (claim.organization_id, claim.key), with_for_update=True)
    if meeting is None:
        return None
    is_overdue = meeting.end_call_at is not None and meeting.end_call_at <= now
    if meeting.closed_at is None and is_overdue:
        close(session, meeting, actor_id=None, action="meeting-closed-by-the-tool", now=now)
    if meeting.closed_at is None or meeting.space_name is None:
        return None
    account = google.host_account(session, meeting)
    return CallWork(account=account, space_name=meeting.space_name) if account else None


def end_call_done(
    session: Session, claim: Claim, _work: CallWork, _answer: None, now: datetime
) -> None:
    """Note that the call is over and read who was in it."""
    audit.write(
        session,
        organization_id=claim.organization_id,
        actor_id=None,
        action="call-ended",
        subject_kind="meeting",
        subject_id=claim.key,
        now=now,
    )
    outbox.promise(
        session, presence.CALLS, organization_id=claim.organization_id, key=claim.key, now=now
    )


def close(
    session: Session,
    meeting: MeetingRecord,
    *,
    actor_id: UUID | None,
    action: str,
    now: datetime,
) -> None:
    """Close a meeting: the link is dark from here on, whoever was there has left, the call ends."""
    for stay in session.scalars(presence.attested_stays(meeting, person_id=None)):
        stay.left_at = now
    meeting.status, meeting.closed_at, meeting.closed_by = MeetingStatus.ended, now, actor_id
    meeting.end_call_at = None
    meeting.version += 1
    audit.write(
        session,
        organization_id=meeting.organization_id,
        actor_id=actor_id,
        action=action,
        subject_kind="meeting",
        subject_id=meeting.id,
        now=now,
    )
    for topic in (END_CALL, presence.CALLS):
        outbox.promise(
            session, topic, organization_id=meeting.organization_id, key=meeting.id, now=now
        )
