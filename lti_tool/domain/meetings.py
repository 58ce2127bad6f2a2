"""Permitted meetings only (S1), and a lapse concerns only whom it concerns (S2).

A meeting is permitted with a named supervisor from the confirmed staff roster in a role that
counts, a named backup, mentors who are eligible and mentees whose families consented to that
channel on that day, a ratio that holds, and a place that is not a home (guide R3, R20 to R25;
NYSED on supervision). When something lapses, the person concerned is on hold at once; the
meeting goes on hold only when it is not permitted without them. On such a day the ratio is that
of attendance: fewer people than planned are no obstacle by themselves (edge cases c and d).
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import InitVar, dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from lti_tool.domain.consent import Channel, Consent
from lti_tool.domain.eligibility import MentorFile
from lti_tool.domain.errors import DomainError, Obstacle
from lti_tool.domain.formats import Format, attendance_obstacles, format_obstacles
from lti_tool.domain.ids import PersonId
from lti_tool.domain.pairings import people_obstacles
from lti_tool.domain.policy import Policy
from lti_tool.domain.proofs import Seal
from lti_tool.domain.roles import StaffRole


class Place(StrEnum):
    """Where the students are; a home is no choice."""

    school = "school"
    workplace = "workplace"
    online = "online"


class MeetingStatus(StrEnum):
    """Where a meeting stands."""

    scheduled = "scheduled"
    on_hold = "on-hold"
    open = "open"
    ended = "ended"
    cancelled = "cancelled"


class MeetingCode(StrEnum):
    """Why a meeting is not permitted, beyond the gates of its people and its ratio."""

    no_supervisor = "no-supervisor"
    no_backup = "no-backup"
    backup_is_supervisor = "backup-is-the-supervisor"
    not_on_roster = "staff-not-on-the-confirmed-roster"
    role_does_not_count = "staff-role-does-not-count"
    staff_takes_part = "staff-also-takes-part"
    recorder_supervises = "supervisor-recorded-the-clearance"
    named_twice = "participant-named-twice"
    channel_not_approved = "meeting-channel-not-approved"
    channel_not_live = "channel-is-not-live"
    place_does_not_fit = "place-does-not-fit-the-channel"
    home_not_allowed = "joining-from-home-not-allowed"
    home_not_consented = "joining-from-home-not-consented"
    ends_before_start = "meeting-ends-before-it-starts"
    too_long = "meeting-too-long"
    pairing_not_active = "pairing-not-active"


_REMEDIES = {
    MeetingCode.no_supervisor: "Name a staff member who supervises.",
    MeetingCode.no_backup: "Name a second staff member as backup.",
    MeetingCode.backup_is_supervisor: "Name somebody else as backup.",
    MeetingCode.not_on_roster: "Ask the coordinator to confirm this person on the staff roster.",
    MeetingCode.role_does_not_count: "Name instructional staff, an administrator or a counselor.",
    MeetingCode.staff_takes_part: "Name staff who are neither mentor nor student here.",
    MeetingCode.recorder_supervises: "Name a supervisor who did not record the clearance.",
    MeetingCode.named_twice: "Name each person once.",
    MeetingCode.channel_not_approved: "Choose a channel that the organization approved.",
    MeetingCode.channel_not_live: "Choose a channel on which people meet live.",
    MeetingCode.place_does_not_fit: "Choose a place where people can meet in this way.",
    MeetingCode.home_not_allowed: "Meet at school, or ask about the policy on joining from home.",
    MeetingCode.home_not_consented: "Ask the family for consent to join from home on this day.",
    MeetingCode.ends_before_start: "Enter an end that lies after the start.",
    MeetingCode.too_long: "Choose a shorter time.",
    MeetingCode.pairing_not_active: "Make the pairing active first.",
}

# Students join a call from a classroom, a workplace or, where allowed, from elsewhere.
_PLACES = {
    Channel.in_person: frozenset({Place.school, Place.workplace}),
    Channel.video: frozenset(Place),
    Channel.phone: frozenset(Place),
}


class MeetingNotPermittedError(DomainError):
    """The meeting breaks S1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Supervisor:
    """A staff member named on a meeting, as the roster knows them now."""

    person_id: PersonId
    staff_role: StaffRole
    on_roster: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingPlan:
    """Everything that S1 looks at, as it is true at the moment of asking.

    `on` is the local day of the meeting.

    :raises ValueError: when a time is naive or `on` cannot be the day of `starts_at`.
    """

    format: Format
    channel: Channel
    place: Place
    starts_at: datetime
    ends_at: datetime
    on: date
    supervisor: Supervisor | None
    backup: Supervisor | None
    mentors: tuple[MentorFile, ...]
    mentees: tuple[PersonId, ...]
    consents: tuple[Consent, ...]
    pairing_active: bool
    join_from_home: bool = False
    home_consented: frozenset[PersonId] = frozenset()

    def __post_init__(self) -> None:
        """Refuse a day that would judge the gates on another day than the meeting's."""
        if self.starts_at.tzinfo is None or self.ends_at.tzinfo is None:
            raise ValueError("a meeting needs aware times")
        if abs((self.starts_at.date() - self.on).days) > 1:
            raise ValueError("a meeting is judged on its own day")

    @property
    def staff(self) -> tuple[Supervisor, ...]:
        """Return who supervises and who stands by, as far as they are named."""
        return tuple(person for person in (self.supervisor, self.backup) if person is not None)

    @property
    def mentor_ids(self) -> tuple[PersonId, ...]:
        """Return the mentors by id."""
        return tuple(file.person_id for file in self.mentors)


