"""S3: the room opens only with a supervisor, and S1 is asked again at every door."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.errors import Obstacle
from lti_tool.domain.formats import Format
from lti_tool.domain.gate import (
    DoorClosedError,
    DoorCode,
    OpenDoor,
    PersonKind,
    door,
    door_obstacles,
    may_open_obstacles,
)
from lti_tool.domain.ids import PersonId
from lti_tool.domain.meetings import MeetingPlan, MeetingStatus
from lti_tool.domain.policy import Policy
from lti_tool.domain.proofs import UnprovenError
from tests.strategies.examples import (
    BACKUP,
    END,
    MENTEES,
    MENTORS,
    POLICY,
    RECORDER,
    START,
    SUPERVISOR,
    meeting_plan,
    minute,
    staff,
)

T = TypeVar("T")
FIVE_PAST = minute(5)
TEAM = meeting_plan(Format.team, mentors=2, mentees=4)


@dataclass(frozen=True, slots=True, kw_only=True)
class AtTheDoor:
    plan: MeetingPlan = TEAM
    status: MeetingStatus = MeetingStatus.open
    opened_by: PersonId | None = SUPERVISOR
    opened_at: datetime | None = START
    closed_at: datetime | None = None
    person_id: PersonId = MENTEES[0]
    person_kind: PersonKind = PersonKind.mentee
    authenticated_at: datetime | None = START
    now: datetime = FIVE_PAST
    room_ready: bool = True

    def ask(self, question: Callable[..., T], policy: Policy = POLICY) -> T:
        return question(
            plan=self.plan,
            policy=policy,
            status=self.status,
            opened_by=self.opened_by,
            opened_at=self.opened_at,
            closed_at=self.closed_at,
            person_id=self.person_id,
            person_kind=self.person_kind,
            authenticated_at=self.authenticated_at,
            now=self.now,
            room_ready=self.room_ready,
        )

    def codes(self, policy: Policy = POLICY) -> list[str]:
        found = self.ask(door_obstacles, policy)
        # Whoever asks about the door also tries it: proof and obstacles must never disagree.
        if found:
            with pytest.raises(DoorClosedError) as refused:
                self.ask(door, policy)
            assert refused.value.obstacles == found
        else:
            assert self.ask(door, policy).person_id == self.person_id
        return listed(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    plan: MeetingPlan = TEAM
    status: MeetingStatus = MeetingStatus.scheduled
    person_id: PersonId = SUPERVISOR
    authenticated_at: datetime | None = START
    now: datetime = START
    room_ready: bool = True
    opened_by: PersonId | None = None

    def codes(self, policy: Policy = POLICY) -> list[str]:
        return listed(
            may_open_obstacles(
                plan=self.plan,
                policy=policy,
                status=self.status,
                person_id=self.person_id,
                authenticated_at=self.authenticated_at,
                now=self.now,
                room_ready=self.room_ready,
                opened_by=self.opened_by,
            )
        )


def listed(obstacles: tuple[Obstacle, ...]) -> list[str]:
    assert all(obstacle.remedy for obstacle in obstacles)
    return [obstacle.code for obstacle in obstacles]


MENTEE = AtTheDoor()
MENTOR = AtTheDoor(person_id=MENTORS[0], person_kind=PersonKind.mentor)
STAFF = AtTheDoor(person_id=BACKUP, person_kind=PersonKind.staff)
OPENING = Opening()
SECOND = timedelta(seconds=1)


class TestDoor:
    @pytest.mark.parametrize("who", [MENTEE, MENTOR, STAFF])
    def test_is_open_to_those_who_may_join(self, who: AtTheDoor) -> None:
        proof = who.ask(door)
        assert proof.person_id == who.person_id
        assert proof.person_kind is who.person_kind
        assert proof.opened_by == SUPERVISOR
        assert proof.at == minute(5)

    @pytest.mark.parametrize("opener", [SUPERVISOR, BACKUP])
    def test_opens_with_the_supervisor_or_the_backup(self, opener: PersonId) -> None:
        assert replace(MENTEE, opened_by=opener).codes() == []

    @pytest.mark.parametrize("who", [MENTEE, MENTOR, STAFF])
    def test_stays_closed_until_somebody_opens(self, who: AtTheDoor) -> None:
        unopened = replace(who, status=MeetingStatus.scheduled, opened_by=None, opened_at=None)
        assert unopened.codes() == [DoorCode.not_open_yet]

    def test_needs_the_whole_story_of_the_opening(self) -> None:
        assert replace(MENTEE, opened_by=None).codes() == [DoorCode.not_open_yet]
        assert replace(MENTEE, opened_at=None).codes() == [DoorCode.not_open_yet]
        assert replace(MENTEE, opened_at=minute(5) + SECOND).codes() == [DoorCode.not_open_yet]
        assert replace(MENTEE, opened_at=minute(5)).codes() == []
        assert replace(MENTEE, status=MeetingStatus.scheduled).codes() == [DoorCode.not_open_yet]

    def test_says_once_that_it_is_not_open_yet(self) -> None:
        ahead = replace(MENTEE, status=MeetingStatus.scheduled, opened_at=minute(6))
        assert ahead.codes() == [DoorCode.not_open_yet]

    @pytest.mark.parametrize("opener", [RECORDER, MENTORS[0], MENTEES[0]])
    def test_stays_closed_when_somebody_else_opened(self, opener: PersonId) -> None:
        assert replace(MENTEE, opened_by=opener).codes() == [DoorCode.opened_by_another]

    def test_stays_closed_once_closed(self) -> None:
        assert replace(MENTEE, closed_at=minute(4)).codes() == [DoorCode.closed]

    @pytest.mark.parametrize("status", [MeetingStatus.ended, MeetingStatus.cancelled])
    def test_stays_closed_when_the_meeting_is_over(self, status: MeetingStatus) -> None:
        assert replace(MENTEE, status=status).codes() == [DoorCode.meeting_over]

    def test_stays_closed_on_hold(self) -> None:
        assert replace(MENTEE, status=MeetingStatus.on_hold).codes() == [DoorCode.meeting_on_hold]

    def test_stays_closed_without_a_room(self) -> None:
        assert replace(MENTEE, room_ready=False).codes() == [DoorCode.room_not_ready]

    def test_names_nobody_where_the_obstacle_is_nobodys(self) -> None:
        (obstacle,) = replace(MENTEE, room_ready=False).ask(door_obstacles)
        assert obstacle.about == ""

    @pytest.mark.parametrize(
        ("who", "kind"),
        [
            (RECORDER, PersonKind.staff),
            (MENTORS[0], PersonKind.staff),
            (MENTORS[0], PersonKind.mentee),
            (MENTORS[5], PersonKind.mentor),
            (MENTEES[0], PersonKind.mentor),
            (MENTEES[9], PersonKind.mentee),
            (SUPERVISOR, PersonKind.mentor),
        ],
    )
    def test_stays_closed_to_whoever_is_not_named(self, who: PersonId, kind: PersonKind) -> None:
        stranger = replace(MENTEE, person_id=who, person_kind=kind)
        assert stranger.codes() == [DoorCode.not_named]
        assert stranger.ask(door_obstacles)[0].about == str(who)

    @pytest.mark.parametrize(
        ("now", "codes"),
        [
            (minute(-10) - SECOND, [DoorCode.too_early]),
            (minute(-10), []),
            (END, []),
            (END + timedelta(minutes=15) - SECOND, []),
            (END + timedelta(minutes=15), [DoorCode.too_late]),
        ],
    )
    def test_has_a_window(self, now: datetime, codes: list[str]) -> None:
        then = replace(MENTEE, now=now, opened_at=now, authenticated_at=now)
        assert then.codes() == codes

    def test_has_the_window_of_the_policy(self) -> None:
        policy = Policy(opens_before_minutes=0, closes_after_minutes=0)
        early = replace(MENTEE, now=minute(-1), opened_at=minute(-1), authenticated_at=minute(-1))
        assert early.codes(policy) == [DoorCode.too_early]
        assert replace(MENTEE, now=END).codes(policy) == [DoorCode.too_late]

    @pytest.mark.parametrize(
        ("authenticated_at", "codes"),
        [
            (None, [DoorCode.authentication_too_old]),
            (minute(5) - timedelta(hours=12) - SECOND, [DoorCode.authentication_too_old]),
            (minute(5) - timedelta(hours=12), []),
            (minute(5), []),
            (minute(5) + SECOND, [DoorCode.authentication_too_old]),
        ],
    )
    def test_asks_for_a_recent_sign_in(
        self, authenticated_at: datetime | None, codes: list[str]
    ) -> None:
        assert replace(MENTEE, authenticated_at=authenticated_at).codes() == codes

    def test_names_who_must_sign_in_again(self) -> None:
        (obstacle,) = replace(MENTEE, authenticated_at=None).ask(door_obstacles)
        assert obstacle.about == str(MENTEES[0])

    def test_asks_for_a_sign_in_as_recent_as_policy_says(self) -> None:
        hours_ago = replace(MENTEE, authenticated_at=minute(5) - timedelta(hours=2))
        strict = Policy(authentication_max_age_hours=1)
        assert hours_ago.codes() == []
        assert hours_ago.codes(strict) == [DoorCode.authentication_too_old]

    def test_closes_at_once_for_whom_a_lapse_concerns(self) -> None:
        consents = tuple(c for c in TEAM.consents if c.person_id != MENTEES[0])
        plan = replace(TEAM, consents=consents)
        lapsed = replace(MENTEE, plan=plan)
        assert lapsed.codes() == [DoorCode.person_on_hold]
        assert lapsed.ask(door_obstacles)[0].about == str(MENTEES[0])
        assert replace(MENTEE, plan=plan, person_id=MENTEES[1]).codes() == []

    def test_closes_for_all_when_the_meeting_cannot_go_on(self) -> None:
        plan = replace(TEAM, supervisor=staff(SUPERVISOR, on_roster=False))
        assert replace(MENTEE, plan=plan).codes() == [DoorCode.meeting_on_hold]
        assert replace(STAFF, plan=plan, person_id=SUPERVISOR).codes() == [
            DoorCode.meeting_on_hold,
            DoorCode.person_on_hold,
        ]

    def test_lists_every_obstacle_at_once(self) -> None:
        everything = AtTheDoor(
            plan=replace(TEAM, pairing_active=False),
            status=MeetingStatus.ended,
            opened_by=RECORDER,
            closed_at=minute(4),
            person_id=RECORDER,
            authenticated_at=None,
            now=END + timedelta(hours=1),
            room_ready=False,
        )
        assert everything.codes() == [
            DoorCode.not_named,
            DoorCode.too_late,
            DoorCode.authentication_too_old,
            DoorCode.room_not_ready,
            DoorCode.meeting_over,
            DoorCode.meeting_on_hold,
            DoorCode.opened_by_another,
            DoorCode.closed,
        ]

    def test_cannot_be_forced(self) -> None:
        with pytest.raises(UnprovenError, match="door of this meeting"):
            OpenDoor(
                person_id=MENTEES[0],
                person_kind=PersonKind.mentee,
                opened_by=SUPERVISOR,
                at=START,
                seal=object(),  # type: ignore[arg-type]
            )

    @given(
        st.sampled_from([MENTEE, MENTOR, STAFF]),
        st.sampled_from(MeetingStatus),
        st.sampled_from([None, SUPERVISOR, BACKUP, RECORDER]),
        st.none() | st.just(START),
        st.none() | st.just(minute(4)),
    )
    def test_never_opens_without_staff_of_this_meeting(
        self,
        who: AtTheDoor,
        status: MeetingStatus,
        opened_by: PersonId | None,
        opened_at: datetime | None,
        closed_at: datetime | None,
    ) -> None:
        there = replace(
            who, status=status, opened_by=opened_by, opened_at=opened_at, closed_at=closed_at
        )
        is_open = (
            status is MeetingStatus.open
            and opened_by in {SUPERVISOR, BACKUP}
            and opened_at is not None
            and closed_at is None
        )
        assert (there.codes() == []) == is_open


class TestOpening:
    @pytest.mark.parametrize("who", [SUPERVISOR, BACKUP])
    def test_is_for_the_supervisor_and_the_backup(self, who: PersonId) -> None:
        assert replace(OPENING, person_id=who).codes() == []

    @pytest.mark.parametrize("who", [RECORDER, MENTORS[0], MENTEES[0]])
    def test_is_for_nobody_else(self, who: PersonId) -> None:
        assert replace(OPENING, person_id=who).codes() == [DoorCode.not_named]

    def test_happens_once(self) -> None:
        live = replace(OPENING, status=MeetingStatus.open)
        assert live.codes() == [DoorCode.already_open]
        assert replace(live, opened_by=BACKUP).codes() == [DoorCode.already_open]

    def test_happens_again_when_others_took_over_from_whoever_opened_it(self) -> None:
        assert replace(OPENING, status=MeetingStatus.open, opened_by=RECORDER).codes() == []

    def test_needs_a_room_a_recent_sign_in_and_the_window(self) -> None:
        wrong = replace(OPENING, room_ready=False, authenticated_at=None, now=minute(-11))
        assert wrong.codes() == [
            DoorCode.too_early,
            DoorCode.authentication_too_old,
            DoorCode.room_not_ready,
        ]

    def test_is_refused_when_s1_does_not_hold_now(self) -> None:
        assert replace(OPENING, plan=replace(TEAM, backup=None)).codes() == [
            DoorCode.meeting_on_hold
        ]

    @pytest.mark.parametrize("status", [MeetingStatus.ended, MeetingStatus.cancelled])
    def test_is_refused_when_the_meeting_is_over(self, status: MeetingStatus) -> None:
        assert replace(OPENING, status=status).codes() == [DoorCode.meeting_over]
