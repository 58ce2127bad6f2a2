"""The ledger as stored, the live watch, and what staff say about who was there (S4)."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from lti_tool.domain.ids import PersonId
from lti_tool.domain.meetings import MeetingStatus
from lti_tool.domain.presence import Interval, Kind
from lti_tool.domain.supervision import Gap, Ledger, ledger
from lti_tool.models.meetings import LedgerMinuteRecord, MeetingRecord
from lti_tool.models.messages import NoticeRecord
from lti_tool.queries.plans import Planned, planned
from lti_tool.queries.supervision import current_ledger
from lti_tool.services import audit, messages, outbox
from lti_tool.services.outbox import Topic

END_CALL = Topic(name="meeting.end-call", queue="google")
UNSUPERVISED = "unsupervised"
MINUTES_TO_CONFIRM = "minutes_to_confirm"
SEEN_FOR = timedelta(seconds=15)
"""A gap rings only when two readings of the room saw it: one late answer must not end a call."""


def recompute(session: Session, meeting: MeetingRecord, *, now: datetime) -> Ledger:
    """Compute the ledger anew, store its minutes, and put its digest on record when it is final."""
    current = planned(session, meeting.organization_id, meeting.id)
    computed = current_ledger(session, current, meeting, now=now)
    _store(session, meeting, computed)
    digest = computed.digest()
    has_changed, meeting.ledger_digest = meeting.ledger_digest != digest, digest
    meeting.ledger_computed_at = now
    if meeting.status == MeetingStatus.open:
        _watch(session, meeting, current, computed, now)
    elif has_changed:
        _conclude(session, meeting, current, computed, now)
    return computed


def alone_now(computed: Ledger, current: Planned, *, now: datetime) -> Gap | None:
    """Return the gap that goes on at this moment; an unknown joiner may be of either side."""
    for kind in (Kind.mentee, Kind.mentor):
        cautious = ledger(
            [_as_if(interval, kind, current.meeting_id) for interval in computed.intervals],
            starts_at=computed.starts_at,
            ends_at=computed.ends_at,
            data_complete=computed.data_complete,
            policy=current.policy,
            as_of=now,
        )
        for gap in cautious.gaps:
            if gap.end >= now:
                return gap
    return None


def _store(session: Session, meeting: MeetingRecord, computed: Ledger) -> None:
    session.execute(
        delete(LedgerMinuteRecord).where(
            LedgerMinuteRecord.organization_id == meeting.organization_id,
            LedgerMinuteRecord.meeting_id == meeting.id,
        )
    )
    rows = [
        {
            "organization_id": meeting.organization_id,
            "meeting_id": meeting.id,
            "at": minute.at,
            "verdict": str(minute.verdict),
            "basis": str(minute.basis) if minute.basis else None,
            "counts": minute.counts,
        }
        for minute in computed.minutes
    ]
    if rows:
        session.execute(insert(LedgerMinuteRecord), rows)


def _watch(
    session: Session, meeting: MeetingRecord, current: Planned, computed: Ledger, now: datetime
) -> None:
    """Ring and end the call when people stay without staff beyond the grace period."""
    gap = alone_now(computed, current, now=now)
    if gap is None:
        meeting.alone_seen_at = None
        return
    meeting.alone_seen_at = meeting.alone_seen_at or now
    if gap.beyond_grace and now - meeting.alone_seen_at >= SEEN_FOR:
        _notify(session, current, UNSUPERVISED, now)
        meeting.end_call_at = now
        outbox.promise(
            session,
            END_CALL,
            organization_id=meeting.organization_id,
            key=meeting.id,
            now=now,
        )


def _conclude(
    session: Session, meeting: MeetingRecord, current: Planned, computed: Ledger, now: datetime
) -> None:
    """Put the digest into the audit chain; tell staff of gaps and of minutes to confirm, once."""
    audit.write(
        session,
        organization_id=meeting.organization_id,
        actor_id=None,
        action="ledger-computed",
        subject_kind="meeting",
        subject_id=meeting.id,
        now=now,
        payload={
            "digest": computed.digest(),
            "counted_minutes": str(computed.counted_minutes),
            "data_complete": str(computed.data_complete),
        },
    )
    told = frozenset(
        session.scalars(
            select(NoticeRecord.code).where(
                NoticeRecord.organization_id == meeting.organization_id,
                NoticeRecord.subject_id == meeting.id,
            )
        )
    )
    wanted = {
        UNSUPERVISED: any(gap.beyond_grace for gap in computed.gaps),
        MINUTES_TO_CONFIRM: computed.data_complete and computed.indeterminate_minutes > 0,
    }
    for code, is_so in wanted.items():
        if is_so and code not in told:
            _notify(session, current, code, now)


def _as_if(interval: Interval, kind: Kind, stand_in: UUID) -> Interval:
    if interval.kind is not Kind.unknown:
        return interval
    return replace(interval, kind=kind, person_id=interval.person_id or PersonId(stand_in))


def _notify(session: Session, current: Planned, code: str, now: datetime) -> None:
    messages.notify_staff(
        session,
        organization_id=current.organization_id,
        school_id=current.school_id,
        code=code,
        subject_kind="meeting",
        subject_id=current.meeting_id,
        now=now,
    )
