"""A lapse closes the door at once, and only for whom it concerns (S2).

Whoever changes a gate calls `reassess` in the same transaction. It judges every meeting of these
people anew: who is on hold, which meetings are, which come back. The link is dark at once, for
the gate asks S1 again whatever is stored here; events, notices and mails follow by promise.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lti_tool.domain.gate import PersonKind
from lti_tool.domain.meetings import MeetingStatus, holds
from lti_tool.models.meetings import MeetingPersonRecord, MeetingRecord
from lti_tool.queries.plans import Planned, all_planned
from lti_tool.services import audit, calls, events, messages, outbox, rooms
from lti_tool.services.mail_texts import Template

AHEAD = (MeetingStatus.scheduled, MeetingStatus.on_hold, MeetingStatus.open)
HOLD_TEXT = "The school is looking into something before this meeting can take place."
LIVE_TEXTS = (
    HOLD_TEXT,
    "The school is finding another member of staff for this meeting.",
    "The school is finding other staff for this meeting.",
)
"""What a live meeting was told, by how many of its staff lapsed: more of them is news again."""
LONGEST_TAIL = timedelta(hours=1)
"""A meeting may be open a little beyond its end; the policy allows no more than this."""
REMOVE = "remove_from_meeting"
HOLD_CODES = {
    PersonKind.mentor: "mentor_on_hold",
    PersonKind.mentee: "student_on_hold",
    PersonKind.staff: "supervisor_lapsed",
}


def reassess(
    session: Session, *, organization_id: UUID, person_ids: Iterable[UUID], now: datetime
) -> None:
    """Judge all meetings ahead of these people by the gates as they are now."""
    meeting_ids = _meetings_of(session, organization_id, frozenset(person_ids), now)
    _reassess_all(session, organization_id, meeting_ids, now)


def reassess_everything(session: Session, organization_id: UUID, now: datetime) -> None:
    """Judge every meeting ahead, so that what expired by date shows without anybody's act."""
    meeting_ids = session.scalars(
        select(MeetingRecord.id).where(
            MeetingRecord.organization_id == organization_id,
            MeetingRecord.status.in_(AHEAD),
            MeetingRecord.ends_at > now - LONGEST_TAIL,
        )
    )
    _reassess_all(session, organization_id, meeting_ids, now)


def _reassess_all(
    session: Session, organization_id: UUID, meeting_ids: Iterable[UUID], now: datetime
) -> None:
    for current in all_planned(session, organization_id, meeting_ids):
        meeting = session.get_one(
            MeetingRecord, (organization_id, current.meeting_id), with_for_update=True
        )
        _judge(session, meeting, current, now)


def _judge(session: Session, meeting: MeetingRecord, current: Planned, now: datetime) -> None:
    verdict = holds(current.plan, policy=current.policy)
    newly = _mark_people(session, current, verdict.persons_on_hold, now)
    if current.status is MeetingStatus.open:
        # Told once: what staff have confirmed must not ring again at the next look.
        staff_lapsed = sum(one.person_id in verdict.persons_on_hold for one in current.plan.staff)
        is_told = meeting.hold_reason in LIVE_TEXTS[staff_lapsed:]
        if newly or (verdict.meeting_on_hold and not is_told):
            meeting.hold_reason = LIVE_TEXTS[staff_lapsed]
            _tell_live(session, meeting, current, now)
        elif not verdict.persons_on_hold and not verdict.meeting_on_hold:
            _all_clear(session, meeting, now)
    elif verdict.meeting_on_hold and current.status is MeetingStatus.scheduled:
        _hold(session, meeting, current, now)
    elif not verdict.meeting_on_hold and current.status is MeetingStatus.on_hold:
        _resume(session, meeting, now)


def _mark_people(
    session: Session, current: Planned, at_fault: Iterable[UUID], now: datetime
) -> frozenset[UUID]:
    """Store who is on hold; tell staff and the person once; return who is so since just now."""
    lapsed, newly = frozenset(at_fault), set()
    for row in session.scalars(
        select(MeetingPersonRecord).where(
            MeetingPersonRecord.organization_id == current.organization_id,
            MeetingPersonRecord.meeting_id == current.meeting_id,
        )
    ):
        is_lapsed = row.person_id in lapsed
        if is_lapsed and not row.on_hold:
            newly.add(row.person_id)
            _tell_of_hold(session, current, row.person_id, now)
        if not is_lapsed and row.on_hold:
            kind = current.kind_of(row.person_id) or PersonKind.mentee
            messages.settle_matter(
                session,
                organization_id=current.organization_id,
                code=HOLD_CODES[kind],
                subject_id=row.person_id,
                now=now,
            )
        row.on_hold = is_lapsed
    staff = {person.person_id for person in current.plan.staff}
    for person_id in lapsed & staff:
        _notify(session, current, HOLD_CODES[PersonKind.staff], "person", person_id, now)
    return frozenset(newly)