class _Seal(Seal):
    """Held by `permit` alone."""


_SEAL = _Seal("this meeting is permitted")


@dataclass(frozen=True, slots=True, kw_only=True)
class PermittedMeeting:
    """Proof that a plan satisfies S1; made by `permit` only."""

    plan: MeetingPlan
    seal: InitVar[_Seal]

    def __post_init__(self, seal: _Seal) -> None:
        """Refuse to exist without the rule."""
        _SEAL.require(seal)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holds:
    """What a lapse closes: for whom, whether the meeting as a whole, and why."""

    persons_on_hold: frozenset[PersonId]
    meeting_on_hold: bool
    obstacles: tuple[Obstacle, ...]


def meeting_obstacles(plan: MeetingPlan, *, policy: Policy) -> tuple[Obstacle, ...]:
    """List everything that keeps the meeting from being permitted (S1)."""
    ratio = format_obstacles(
        plan.format, mentors=len(plan.mentors), mentees=len(plan.mentees), policy=policy
    )
    return (*_obstacles_but_ratio(plan, policy), *ratio)


def permit(plan: MeetingPlan, *, policy: Policy) -> PermittedMeeting:
    """Prove that the meeting is permitted.

    :raises MeetingNotPermittedError: with every obstacle.
    """
    obstacles = meeting_obstacles(plan, policy=policy)
    if obstacles:
        raise MeetingNotPermittedError(*obstacles)
    return PermittedMeeting(plan=plan, seal=_SEAL)


def people_at_fault(plan: MeetingPlan, *, policy: Policy) -> frozenset[PersonId]:
    """Return whose own gate is closed: a mentor's, a mentee's or a staff member's."""
    named = {obstacle.about for obstacle in _personal_obstacles(plan, policy)}
    present = (*(p.person_id for p in plan.staff), *plan.mentor_ids, *plan.mentees)
    return frozenset(person for person in present if str(person) in named)


def without(plan: MeetingPlan, person_ids: Iterable[PersonId]) -> MeetingPlan:
    """Return the same plan with these people left out; a backup is not moved up."""
    gone = frozenset(person_ids)
    return replace(
        plan,
        supervisor=_unless_gone(plan.supervisor, gone),
        backup=_unless_gone(plan.backup, gone),
        mentors=tuple(file for file in plan.mentors if file.person_id not in gone),
        mentees=tuple(person for person in plan.mentees if person not in gone),
    )


def holds(plan: MeetingPlan, *, policy: Policy) -> Holds:
    """Decide what a lapse closes, and for nobody else (S2)."""
    persons = people_at_fault(plan, policy=policy)
    rest = without(plan, persons)
    remaining = (
        *_obstacles_but_ratio(rest, policy),
        *attendance_obstacles(
            rest.format, mentors=len(rest.mentors), mentees=len(rest.mentees), policy=policy
        ),
    )
    lapsed = _personal_obstacles(plan, policy)
    return Holds(
        persons_on_hold=persons,
        meeting_on_hold=bool(remaining),
        obstacles=tuple(dict.fromkeys((*lapsed, *remaining))),
    )


