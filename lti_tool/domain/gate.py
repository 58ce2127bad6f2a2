"""The room opens only with a supervisor (S3), and S1 is asked again at every door.

The link is shown only to people who may join, only after the supervisor or the backup opened the
meeting, and only inside its window. Whatever status is stored, the plan given here is judged as
it is true now: a lapse closes the door without any job having run (decision 14).
"""

from dataclasses import InitVar, dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from lti_tool.domain.errors import DomainError, Obstacle
from lti_tool.domain.ids import PersonId
from lti_tool.domain.meetings import MeetingPlan, MeetingStatus, holds
from lti_tool.domain.policy import Policy
from lti_tool.domain.proofs import Seal


class PersonKind(StrEnum):
    """In what capacity somebody stands at the door."""

    staff = "staff"
    mentor = "mentor"
    mentee = "mentee"


class DoorCode(StrEnum):
    """Why the door stays closed."""

    not_named = "not-named-on-this-meeting"
    too_early = "too-early"
    too_late = "too-late"
    authentication_too_old = "sign-in-too-old"
    room_not_ready = "room-not-ready"
    meeting_on_hold = "meeting-on-hold"
    meeting_over = "meeting-over"
    person_on_hold = "person-on-hold"
    not_open_yet = "not-open-yet"
    already_open = "already-open"
    closed = "closed"
    opened_by_another = "not-opened-by-its-staff"


_REMEDIES = {
    DoorCode.not_named: "Ask the supervisor of the meeting.",
    DoorCode.too_early: "Come back shortly before the meeting starts.",
    DoorCode.too_late: "This meeting's time is over; book another.",
    DoorCode.authentication_too_old: "Sign in again.",
    DoorCode.room_not_ready: "Wait a moment; the room is being prepared.",
    DoorCode.meeting_on_hold: "The school is looking into it; no need to do anything now.",
    DoorCode.meeting_over: "This meeting is over; book another.",
    DoorCode.person_on_hold: "Please ask the school's coordinator.",
    DoorCode.not_open_yet: "Wait here; your supervisor opens the meeting.",
    DoorCode.already_open: "The meeting is open; join it.",
    DoorCode.closed: "Your supervisor closed the meeting.",
    DoorCode.opened_by_another: "Ask the supervisor or the backup to open the meeting.",
}


class DoorClosedError(DomainError):
    """The link may not be shown."""


class _Seal(Seal):
    """Held by `door` alone."""


_SEAL = _Seal("the door of this meeting is open to this person now")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDoor:
    """Proof that the link may be shown to a person at this moment; made by `door` only."""

    person_id: PersonId
    person_kind: PersonKind
    opened_by: PersonId
    at: datetime
    seal: InitVar[_Seal]

    def __post_init__(self, seal: _Seal) -> None:
        """Refuse to exist without the rule."""
        _SEAL.require(seal)


def may_open_obstacles(
    *,
    plan: MeetingPlan,
    policy: Policy,
    status: MeetingStatus,
    person_id: PersonId,
    authenticated_at: datetime | None,
    now: datetime,
    room_ready: bool,
    opened_by: PersonId | None = None,
) -> tuple[Obstacle, ...]:
    """Say why this person may not open the meeting now; only its own staff ever may.

    Staff who cover for whoever opened it open it anew: until then the link stays dark.
    """
    found = _common(
        plan=plan,
        policy=policy,
        status=status,
        person_id=person_id,
        person_kind=PersonKind.staff,
        authenticated_at=authenticated_at,
        now=now,
        room_ready=room_ready,
    )
    was_opened_by_others = opened_by is not None and opened_by not in _named(plan, PersonKind.staff)
    if status is MeetingStatus.open and not was_opened_by_others:
        found.append(_obstacle(DoorCode.already_open))
    return tuple(found)


