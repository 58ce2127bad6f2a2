"""One meeting as one person sees it: where it stands, who is expected, what they may do now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.domain.consent import Channel
from lti_tool.domain.errors import Obstacle
from lti_tool.domain.gate import PersonKind, door_obstacles, may_open_obstacles
from lti_tool.domain.ids import PersonId
from lti_tool.domain.meetings import MeetingStatus, Place, holds, meeting_obstacles
from lti_tool.domain.supervision import Gap, Ledger, Minute
from lti_tool.models.meetings import MeetingRecord
from lti_tool.models.outbox import PromiseRecord
from lti_tool.queries import people
from lti_tool.queries.meetings import (
    Choice,
    is_confirmed,
    require_visible,
    staff_choices,
)
from lti_tool.queries.plans import Planned, planned
from lti_tool.queries.sign_ins import Actor
from lti_tool.queries.supervision import (
    Correction,
    Joiner,
    attested,
    corrections,
    current_ledger,
    joiners,
)

ROOM_TOPICS = (
    "meeting.room",
    "meeting.members",
    "meeting.cohost",
    "meeting.unseat",
    "meeting.verify",
    "meeting.calendar",
    "meeting.event",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """Somebody on the admission card."""

    person_id: UUID
    name: str
    side: str
    """staff | mentor | mentee."""
    is_on_hold: bool
    is_here: bool | None
    """Whether they are in; nothing where nobody has looked yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveState:
    """What changes while somebody looks; the page asks for it again and again."""

    meeting_id: UUID
    status: MeetingStatus
    channel: Channel
    kind: str
    """staff | mentor | mentee | overseer."""
    is_confirmed: bool
    room_made: bool
    staff_seated: bool
    room_checked: bool
    in_calendar: bool
    wants_event: bool
    trouble: tuple[str, ...]
    """Remedies of what Google refused; for staff only."""
    obstacles: tuple[Obstacle, ...]
    """What keeps the actor from opening or joining now."""
    may_open: bool
    may_join: bool
    hold_reason: str | None
    removal_due_at: datetime | None
    opened_at: datetime | None
    expected: tuple[Expected, ...]
    joiners: tuple[Joiner, ...]
    is_settled: bool
    """Nothing here changes by itself any more."""
    minutes_certain: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingPage:
    """The page of one meeting."""

    live: LiveState
    starts_at: datetime
    ends_at: datetime
    place: Place
    mentors: str
    mentees: str
    supervisor: Choice
    backup: Choice
    outcome: str | None
    version: int
    agenda: str | None
    plan_obstacles: tuple[Obstacle, ...]
    """What S1 says against the meeting as it is now; for staff and overseers."""
    staff: tuple[Choice, ...]
    counted_minutes: int | None
    may_name_outcome: bool
    supervises_elsewhere: bool
    """The supervisor is named on another call at the same time; for staff and overseers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerPage:
    """The minutes of one meeting and what they rest on."""

    meeting_id: UUID
    starts_at: datetime
    ends_at: datetime
    status: MeetingStatus
    minutes: tuple[Minute, ...]
    gaps: tuple[Gap, ...]
    counted_minutes: int
    indeterminate_minutes: int
    per_mentee: tuple[tuple[str, int], ...]
    data_complete: bool
    has_unknown_ends: bool
    computed_at: datetime | None
    digest: str | None
    corrections: tuple[tuple[Correction, str, str, str], ...]
    """Each with the names of the person, of who added it and of who confirmed it."""
    people: tuple[Choice, ...]


def live_state(session: Session, actor: Actor, meeting_id: UUID, *, now: datetime) -> LiveState:
    """Return what changes about a meeting that the actor may see.

    :raises NotFoundError: if there is no such meeting for the actor
    """
    require_visible(session, actor, meeting_id)
    meeting = session.get_one(MeetingRecord, (actor.organization_id, meeting_id))
    return _live(session, actor, meeting, planned(session, actor.organization_id, meeting_id), now)


def page(session: Session, actor: Actor, meeting_id: UUID, *, now: datetime) -> MeetingPage:
    """Return the page of a meeting that the actor may see.

    :raises NotFoundError: if there is no such meeting for the actor
    """
    require_visible(session, actor, meeting_id)
    meeting = session.get_one(MeetingRecord, (actor.organization_id, meeting_id))
    current = planned(session, actor.organization_id, meeting_id)
    live = _live(session, actor, meeting, current, now)
    sees_all = live.kind in {"staff", "overseer"}
    names = people.names(
        session,
        actor.organization_id,
        (*current.person_ids, meeting.supervisor_id, meeting.backup_id),
    )
    is_ahead = current.status in {MeetingStatus.scheduled, MeetingStatus.on_hold}
    was_missed = current.status is MeetingStatus.scheduled and meeting.ends_at <= now
    return MeetingPage(
        live=live,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        place=Place(meeting.place),
        mentors=", ".join(names[person_id] for person_id in current.plan.mentor_ids),
        mentees=", ".join(names[person_id] for person_id in current.plan.mentees),
        supervisor=Choice(id=meeting.supervisor_id, label=names[meeting.supervisor_id]),
        backup=Choice(id=meeting.backup_id, label=names[meeting.backup_id]),
        outcome=meeting.outcome,
        version=meeting.version,
        agenda=meeting.agenda,
        plan_obstacles=meeting_obstacles(current.plan, policy=current.policy)
        if sees_all and is_ahead
        else (),
        staff=staff_choices(session, actor.organization_id, current.school_id) if sees_all else (),
        counted_minutes=_my_minutes(session, current, meeting, actor, now),
        may_name_outcome=live.kind == "staff"
        and (current.status is MeetingStatus.ended or was_missed),
        supervises_elsewhere=sees_all and is_ahead and _supervises_elsewhere(session, meeting),
    )


def ledger_page(session: Session, actor: Actor, meeting_id: UUID, *, now: datetime) -> LedgerPage:
    """Return the minutes of a meeting that the actor may see.

    :raises NotFoundError: if there is no such meeting for the actor
    """
    require_visible(session, actor, meeting_id)
    meeting = session.get_one(MeetingRecord, (actor.organization_id, meeting_id))
    current = planned(session, actor.organization_id, meeting_id)
    computed = current_ledger(session, current, meeting, now=now)
    added = corrections(session, actor.organization_id, meeting_id)
    wanted = {*current.person_ids}
    for one in added:
        wanted |= {PersonId(p) for p in (one.person_id, one.added_by, one.seconded_by) if p}
    names = people.names(session, actor.organization_id, wanted)
    return LedgerPage(
        meeting_id=meeting_id,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        status=current.status,
        minutes=computed.minutes,
        gaps=computed.gaps,
        counted_minutes=computed.counted_minutes,
        indeterminate_minutes=computed.indeterminate_minutes,
        per_mentee=_per_mentee(computed, current, names),
        data_complete=computed.data_complete,
        has_unknown_ends=computed.has_unknown_ends,
        computed_at=meeting.ledger_computed_at,
        digest=meeting.ledger_digest,
        corrections=tuple(
            (
                one,
                names[one.person_id],
                names[one.added_by],
                names[one.seconded_by] if one.seconded_by else "",
            )
            for one in added
        ),
        people=tuple(
            Choice(id=person_id, label=names[person_id]) for person_id in current.person_ids
        ),
    )


def _live(
    session: Session, actor: Actor, meeting: MeetingRecord, current: Planned, now: datetime
) -> LiveState:
    kind = current.kind_of(actor.person_id)
    is_staff, sees_all = kind is PersonKind.staff, kind in {None, PersonKind.staff}
    opening = _opening(current, actor, now) if is_staff else ()
    joining = _joining(current, actor, kind, now) if kind else ()
    is_open = current.status is MeetingStatus.open
    seen = joiners(session, actor.organization_id, meeting.id) if sees_all else ()
    wants_event = meeting.host_id is not None
    confirmed = is_confirmed(meeting)
    video = current.plan.channel is Channel.video
    return LiveState(
        meeting_id=meeting.id,
        status=current.status,
        channel=current.plan.channel,
        kind=str(kind) if kind else "overseer",
        is_confirmed=confirmed,
        room_made=meeting.space_name is not None,
        staff_seated=bool(meeting.cohosts),
        room_checked=meeting.room_verified_at is not None,
        in_calendar=meeting.event_status == "confirmed",
        wants_event=wants_event,
        trouble=_trouble(session, meeting) if sees_all else (),
        obstacles=joining if is_open else opening if is_staff else joining,
        may_open=is_staff and not opening,
        may_join=bool(kind) and video and not joining,
        hold_reason=meeting.hold_reason if current.status is MeetingStatus.on_hold else None,
        removal_due_at=meeting.end_call_at if is_open and is_staff else None,
        opened_at=meeting.opened_at,
        expected=_expected(session, current, seen) if sees_all else (),
        joiners=seen,
        is_settled=_is_settled(meeting, current),
        minutes_certain=meeting.presence_complete_at is not None,
    )


def _opening(current: Planned, actor: Actor, now: datetime) -> tuple[Obstacle, ...]:
    return may_open_obstacles(
        plan=current.plan,
        policy=current.policy,
        status=current.status,
        person_id=PersonId(actor.person_id),
        authenticated_at=actor.authenticated_at,
        now=now,
        room_ready=current.room_ready,
        opened_by=current.opened_by,
    )


def _joining(
    current: Planned, actor: Actor, kind: PersonKind, now: datetime
) -> tuple[Obstacle, ...]:
    return door_obstacles(
        plan=current.plan,
        policy=current.policy,
        status=current.status,
        opened_by=current.opened_by,
        opened_at=current.opened_at,
        closed_at=current.closed_at,
        person_id=PersonId(actor.person_id),
        person_kind=kind,
        authenticated_at=actor.authenticated_at,
        now=now,
        room_ready=current.room_ready,
    )


def _is_settled(meeting: MeetingRecord, current: Planned) -> bool:
    """Say whether nothing can change any more: over and certain, or canceled everywhere.

    A meeting that is confirmed or on hold is not settled, however far ahead: a lapse or its end
    has to show on a page that was left open.
    """
    if current.status is MeetingStatus.cancelled:
        return meeting.event_status in {None, "cancelled"}
    return current.status is MeetingStatus.ended and meeting.presence_complete_at is not None


def _expected(session: Session, current: Planned, seen: tuple[Joiner, ...]) -> tuple[Expected, ...]:
    names = people.names(session, current.organization_id, current.person_ids)
    verdict = holds(current.plan, policy=current.policy)
    there: dict[UUID, bool] = dict(attested(session, current.organization_id, current.meeting_id))
    for joiner in seen:
        if joiner.person_id is not None:
            there[joiner.person_id] = there.get(joiner.person_id, False) or joiner.is_in
    return tuple(
        Expected(
            person_id=person_id,
            name=names[person_id],
            side=str(current.kind_of(person_id)),
            is_on_hold=person_id in verdict.persons_on_hold,
            is_here=there.get(person_id),
        )
        for person_id in current.person_ids
    )


def _trouble(session: Session, meeting: MeetingRecord) -> tuple[str, ...]:
    """Return what a person has to mend at Google before the meeting is ready."""
    keys = (str(meeting.id), str(meeting.host_id))
    return tuple(
        dict.fromkeys(
            remedy
            for remedy in session.scalars(
                select(PromiseRecord.error_remedy).where(
                    PromiseRecord.organization_id == meeting.organization_id,
                    PromiseRecord.topic.in_(ROOM_TOPICS),
                    PromiseRecord.key.in_(keys),
                    PromiseRecord.error_code.is_not(None),
                )
            )
            if remedy
        )
    )


def _supervises_elsewhere(session: Session, meeting: MeetingRecord) -> bool:
    """Tell whether the supervisor has two calls at once: one person supervises one at a time."""
    return (
        session.scalars(
            select(MeetingRecord.id).where(
                MeetingRecord.organization_id == meeting.organization_id,
                MeetingRecord.id != meeting.id,
                MeetingRecord.supervisor_id == meeting.supervisor_id,
                MeetingRecord.channel == Channel.video,
                MeetingRecord.status.in_((MeetingStatus.scheduled, MeetingStatus.open)),
                MeetingRecord.starts_at < meeting.ends_at,
                MeetingRecord.ends_at > meeting.starts_at,
            )
        ).first()
        is not None
    )


def _my_minutes(
    session: Session, current: Planned, meeting: MeetingRecord, actor: Actor, now: datetime
) -> int | None:
    """Return a student's own counted minutes once the meeting is over."""
    if current.status is not MeetingStatus.ended:
        return None
    if current.kind_of(actor.person_id) is not PersonKind.mentee:
        return None
    computed = current_ledger(session, current, meeting, now=now)
    return computed.per_mentee.get(PersonId(actor.person_id), 0)


def _per_mentee(
    computed: Ledger, current: Planned, names: Mapping[UUID, str]
) -> tuple[tuple[str, int], ...]:
    return tuple(
        (names[person_id], computed.per_mentee.get(person_id, 0))
        for person_id in current.plan.mentees
    )