def _obstacles_but_ratio(plan: MeetingPlan, policy: Policy) -> tuple[Obstacle, ...]:
    return (
        *_personal_obstacles(plan, policy),
        *_staff_obstacles(plan, policy),
        *_participant_obstacles(plan),
        *_time_obstacles(plan, policy),
        *_place_obstacles(plan, policy),
    )


def _personal_obstacles(plan: MeetingPlan, policy: Policy) -> tuple[Obstacle, ...]:
    """List what concerns one person alone and is cleared without anybody else."""
    found = []
    for person in plan.staff:
        if not person.on_roster:
            found.append(_obstacle(MeetingCode.not_on_roster, person.person_id))
        if not person.staff_role.counts:
            found.append(_obstacle(MeetingCode.role_does_not_count, person.person_id))
    people = people_obstacles(
        format=plan.format,
        mentors=plan.mentors,
        mentees=plan.mentees,
        consents=plan.consents,
        channel=plan.channel,
        on=plan.on,
        policy=policy,
    )
    home = []
    if plan.join_from_home:
        asked = [person for person in plan.mentees if person not in plan.home_consented]
        home = [_obstacle(MeetingCode.home_not_consented, person) for person in asked]
    return (*found, *people, *home)


def _staff_obstacles(plan: MeetingPlan, policy: Policy) -> tuple[Obstacle, ...]:
    found = []
    supervisor, backup = plan.supervisor, plan.backup
    if supervisor is None:
        found.append(_obstacle(MeetingCode.no_supervisor))
    if backup is None:
        found.append(_obstacle(MeetingCode.no_backup))
    if supervisor and backup and supervisor.person_id == backup.person_id:
        found.append(_obstacle(MeetingCode.backup_is_supervisor, backup.person_id))
    participants = {*plan.mentor_ids, *plan.mentees}
    staff_ids = dict.fromkeys(person.person_id for person in plan.staff)
    found.extend(
        _obstacle(MeetingCode.staff_takes_part, person)
        for person in staff_ids
        if person in participants
    )
    if supervisor and not policy.recorder_may_be_sole_supervisor:
        recorders = {file.clearance.recorded_by for file in plan.mentors if file.clearance}
        if supervisor.person_id in recorders:
            found.append(_obstacle(MeetingCode.recorder_supervises, supervisor.person_id))
    return tuple(found)


def _participant_obstacles(plan: MeetingPlan) -> tuple[Obstacle, ...]:
    counts = Counter((*plan.mentor_ids, *plan.mentees))
    twice = [person for person, times in counts.items() if times > 1]
    found = [_obstacle(MeetingCode.named_twice, person) for person in twice]
    if not plan.pairing_active:
        found.append(_obstacle(MeetingCode.pairing_not_active))
    return tuple(found)


def _time_obstacles(plan: MeetingPlan, policy: Policy) -> tuple[Obstacle, ...]:
    length = plan.ends_at - plan.starts_at
    if length <= timedelta(0):
        return (_obstacle(MeetingCode.ends_before_start),)
    if length > timedelta(hours=policy.meeting_hours_max):
        return (_obstacle(MeetingCode.too_long),)
    return ()


def _place_obstacles(plan: MeetingPlan, policy: Policy) -> tuple[Obstacle, ...]:
    found = []
    if plan.channel not in policy.channels:
        found.append(_obstacle(MeetingCode.channel_not_approved))
    places = _PLACES.get(plan.channel)
    if places is None:
        found.append(_obstacle(MeetingCode.channel_not_live))
    elif plan.place not in places:
        found.append(_obstacle(MeetingCode.place_does_not_fit))
    if plan.join_from_home and not (policy.join_from_home and plan.place is Place.online):
        found.append(_obstacle(MeetingCode.home_not_allowed))
    return tuple(found)


def _unless_gone(person: Supervisor | None, gone: frozenset[PersonId]) -> Supervisor | None:
    return None if person is None or person.person_id in gone else person


def _obstacle(code: MeetingCode, person_id: PersonId | None = None) -> Obstacle:
    about = "" if person_id is None else str(person_id)
    return Obstacle(code=code, about=about, remedy=_REMEDIES[code])