def door_obstacles(
    *,
    plan: MeetingPlan,
    policy: Policy,
    status: MeetingStatus,
    opened_by: PersonId | None,
    opened_at: datetime | None,
    closed_at: datetime | None,
    person_id: PersonId,
    person_kind: PersonKind,
    authenticated_at: datetime | None,
    now: datetime,
    room_ready: bool,
) -> tuple[Obstacle, ...]:
    """Say why the link may not be shown to this person now; empty means it may."""
    found = _common(
        plan=plan,
        policy=policy,
        status=status,
        person_id=person_id,
        person_kind=person_kind,
        authenticated_at=authenticated_at,
        now=now,
        room_ready=room_ready,
    )
    if opened_by is None or opened_at is None or opened_at > now:
        found.append(_obstacle(DoorCode.not_open_yet))
    elif opened_by not in {person.person_id for person in plan.staff}:
        found.append(_obstacle(DoorCode.opened_by_another))
    if closed_at is not None:
        found.append(_obstacle(DoorCode.closed))
    elif status is MeetingStatus.scheduled and opened_by is not None:
        found.append(_obstacle(DoorCode.not_open_yet))
    return tuple(dict.fromkeys(found))


def door(
    *,
    plan: MeetingPlan,
    policy: Policy,
    status: MeetingStatus,
    opened_by: PersonId | None,
    opened_at: datetime | None,
    closed_at: datetime | None,
    person_id: PersonId,
    person_kind: PersonKind,
    authenticated_at: datetime | None,
    now: datetime,
    room_ready: bool,
) -> OpenDoor:
    """Prove that the link may be shown to this person at this moment.

    :raises DoorClosedError: with every obstacle.
    """
    obstacles = door_obstacles(
        plan=plan,
        policy=policy,
        status=status,
        opened_by=opened_by,
        opened_at=opened_at,
        closed_at=closed_at,
        person_id=person_id,
        person_kind=person_kind,
        authenticated_at=authenticated_at,
        now=now,
        room_ready=room_ready,
    )
    # Without an opener there is an obstacle already; the second question tells mypy so.
    if obstacles or opened_by is None:
        raise DoorClosedError(*obstacles)
    return OpenDoor(
        person_id=person_id, person_kind=person_kind, opened_by=opened_by, at=now, seal=_SEAL
    )


def _common(
    *,
    plan: MeetingPlan,
    policy: Policy,
    status: MeetingStatus,
    person_id: PersonId,
    person_kind: PersonKind,
    authenticated_at: datetime | None,
    now: datetime,
    room_ready: bool,
) -> list[Obstacle]:
    found = []
    if person_id not in _named(plan, person_kind):
        found.append(_obstacle(DoorCode.not_named, person_id))
    found.extend(_window_obstacles(plan, policy, now))
    # A time of sign-in that lies ahead proves nothing, so it counts as too old.
    oldest = now - timedelta(hours=policy.authentication_max_age_hours)
    if authenticated_at is None or not oldest <= authenticated_at <= now:
        found.append(_obstacle(DoorCode.authentication_too_old, person_id))
    if not room_ready:
        found.append(_obstacle(DoorCode.room_not_ready))
    if status in {MeetingStatus.ended, MeetingStatus.cancelled}:
        found.append(_obstacle(DoorCode.meeting_over))
    verdict = holds(plan, policy=policy)
    if verdict.meeting_on_hold or status is MeetingStatus.on_hold:
        found.append(_obstacle(DoorCode.meeting_on_hold))
    if person_id in verdict.persons_on_hold:
        found.append(_obstacle(DoorCode.person_on_hold, person_id))
    return found


def _named(plan: MeetingPlan, kind: PersonKind) -> frozenset[PersonId]:
    return {
        PersonKind.staff: frozenset(person.person_id for person in plan.staff),
        PersonKind.mentor: frozenset(plan.mentor_ids),
        PersonKind.mentee: frozenset(plan.mentees),
    }[kind]


def _window_obstacles(plan: MeetingPlan, policy: Policy, now: datetime) -> tuple[Obstacle, ...]:
    if now < plan.starts_at - timedelta(minutes=policy.opens_before_minutes):
        return (_obstacle(DoorCode.too_early),)
    if now >= plan.ends_at + timedelta(minutes=policy.closes_after_minutes):
        return (_obstacle(DoorCode.too_late),)
    return ()


def _obstacle(code: DoorCode, person_id: PersonId | None = None) -> Obstacle:
    about = "" if person_id is None else str(person_id)
    return Obstacle(code=code, about=about, remedy=_REMEDIES[code])
