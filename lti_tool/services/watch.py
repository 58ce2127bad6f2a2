"""What becomes due by the clock for meetings: read open rooms, close forgotten ones, look again."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from lti_tool.domain.meetings import MeetingStatus
from lti_tool.models.meetings import MeetingRecord
from lti_tool.queries.plans import planned
from lti_tool.services import calls, outbox, presence

UNTIL_CERTAIN_EVERY = timedelta(minutes=1)
UNTIL_CERTAIN_FOR = timedelta(hours=1)
REREAD_EVERY = timedelta(days=1)
REREAD_FOR = timedelta(days=30)
"""As long as Google keeps conference records; a call in an old room is an incident."""


def look_at_meetings(session: Session, organization_id: UUID, now: datetime) -> None:
    """Have the rooms of open meetings read, and of those just over until all is certain."""
    for meeting in session.scalars(
        _meetings(organization_id).where(MeetingRecord.status == MeetingStatus.open)
    ):
        current = planned(session, organization_id, meeting.id)
        shuts = meeting.ends_at + timedelta(minutes=current.policy.closes_after_minutes)
        if now >= shuts:
            calls.close(
                session, meeting, actor_id=None, action="meeting-closed-by-the-tool", now=now
            )
        else:
            _read(session, meeting, now)
    for meeting in session.scalars(
        _meetings(organization_id).where(
            MeetingRecord.closed_at > now - UNTIL_CERTAIN_FOR,
            MeetingRecord.presence_complete_at.is_(None),
            _not_read_since(now - UNTIL_CERTAIN_EVERY),
        )
    ):
        _read(session, meeting, now)


def reread_rooms(session: Session, organization_id: UUID, now: datetime) -> None:
    """Have the rooms of past meetings read once a day: nobody should have been in them."""
    for meeting in session.scalars(
        _meetings(organization_id).where(
            MeetingRecord.closed_at > now - REREAD_FOR,
            MeetingRecord.space_name.is_not(None),
            _not_read_since(now - REREAD_EVERY),
        )
    ):
        _read(session, meeting, now)


def _meetings(organization_id: UUID) -> Select[MeetingRecord]:
    return select(MeetingRecord).where(MeetingRecord.organization_id == organization_id)


def _not_read_since(moment: datetime) -> ColumnElement[bool]:
    return or_(MeetingRecord.presence_read_at.is_(None), MeetingRecord.presence_read_at < moment)


def _read(session: Session, meeting: MeetingRecord, now: datetime) -> None:
    outbox.promise(
        session,
        presence.CALLS,
        organization_id=meeting.organization_id,
        key=meeting.id,
        now=now,
    )
