"""S1: permitted meetings only. S2: a lapse closes the door only for whom it concerns."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.clearance import ClearanceCode, ClearanceStatus
from lti_tool.domain.consent import Channel, ConsentCode
from lti_tool.domain.eligibility import MentorFile
from lti_tool.domain.errors import Obstacle
from lti_tool.domain.formats import Format, FormatCode
from lti_tool.domain.ids import PersonId
from lti_tool.domain.meetings import (
    MeetingCode,
    MeetingNotPermittedError,
    MeetingPlan,
    PermittedMeeting,
    Place,
    holds,
    meeting_obstacles,
    people_at_fault,
    permit,
    without,
)
from lti_tool.domain.policy import Policy
from lti_tool.domain.proofs import UnprovenError
from lti_tool.domain.roles import StaffRole
from tests.strategies.domain import permitted_plans
from tests.strategies.examples import (
    BACKUP,
    DAY,
    END,
    MENTEES,
    MENTORS,
    POLICY,
    START,
    SUPERVISOR,
    bare_file,
    cleared,
    consent,
    meeting_plan,
    mentor_file,
    staff,
)

PLAN = meeting_plan()
TEAM = meeting_plan(Format.team, mentors=2, mentees=4)
Found = list[tuple[str, str]]


def found(plan: MeetingPlan, policy: Policy = POLICY) -> Found:
    obstacles = meeting_obstacles(plan, policy=policy)
    # Whoever asks also tries: proof and obstacles must never disagree.
    if obstacles:
        with pytest.raises(MeetingNotPermittedError) as refused:
            permit(plan, policy=policy)
        assert refused.value.obstacles == obstacles
    else:
        assert permit(plan, policy=policy).plan is plan
    return listed(obstacles)


def listed(obstacles: tuple[Obstacle, ...]) -> Found:
    assert all(obstacle.remedy for obstacle in obstacles)
    return [(obstacle.code, obstacle.about) for obstacle in obstacles]


def lapsed(file: MentorFile) -> MentorFile:
    return replace(file, clearance=cleared(file.person_id, status=ClearanceStatus.revoked))


def with_lapse_of(plan: MeetingPlan, *person_ids: PersonId) -> MeetingPlan:
    return replace(
        plan,
        mentors=tuple(lapsed(f) if f.person_id in person_ids else f for f in plan.mentors),
        consents=tuple(c for c in plan.consents if c.person_id not in person_ids),
        supervisor=staff(SUPERVISOR, on_roster=SUPERVISOR not in person_ids),
        backup=staff(BACKUP, on_roster=BACKUP not in person_ids),
    )


class TestPermit:
    @given(permitted_plans())
    def test_proves_a_plan_with_every_gate_green(self, plan: MeetingPlan) -> None:
        assert permit(plan, policy=POLICY).plan is plan
        verdict = holds(plan, policy=POLICY)
        assert (verdict.persons_on_hold, verdict.meeting_on_hold) == (frozenset(), False)
        assert verdict.obstacles == ()

    def test_lists_every_obstacle_at_once(self) -> None:
        wrong = MeetingPlan(
            format=Format.traditional,
            channel=Channel.e_mail,
            place=Place.school,
            starts_at=START,
            ends_at=START,
            on=DAY,
            supervisor=None,
            backup=None,
            mentors=(),
            mentees=MENTEES[:1] * 2,
            consents=(),
            pairing_active=False,
            join_from_home=True,
        )
        with pytest.raises(MeetingNotPermittedError) as refused:
            permit(wrong, policy=POLICY)
        assert refused.value.obstacles == meeting_obstacles(wrong, policy=POLICY)
        assert {obstacle.code for obstacle in refused.value.obstacles} == {
            ConsentCode.missing,
            MeetingCode.home_not_consented,
            MeetingCode.no_supervisor,
            MeetingCode.no_backup,
            MeetingCode.named_twice,
            MeetingCode.pairing_not_active,
            MeetingCode.ends_before_start,
            MeetingCode.channel_not_approved,
            MeetingCode.channel_not_live,
            MeetingCode.home_not_allowed,
            FormatCode.no_mentor,
            FormatCode.too_many_mentees,
        }

    def test_cannot_be_bypassed(self) -> None:
        with pytest.raises(UnprovenError, match="meeting is permitted"):
            PermittedMeeting(plan=PLAN, seal=object())  # type: ignore[arg-type]
        with pytest.raises(ValueError, match="seal"):
            replace(permit(PLAN, policy=POLICY), plan=TEAM)  # type: ignore[call-arg]

    @given(permitted_plans(), st.data())
    def test_refuses_when_any_one_thing_is_removed(
        self, plan: MeetingPlan, data: st.DataObject
    ) -> None:
        removed = data.draw(
            st.sampled_from(["supervisor", "backup", "mentors", "mentees", "consents"])
        )
        empty = None if removed in {"supervisor", "backup"} else ()
        spoiled = replace(plan, **{removed: empty})  # type: ignore[arg-type]
        assert found(spoiled)

    @given(permitted_plans(), st.data())
    def test_refuses_when_any_one_person_lapses(
        self, plan: MeetingPlan, data: st.DataObject
    ) -> None:
        everyone = (SUPERVISOR, BACKUP, *plan.mentor_ids, *plan.mentees)
        one = data.draw(st.sampled_from(everyone))
        spoiled = with_lapse_of(plan, one)
        assert [about for _, about in found(spoiled)] == [str(one)]
        assert people_at_fault(spoiled, policy=POLICY) == {one}


class TestStaff:
    def test_must_be_named(self) -> None:
        assert found(replace(PLAN, supervisor=None)) == [(MeetingCode.no_supervisor, "")]
        assert found(replace(PLAN, backup=None)) == [(MeetingCode.no_backup, "")]

    def test_must_be_two_people(self) -> None:
        assert found(replace(PLAN, backup=staff(SUPERVISOR))) == [
            (MeetingCode.backup_is_supervisor, str(SUPERVISOR))
        ]

    def test_must_be_on_the_confirmed_roster(self) -> None:
        off = replace(
            PLAN,
            supervisor=staff(SUPERVISOR, on_roster=False),
            backup=staff(BACKUP, on_roster=False),
        )
        assert found(off) == [
            (MeetingCode.not_on_roster, str(SUPERVISOR)),
            (MeetingCode.not_on_roster, str(BACKUP)),
        ]

    def test_must_have_a_role_that_counts(self) -> None:
        other = StaffRole.other_staff
        assert found(replace(PLAN, supervisor=staff(SUPERVISOR, staff_role=other))) == [
            (MeetingCode.role_does_not_count, str(SUPERVISOR))
        ]
        assert found(replace(PLAN, backup=staff(BACKUP, staff_role=other))) == [
            (MeetingCode.role_does_not_count, str(BACKUP))
        ]

    def test_must_not_take_part(self) -> None:
        mentor, mentee = MENTORS[0], MENTEES[0]
        assert found(replace(PLAN, supervisor=staff(mentor))) == [
            (MeetingCode.staff_takes_part, str(mentor))
        ]
        assert found(replace(PLAN, backup=staff(mentee))) == [
            (MeetingCode.staff_takes_part, str(mentee))
        ]

    def test_who_recorded_a_clearance_may_stand_by_but_not_supervise(self) -> None:
        def recorded_by(person_id: PersonId) -> MeetingPlan:
            clearance = cleared(MENTORS[0], recorded_by=person_id)
            return replace(PLAN, mentors=(replace(PLAN.mentors[0], clearance=clearance),))

        recorded = recorded_by(SUPERVISOR)
        assert found(recorded) == [(MeetingCode.recorder_supervises, str(SUPERVISOR))]
        assert found(recorded, Policy(recorder_may_be_sole_supervisor=True)) == []
        assert found(recorded_by(BACKUP)) == []


class TestParticipants:
    def test_are_named_once(self) -> None:
        plan = replace(meeting_plan(Format.small_group, mentees=2), mentees=MENTEES[:1] * 2)
        assert found(plan) == [(MeetingCode.named_twice, str(MENTEES[0]))]
        both = replace(
            PLAN,
            mentees=(MENTORS[0],),
            consents=(consent(MENTORS[0]),),
        )
        assert found(both) == [(MeetingCode.named_twice, str(MENTORS[0]))]

    def test_of_a_peer_meeting_need_consent_on_both_sides(self) -> None:
        peers = meeting_plan(Format.peer)
        assert found(peers) == []
        assert found(replace(peers, consents=(consent(MENTEES[0]),))) == [
            (ConsentCode.missing, str(MENTORS[0]))
        ]
        # A student's file holds no clearance, so an adult format refuses it.
        adult = replace(peers, format=Format.traditional)
        assert (ClearanceCode.missing, str(MENTORS[0])) in found(adult)

    def test_need_an_active_pairing(self) -> None:
        assert found(replace(PLAN, pairing_active=False)) == [(MeetingCode.pairing_not_active, "")]

    def test_need_consent_for_the_channel_of_the_day(self) -> None:
        moved = replace(PLAN, channel=Channel.in_person)
        assert found(moved) == [(ConsentCode.missing, str(MENTEES[0]))]


class TestTime:
    @pytest.mark.parametrize(
        ("ends_at", "codes"),
        [
            (START - timedelta(minutes=1), [MeetingCode.ends_before_start]),
            (START, [MeetingCode.ends_before_start]),
            (START + timedelta(seconds=1), []),
            (START + timedelta(hours=4), []),
            (START + timedelta(hours=4, seconds=1), [MeetingCode.too_long]),
        ],
    )
    def test_is_positive_and_at_most_four_hours(self, ends_at: datetime, codes: list[str]) -> None:
        assert [code for code, _ in found(replace(PLAN, ends_at=ends_at))] == codes

    def test_follows_the_policy(self) -> None:
        plan = replace(PLAN, ends_at=START + timedelta(hours=2))
        assert found(plan, Policy(meeting_hours_max=1)) == [(MeetingCode.too_long, "")]

    def test_must_be_aware(self) -> None:
        naive = START.replace(tzinfo=None)
        with pytest.raises(ValueError, match=r"^a meeting needs aware times$"):
            replace(PLAN, starts_at=naive)
        with pytest.raises(ValueError, match=r"^a meeting needs aware times$"):
            replace(PLAN, ends_at=naive)

    @pytest.mark.parametrize("days", [-2, 2])
    def test_must_be_of_the_day_it_is_judged_on(self, days: int) -> None:
        with pytest.raises(ValueError, match=r"^a meeting is judged on its own day$"):
            replace(PLAN, on=DAY + timedelta(days=days))

    @pytest.mark.parametrize("days", [-1, 0, 1])
    def test_may_be_another_day_in_utc(self, days: int) -> None:
        assert replace(PLAN, on=DAY + timedelta(days=days)).starts_at == START


class TestPlace:
    @pytest.mark.parametrize(
        ("channel", "place", "codes"),
        [
            (Channel.in_person, Place.school, []),
            (Channel.in_person, Place.workplace, []),
            (Channel.in_person, Place.online, [MeetingCode.place_does_not_fit]),
            (Channel.video, Place.school, []),
            (Channel.video, Place.workplace, []),
            (Channel.video, Place.online, []),
            (Channel.phone, Place.school, []),
            (Channel.phone, Place.online, []),
            (Channel.e_mail, Place.online, [MeetingCode.channel_not_live]),
        ],
    )
    def test_fits_the_channel(self, channel: Channel, place: Place, codes: list[str]) -> None:
        plan = replace(
            PLAN, channel=channel, place=place, consents=(consent(MENTEES[0], channel=channel),)
        )
        assert [code for code, _ in found(plan, Policy(channels=frozenset(Channel)))] == codes

    def test_is_never_a_home(self) -> None:
        assert set(Place) == {"school", "workplace", "online"}

    def test_is_reached_on_approved_channels_only(self) -> None:
        by_phone = replace(
            PLAN, channel=Channel.phone, consents=(consent(MENTEES[0], channel=Channel.phone),)
        )
        assert found(by_phone) == [(MeetingCode.channel_not_approved, "")]

    def test_may_be_joined_from_home_only_by_policy_and_consent(self) -> None:
        allowed = Policy(join_from_home=True)
        plan = replace(PLAN, place=Place.online, join_from_home=True)
        consented = replace(plan, home_consented=frozenset(MENTEES[:1]))
        no_consent = (MeetingCode.home_not_consented, str(MENTEES[0]))
        assert found(consented, allowed) == []
        assert found(plan, allowed) == [no_consent]
        assert found(consented) == [(MeetingCode.home_not_allowed, "")]
        assert found(replace(consented, place=Place.school), allowed) == [
            (MeetingCode.home_not_allowed, "")
        ]
        assert found(plan) == [no_consent, (MeetingCode.home_not_allowed, "")]


class TestWithout:
    def test_leaves_out_whoever_is_named_and_nobody_else(self) -> None:
        rest = without(TEAM, [MENTORS[0], MENTEES[1], SUPERVISOR])
        assert rest.mentor_ids == (MENTORS[1],)
        assert rest.mentees == (MENTEES[0], *MENTEES[2:4])
        assert rest.supervisor is None
        assert rest.backup == TEAM.backup
        assert without(TEAM, [BACKUP]).backup is None
        assert without(TEAM, []) == TEAM

    def test_moves_no_backup_up(self) -> None:
        assert without(TEAM, [SUPERVISOR]).staff == (TEAM.backup,)


class TestHolds:
    def test_keep_a_traditional_meeting_from_going_on_without_its_mentor(self) -> None:
        verdict = holds(with_lapse_of(PLAN, MENTORS[0]), policy=POLICY)
        assert verdict.persons_on_hold == {MENTORS[0]}
        assert verdict.meeting_on_hold
        assert listed(verdict.obstacles) == [
            (ClearanceCode.not_eligible, str(MENTORS[0])),
            (FormatCode.no_mentor, Format.traditional),
        ]

    def test_of_one_mentor_leave_the_rest_of_a_team(self) -> None:
        verdict = holds(with_lapse_of(TEAM, MENTORS[0]), policy=POLICY)
        assert verdict.persons_on_hold == {MENTORS[0]}
        assert not verdict.meeting_on_hold
        assert listed(verdict.obstacles) == [(ClearanceCode.not_eligible, str(MENTORS[0]))]

    def test_of_one_mentor_stop_a_team_whose_ratio_breaks(self) -> None:
        plan = meeting_plan(Format.team, mentors=2, mentees=5)
        verdict = holds(with_lapse_of(plan, MENTORS[0]), policy=POLICY)
        assert verdict.meeting_on_hold
        assert (FormatCode.too_many_mentees, Format.team) in listed(verdict.obstacles)

    def test_of_one_student_leave_a_large_group_of_six(self) -> None:
        plan = meeting_plan(Format.large_group, mentees=7)
        verdict = holds(with_lapse_of(plan, MENTEES[3]), policy=POLICY)
        assert verdict.persons_on_hold == {MENTEES[3]}
        assert not verdict.meeting_on_hold

    @pytest.mark.parametrize("person_id", [SUPERVISOR, BACKUP])
    def test_of_staff_stop_the_meeting_until_there_is_cover(self, person_id: PersonId) -> None:
        verdict = holds(with_lapse_of(TEAM, person_id), policy=POLICY)
        assert verdict.persons_on_hold == {person_id}
        assert verdict.meeting_on_hold
        covered = replace(TEAM, supervisor=staff(MENTEES[20]), backup=staff(MENTEES[21]))
        assert not holds(covered, policy=POLICY).meeting_on_hold

    def test_for_home_concern_only_who_joins_without_consent(self) -> None:
        plan = replace(
            meeting_plan(Format.small_group, mentees=2),
            place=Place.online,
            join_from_home=True,
            home_consented=frozenset(MENTEES[:1]),
        )
        verdict = holds(plan, policy=Policy(join_from_home=True))
        assert verdict.persons_on_hold == {MENTEES[1]}
        assert not verdict.meeting_on_hold

    def test_stop_the_meeting_of_a_pairing_that_ended(self) -> None:
        verdict = holds(replace(PLAN, pairing_active=False), policy=POLICY)
        assert (verdict.persons_on_hold, verdict.meeting_on_hold) == (frozenset(), True)
        assert listed(verdict.obstacles) == [(MeetingCode.pairing_not_active, "")]

    def test_clear_a_recorder_together_with_the_mentor_they_concern(self) -> None:
        first, second = TEAM.mentors
        revoked = cleared(first.person_id, status=ClearanceStatus.revoked, recorded_by=SUPERVISOR)
        plan = replace(TEAM, mentors=(replace(first, clearance=revoked), second))
        assert not holds(plan, policy=POLICY).meeting_on_hold

    @given(permitted_plans(), st.data())
    def test_concern_exactly_those_who_lapsed(self, plan: MeetingPlan, data: st.DataObject) -> None:
        everyone = (*plan.mentor_ids, *plan.mentees)
        gone = data.draw(st.sets(st.sampled_from(everyone)))
        verdict = holds(with_lapse_of(plan, *gone), policy=POLICY)
        assert verdict.persons_on_hold == gone
        mentors = set(plan.mentor_ids) - gone
        mentees = set(plan.mentees) - gone
        ratio_holds = len(mentees) <= 4 * len(mentors) or plan.format is Format.large_group
        assert verdict.meeting_on_hold == (not (mentors and mentees and ratio_holds))


class TestExamples:
    def test_stand_for_one_meeting_on_one_day(self) -> None:
        assert found(PLAN) == []
        assert PLAN.ends_at == END
        assert mentor_file(MENTORS[0]) != bare_file(MENTORS[0])