def _tell_of_hold(session: Session, current: Planned, person_id: UUID, now: datetime) -> None:
    kind = current.kind_of(person_id) or PersonKind.mentee
    _notify(session, current, HOLD_CODES[kind], "person", person_id, now)
    if kind is PersonKind.mentor:
        messages.mail_person(
            session,
            organization_id=current.organization_id,
            person_id=person_id,
            template=Template.on_hold,
            subject_id=current.meeting_id,
            now=now,
        )
    _note(session, current, "person-on-hold", now, person_id=str(person_id))


def _tell_live(session: Session, meeting: MeetingRecord, current: Planned, now: datetime) -> None:
    """Ask the supervisor to see the person out; the tool ends the call if nobody confirms."""
    if meeting.end_call_at is None:
        deadline = timedelta(seconds=current.policy.removal_deadline_seconds)
        meeting.end_call_at = now + deadline
        _notify(session, current, REMOVE, "meeting", meeting.id, now)
        _note(session, current, "removal-asked", now)
    outbox.promise(
        session,
        calls.END_CALL,
        organization_id=meeting.organization_id,
        key=meeting.id,
        now=now,
        due_at=meeting.end_call_at,
    )


def _all_clear(session: Session, meeting: MeetingRecord, now: datetime) -> None:
    """Take back what a live meeting was told, because it has cleared meanwhile."""
    if meeting.hold_reason is None:
        return
    meeting.hold_reason = meeting.end_call_at = None
    messages.settle_matter(
        session,
        organization_id=meeting.organization_id,
        code=REMOVE,
        subject_id=meeting.id,
        now=now,
    )


def _hold(session: Session, meeting: MeetingRecord, current: Planned, now: datetime) -> None:
    meeting.status, meeting.hold_reason = MeetingStatus.on_hold, HOLD_TEXT
    meeting.version += 1
    _notify(session, current, "meeting_on_hold", "meeting", meeting.id, now)
    _note(session, current, "meeting-on-hold", now)
    _follow(session, meeting, now)


def _resume(session: Session, meeting: MeetingRecord, now: datetime) -> None:
    meeting.status, meeting.hold_reason = MeetingStatus.scheduled, None
    meeting.version += 1
    events.next_generation(meeting)
    messages.settle_matter(
        session,
        organization_id=meeting.organization_id,
        code="meeting_on_hold",
        subject_id=meeting.id,
        now=now,
    )
    audit.write(
        session,
        organization_id=meeting.organization_id,
        actor_id=None,
        action="meeting-resumed",
        subject_kind="meeting",
        subject_id=meeting.id,
        now=now,
    )
    _follow(session, meeting, now)


def _follow(session: Session, meeting: MeetingRecord, now: datetime) -> None:
    """Have Google follow: the event goes or comes; a room that was never made is made now."""
    wanted = [events.EVENT]
    if meeting.status == MeetingStatus.scheduled and meeting.space_name is None:
        wanted.append(rooms.ROOM)
    for topic in wanted:
        outbox.promise(
            session, topic, organization_id=meeting.organization_id, key=meeting.id, now=now
        )


def _meetings_of(
    session: Session, organization_id: UUID, person_ids: frozenset[UUID], now: datetime
) -> list[UUID]:
    taking_part = select(MeetingPersonRecord.meeting_id).where(
        MeetingPersonRecord.organization_id == organization_id,
        MeetingPersonRecord.person_id.in_(person_ids),
    )
    return list(
        session.scalars(
            select(MeetingRecord.id).where(
                MeetingRecord.organization_id == organization_id,
                MeetingRecord.status.in_(AHEAD),
                MeetingRecord.ends_at > now - LONGEST_TAIL,
                or_(
                    MeetingRecord.supervisor_id.in_(person_ids),
                    MeetingRecord.backup_id.in_(person_ids),
                    MeetingRecord.id.in_(taking_part),
                ),
            )
        )
    )


def _notify(
    session: Session,
    current: Planned,
    code: str,
    subject_kind: str,
    subject_id: UUID,
    now: datetime,
) -> None:
    messages.notify_staff(
        session,
        organization_id=current.organization_id,
        school_id=current.school_id,
        code=code,
        subject_kind=subject_kind,
        subject_id=subject_id,
        now=now,
    )


def _note(session: Session, current: Planned, action: str, now: datetime, **payload: str) -> None:
    audit.write(
        session,
        organization_id=current.organization_id,
        actor_id=None,
        action=action,
        subject_kind="meeting",
        subject_id=current.meeting_id,
        now=now,
        payload=payload,
    )
