"""S4: only proven minutes count."""

import time
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.policy import Policy
from lti_tool.domain.supervision import (
    Basis,
    CorrectionCode,
    CorrectionNotAllowedError,
    Gap,
    Interval,
    Kind,
    Ledger,
    Minute,
    Verdict,
    corrected,
    correction_obstacles,
    ledger,
)
from tests.strategies.domain import KNOWN_KINDS, stays
from tests.strategies.examples import (
    BACKUP,
    MENTEES,
    MENTORS,
    POLICY,
    START,
    SUPERVISOR,
    minute,
    stay,
)

ALL_BASES = Policy(counting_bases=frozenset(Basis))
SOME_STAYS = st.lists(stays(), max_size=7)
KNOWN_STAYS = st.lists(stays(KNOWN_KINDS), max_size=7)
PINNED = "88c21bdf3ead86ef2185ad3d492cb58e284fd925d9250b68ddabade002eae63c"
POLICIES = st.sets(st.sampled_from(Basis), min_size=1).map(
    lambda bases: Policy(counting_bases=frozenset(bases))
)


def compute(
    *intervals: Interval,
    length: float = 10,
    data_complete: bool = True,
    policy: Policy = POLICY,
    grace: timedelta | None = None,
    as_of: datetime | None = None,
    elsewhere: tuple[Interval, ...] = (),
) -> Ledger:
    return ledger(
        intervals,
        starts_at=START,
        ends_at=minute(length),
        data_complete=data_complete,
        policy=policy,
        grace=grace,
        as_of=as_of,
        elsewhere=elsewhere,
    )


def verdicts(result: Ledger) -> str:
    letters = {
        Verdict.supervised: "s",
        Verdict.not_counted: "-",
        Verdict.unsupervised: "U",
        Verdict.indeterminate: "?",
    }
    return "".join(letters[m.verdict] for m in result.minutes)


def all_three(joined: float, left: float | None, basis: Basis = Basis.measured) -> list[Interval]:
    return [stay(kind, joined, left, basis=basis) for kind in KNOWN_KINDS]


class TestLedger:
    def test_counts_each_minute_in_which_all_three_were_present(self) -> None:
        result = compute(*all_three(0, 10))
        assert verdicts(result) == "ssssssssss"
        assert result.counted_minutes == 10
        assert result.per_mentee == {MENTEES[0]: 10}
        assert result.gaps == ()
        assert result.indeterminate_minutes == 0
        assert result.minutes[0] == Minute(
            at=START,
            verdict=Verdict.supervised,
            basis=Basis.measured,
            present=frozenset(KNOWN_KINDS),
            counts=True,
        )

    @pytest.mark.parametrize("missing", KNOWN_KINDS)
    def test_counts_nothing_when_one_of_them_is_missing(self, missing: Kind) -> None:
        there = [interval for interval in all_three(0, 10) if interval.kind is not missing]
        result = compute(*there)
        assert result.counted_minutes == 0
        assert verdicts(result) == ("U" if missing is Kind.supervisor else "-") * 10
        assert all(m.basis is None and not m.counts for m in result.minutes)
        assert all(m.present == frozenset(KNOWN_KINDS) - {missing} for m in result.minutes)

    def test_of_an_empty_meeting_has_minutes_and_counts_none(self) -> None:
        result = compute()
        assert verdicts(result) == "-" * 10
        assert result.per_mentee == {}
        assert not result.has_unknown_ends

    def test_counts_whole_minutes_only(self) -> None:
        late = [stay(Kind.supervisor, 0, 5), stay(Kind.mentor, 0, 5), stay(Kind.mentee, 0.5, 3.5)]
        assert verdicts(compute(*late, length=5)) == "-ss--"

    def test_calls_a_minute_unsupervised_for_an_instant_without_staff(self) -> None:
        early = [stay(Kind.supervisor, 1.25, 5), stay(Kind.mentor, 1, 5), stay(Kind.mentee, 0, 5)]
        result = compute(*early, length=5)
        assert verdicts(result) == "-Usss"
        assert result.gaps == (Gap(start=minute(1), end=minute(1.25), beyond_grace=False),)

    def test_joins_parallel_stays_of_one_person(self) -> None:
        phone_and_laptop = [
            stay(Kind.mentee, 0, 3),
            stay(Kind.mentee, 2, 4),
            stay(Kind.mentee, 4, 6),
            stay(Kind.supervisor, 0, 6),
            stay(Kind.mentor, 0, 6),
        ]
        result = compute(*phone_and_laptop, length=6)
        assert verdicts(result) == "ssssss"
        assert result.per_mentee == {MENTEES[0]: 6}

    def test_lets_the_backup_take_over(self) -> None:
        handed_over = [
            stay(Kind.supervisor, 0, 2.5),
            stay(Kind.supervisor, 2.25, 5, person_id=BACKUP),
            stay(Kind.mentor, 0, 5),
            stay(Kind.mentee, 0, 5),
        ]
        assert verdicts(compute(*handed_over, length=5)) == "sssss"

    def test_credits_each_mentee_with_their_own_minutes(self) -> None:
        two = [
            stay(Kind.supervisor, 0, 10),
            stay(Kind.mentor, 0, 10),
            stay(Kind.mentee, 0, 7),
            stay(Kind.mentee, 5.5, 10, person_id=MENTEES[1]),
        ]
        result = compute(*two)
        assert result.counted_minutes == 10
        assert result.per_mentee == {MENTEES[0]: 7, MENTEES[1]: 4}

    def test_does_not_let_somebody_supervise_their_own_part(self) -> None:
        doubled = [*all_three(0, 5), stay(Kind.mentor, 0, 5, person_id=SUPERVISOR)]
        result = compute(*doubled, length=5)
        assert verdicts(result) == "UUUUU"

    def test_reaches_over_calls_outside_the_meeting(self) -> None:
        result = compute(*all_three(-2.5, -1), *all_three(12, 13), length=2)
        assert [(m.at - START) // timedelta(minutes=1) for m in result.minutes] == [
            -3,
            -2,
            0,
            1,
            12,
        ]
        assert verdicts(result) == "-s--s"

    def test_starts_at_whole_minutes_in_utc(self) -> None:
        new_york = timezone(timedelta(hours=-5))
        result = ledger(
            [],
            starts_at=(START + timedelta(seconds=20, microseconds=7)).astimezone(new_york),
            ends_at=minute(2),
            data_complete=True,
            policy=POLICY,
        )
        assert [m.at for m in result.minutes] == [minute(0), minute(1)]
        assert {m.at.utcoffset() for m in result.minutes} == {timedelta(0)}

    def test_refuses_naive_times(self) -> None:
        naive = START.replace(tzinfo=None)
        with pytest.raises(ValueError, match=r"^a ledger needs aware times$"):
            ledger([], starts_at=naive, ends_at=START, data_complete=True, policy=POLICY)
        with pytest.raises(ValueError, match=r"^a ledger needs aware times$"):
            ledger([], starts_at=START, ends_at=naive, data_complete=True, policy=POLICY)


class TestIndeterminate:
    def test_are_minutes_with_somebody_unknown(self) -> None:
        result = compute(*all_three(0, 5), stay(Kind.unknown, 1.5, 2.5), length=5)
        assert verdicts(result) == "s??ss"
        assert result.counted_minutes == 3
        assert result.indeterminate_minutes == 2
        assert result.per_mentee == {MENTEES[0]: 3}
        assert result.minutes[1].basis is None
        assert Kind.unknown in result.minutes[1].present

    def test_are_minutes_with_nobody_but_somebody_unknown(self) -> None:
        assert verdicts(compute(stay(Kind.unknown, 0, 1), length=2)) == "?-"

    def test_are_not_minutes_seen_to_be_unsupervised(self) -> None:
        alone = [stay(Kind.mentor, 0, 2), stay(Kind.mentee, 0, 2), stay(Kind.unknown, 0, 2)]
        assert verdicts(compute(*alone, length=2)) == "UU"
        assert verdicts(compute(*alone, length=3, data_complete=False)) == "UU?"

    def test_are_all_others_when_data_is_missing(self) -> None:
        result = compute(*all_three(0, 3), length=5, data_complete=False)
        assert verdicts(result) == "?????"
        assert result.counted_minutes == 0
        assert not result.data_complete

    def test_are_minutes_in_which_the_supervisor_was_also_elsewhere(self) -> None:
        other_call = stay(Kind.supervisor, 1, 2)
        result = compute(*all_three(0, 4), length=4, elsewhere=(other_call,))
        assert verdicts(result) == "s?ss"
        assert result.gaps == ()
        assert result.elsewhere == (other_call,)

    def test_are_not_minutes_with_a_second_supervisor(self) -> None:
        backup = stay(Kind.supervisor, 0, 4, person_id=BACKUP)
        away = (stay(Kind.supervisor, 0, 4), stay(Kind.supervisor, 3, None, person_id=BACKUP))
        result = compute(*all_three(0, 4), backup, length=4, elsewhere=away)
        assert verdicts(result) == "sss?"

    def test_are_not_minutes_in_which_a_mentor_was_also_elsewhere(self) -> None:
        result = compute(*all_three(0, 2), length=2, elsewhere=(stay(Kind.mentor, 0, 2),))
        assert verdicts(result) == "ss"


class TestBasis:
    @pytest.mark.parametrize(
        ("bases", "weakest"),
        [
            ((Basis.measured, Basis.measured, Basis.measured), Basis.measured),
            ((Basis.attested, Basis.measured, Basis.measured), Basis.attested),
            ((Basis.measured, Basis.attested, Basis.measured), Basis.attested),
            ((Basis.measured, Basis.measured, Basis.attested), Basis.attested),
            ((Basis.measured, Basis.attested, Basis.corrected), Basis.corrected),
        ],
    )
    def test_is_the_weakest_of_those_needed(self, bases: tuple[Basis, ...], weakest: Basis) -> None:
        there = [
            stay(kind, 0, 2, basis=basis) for kind, basis in zip(KNOWN_KINDS, bases, strict=True)
        ]
        result = compute(*there, length=2, policy=ALL_BASES)
        assert {(m.basis, m.counts) for m in result.minutes} == {(weakest, True)}

    def test_that_is_not_needed_does_not_weaken(self) -> None:
        more = [*all_three(0, 2), stay(Kind.supervisor, 0, 2, basis=Basis.corrected)]
        result = compute(*more, length=2, policy=ALL_BASES)
        assert {m.basis for m in result.minutes} == {Basis.measured}

    def test_may_be_supervised_and_not_count(self) -> None:
        result = compute(*all_three(0, 2, Basis.corrected), length=2)
        assert verdicts(result) == "ss"
        assert {(m.basis, m.counts) for m in result.minutes} == {(Basis.corrected, False)}
        assert result.counted_minutes == 0
        assert result.per_mentee == {MENTEES[0]: 0}

    def test_counts_where_the_organization_says_so(self) -> None:
        only_attested = Policy(counting_bases=frozenset({Basis.attested}))
        assert compute(*all_three(0, 2), length=2, policy=only_attested).counted_minutes == 0
        attested = all_three(0, 2, Basis.attested)
        both = compute(*all_three(0, 2), *attested, length=2, policy=only_attested)
        assert {(m.basis, m.counts) for m in both.minutes} == {(Basis.attested, True)}

    def test_that_does_not_count_is_not_mended_by_a_weaker_one_that_does(self) -> None:
        only_corrected = Policy(counting_bases=frozenset({Basis.corrected}))
        mixed = [*all_three(0, 2)[:2], stay(Kind.mentee, 0, 2, basis=Basis.corrected)]
        result = compute(*mixed, length=2, policy=only_corrected)
        assert {(m.basis, m.counts) for m in result.minutes} == {(Basis.corrected, False)}

    def test_credits_a_mentee_only_on_bases_that_count(self) -> None:
        more = [
            *all_three(0, 2),
            stay(Kind.mentee, 0, 2, person_id=MENTEES[1], basis=Basis.corrected),
        ]
        assert compute(*more, length=2).per_mentee == {MENTEES[0]: 2, MENTEES[1]: 0}


class TestOpenStays:
    def test_reach_to_the_end_of_the_meeting_and_are_marked(self) -> None:
        result = compute(*all_three(0, None), length=5)
        assert verdicts(result) == "sssss"
        assert result.has_unknown_ends
        assert all(m.rests_on_unknown_end for m in result.minutes)
        assert result.per_mentee == {MENTEES[0]: 5}

    def test_reach_to_the_last_known_moment(self) -> None:
        open_mentee = [
            stay(Kind.mentee, 0, None),
            stay(Kind.mentor, 0, 8),
            stay(Kind.supervisor, 0, 6),
        ]
        result = compute(*open_mentee, length=5)
        assert verdicts(result) == "ssssssUU"
        late = [stay(Kind.mentee, 0, None), stay(Kind.mentor, 7, None)]
        assert compute(*late, length=5).gaps == ()
        assert len(compute(*late, length=5).minutes) == 7

    def test_are_marked_only_where_a_minute_rests_on_them(self) -> None:
        clamped = stay(Kind.mentee, 0, 4, end_is_known=False)
        result = compute(
            clamped,
            stay(Kind.mentee, 0, 2),
            stay(Kind.mentor, 0, 4),
            stay(Kind.supervisor, 0, 4),
            length=5,
        )
        assert verdicts(result) == "ssss-"
        assert [m.rests_on_unknown_end for m in result.minutes] == [
            False,
            False,
            True,
            True,
            False,
        ]

    def test_are_marked_where_the_known_end_is_on_a_basis_that_does_not_count(self) -> None:
        there = [*all_three(0, None), *all_three(0, 2, Basis.corrected)]
        assert all(m.rests_on_unknown_end for m in compute(*there, length=2).minutes)
        assert not any(
            m.rests_on_unknown_end
            for m in compute(*all_three(0, 2, Basis.corrected), length=2).minutes
        )

    def test_of_a_live_meeting_reach_to_the_present_moment(self) -> None:
        result = compute(*all_three(0, None), as_of=minute(3.5))
        assert verdicts(result) == "sss"
        assert compute(*all_three(0, 9), as_of=minute(4)).counted_minutes == 4

    def test_of_a_live_meeting_say_nothing_of_what_is_to_come(self) -> None:
        ahead = [stay(Kind.mentor, 0, 9), stay(Kind.mentee, 5, None)]
        result = compute(*ahead, as_of=minute(3))
        assert verdicts(result) == "---"
        assert result.gaps == ()


class TestGap:
    def test_is_known_to_the_instant(self) -> None:
        left_early = [
            stay(Kind.supervisor, 0, 4.25),
            stay(Kind.supervisor, 7, 10),
            stay(Kind.mentor, 0, 10),
            stay(Kind.mentee, 0, 6.5),
        ]
        (gap,) = compute(*left_early).gaps
        assert (gap.start, gap.end) == (minute(4.25), minute(6.5))
        assert gap.length == timedelta(minutes=2.25)
        assert gap.length_minutes == 3
        assert gap.beyond_grace

    @pytest.mark.parametrize(
        ("length", "minutes", "beyond"),
        [(0.25, 1, False), (1, 1, False), (2, 2, False), (2.01, 3, True), (3, 3, True)],
    )
    def test_is_beyond_grace_after_two_minutes(
        self, *, length: float, minutes: int, beyond: bool
    ) -> None:
        (gap,) = compute(stay(Kind.mentor, 0, length), stay(Kind.mentee, 0, 9)).gaps
        assert (gap.length_minutes, gap.beyond_grace) == (minutes, beyond)

    def test_takes_its_grace_from_the_policy_or_the_call(self) -> None:
        alone = [stay(Kind.mentor, 0, 3), stay(Kind.mentee, 0, 3)]
        assert not compute(*alone, policy=Policy(grace_minutes=3)).gaps[0].beyond_grace
        assert compute(*alone, grace=timedelta(0)).gaps[0].beyond_grace
        assert not compute(*alone, grace=timedelta(minutes=3)).gaps[0].beyond_grace

    def test_is_one_for_each_stretch(self) -> None:
        comes_and_goes = [
            stay(Kind.supervisor, 2, 4),
            stay(Kind.mentor, 0, 6),
            stay(Kind.mentee, 0, 6),
        ]
        gaps = compute(*comes_and_goes).gaps
        assert [(gap.start, gap.end) for gap in gaps] == [
            (minute(0), minute(2)),
            (minute(4), minute(6)),
        ]


class TestDigest:
    def test_stays_the_same_when_computed_again(self) -> None:
        there = all_three(0, 5)
        assert compute(*there).digest() == compute(*reversed(there), *there).digest()
        assert len(compute(*there).digest()) == 64

    def test_does_not_depend_on_the_zone_in_which_times_are_told(self) -> None:
        tokyo = timezone(timedelta(hours=9))
        moved = [
            replace(
                interval,
                joined_at=interval.joined_at.astimezone(tokyo),
                left_at=interval.left_at and interval.left_at.astimezone(tokyo),
            )
            for interval in all_three(0, 5)
        ]
        assert compute(*moved).digest() == compute(*all_three(0, 5)).digest()

    def test_does_not_depend_on_the_zone_of_the_machine(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        here = compute(*all_three(0, 5)).digest()
        monkeypatch.setenv("TZ", "Asia/Kolkata")
        time.tzset()
        try:
            assert compute(*all_three(0, 5)).digest() == here
            assert {m.at.utcoffset() for m in compute().minutes} == {timedelta(0)}
        finally:
            monkeypatch.undo()
            time.tzset()

    def test_tells_apart_whatever_differs(self) -> None:
        there = all_three(0, 5)
        unknown = stay(Kind.unknown, 7, 8)
        results = [
            compute(),
            compute(*there),
            compute(*there, length=11),
            compute(*there, data_complete=False),
            compute(*there, elsewhere=(stay(Kind.supervisor, 20, 21),)),
            compute(*there, unknown),
            compute(*there, replace(unknown, person_id=MENTORS[3])),
            compute(*all_three(0, 5.5)),
            compute(*all_three(-0.5, 5)),
            compute(*all_three(0, None)),
            compute(*all_three(0, 5, Basis.attested)),
            compute(*there[:2], replace(there[2], end_is_known=False)),
            compute(*there[:2], replace(there[2], person_id=MENTEES[1])),
            compute(*there[1:], grace=timedelta(minutes=9)),
            compute(*there[1:]),
            compute(*there, policy=Policy(counting_bases=frozenset({Basis.attested}))),
        ]
        assert len({result.digest() for result in results}) == len(results)

    def test_is_made_of_the_canonical_form(self) -> None:
        # Pinned: a change here makes every digest on record look tampered with.
        assert compute(*all_three(0, 5), stay(Kind.unknown, 6, None)).digest() == PINNED


class TestCorrection:
    def test_needs_a_second_staff_member(self) -> None:
        assert correction_obstacles(added_by=SUPERVISOR, seconded_by=BACKUP) == ()
        (alone,) = correction_obstacles(added_by=SUPERVISOR, seconded_by=None)
        (same,) = correction_obstacles(added_by=SUPERVISOR, seconded_by=SUPERVISOR)
        assert (alone.code, alone.about) == (CorrectionCode.needs_second, str(SUPERVISOR))
        assert (same.code, same.about) == (CorrectionCode.second_is_first, str(SUPERVISOR))
        assert alone.remedy == "Ask a second staff member to confirm."
        assert same.remedy == "Ask somebody else to confirm."

    def test_adds_a_stay_that_says_it_was_corrected(self) -> None:
        added = corrected(
            person_id=MENTEES[0],
            kind=Kind.mentee,
            joined_at=minute(0),
            left_at=minute(5),
            added_by=SUPERVISOR,
            seconded_by=BACKUP,
        )
        assert added == stay(Kind.mentee, 0, 5, basis=Basis.corrected)

    def test_is_refused_on_one_persons_word(self) -> None:
        with pytest.raises(CorrectionNotAllowedError) as refused:
            corrected(
                person_id=MENTEES[0],
                kind=Kind.mentee,
                joined_at=minute(0),
                left_at=minute(5),
                added_by=SUPERVISOR,
                seconded_by=None,
            )
        assert refused.value.obstacles == correction_obstacles(
            added_by=SUPERVISOR, seconded_by=None
        )


class TestInterval:
    def test_needs_aware_times(self) -> None:
        naive = START.replace(tzinfo=None)
        with pytest.raises(ValueError, match="aware times"):
            replace(stay(Kind.mentor, 0, 1), joined_at=naive)
        with pytest.raises(ValueError, match="aware times"):
            replace(stay(Kind.mentor, 0, 1), left_at=naive)

    def test_does_not_end_before_it_starts(self) -> None:
        with pytest.raises(ValueError, match="leaves before joining"):
            stay(Kind.mentor, 1, 0.5)
        assert stay(Kind.mentor, 1, 1).left_at == minute(1)

    @pytest.mark.parametrize("kind", KNOWN_KINDS)
    def test_in_a_known_capacity_has_a_person(self, kind: Kind) -> None:
        with pytest.raises(ValueError, match="only an unknown joiner"):
            replace(stay(kind, 0, 1), person_id=None)

    def test_is_open_ended_until_its_end_is_known(self) -> None:
        assert stay(Kind.mentor, 0, None).is_open_ended
        assert stay(Kind.mentor, 0, 1, end_is_known=False).is_open_ended
        assert not stay(Kind.mentor, 0, 1).is_open_ended


def instants(at: datetime) -> list[datetime]:
    return [at + timedelta(seconds=second) for second in range(0, 60, 5)]


def is_in(intervals: list[Interval], kind: Kind, at: datetime) -> bool:
    return any(
        i.kind is kind and i.joined_at <= at and (i.left_at is None or at < i.left_at)
        for i in intervals
    )


class TestProperties:
    @given(SOME_STAYS, POLICIES)
    def test_no_minute_counts_without_all_three(
        self, intervals: list[Interval], policy: Policy
    ) -> None:
        usable = [i for i in intervals if i.basis in policy.counting_bases]
        for found in compute(*intervals, policy=policy).minutes:
            if found.counts:
                assert found.verdict is Verdict.supervised
                for at in instants(found.at):
                    assert all(is_in(usable, kind, at) for kind in KNOWN_KINDS)
                    assert not is_in(intervals, Kind.unknown, at)

    @given(SOME_STAYS)
    def test_a_minute_is_unsupervised_exactly_when_adult_and_student_are_alone(
        self, intervals: list[Interval]
    ) -> None:
        for found in compute(*intervals).minutes:
            alone = any(
                is_in(intervals, Kind.mentor, at)
                and is_in(intervals, Kind.mentee, at)
                and not is_in(intervals, Kind.supervisor, at)
                for at in instants(found.at)
                # Beyond the last known moment an open stay has ended.
                if at < max([minute(10), *(i.left_at or i.joined_at for i in intervals)])
            )
            assert (found.verdict is Verdict.unsupervised) == alone

    @given(SOME_STAYS, stays((Kind.supervisor,)), POLICIES)
    def test_more_supervision_never_lowers_what_counts(
        self, intervals: list[Interval], more: Interval, policy: Policy
    ) -> None:
        before = compute(*intervals, policy=policy)
        after = compute(*intervals, more, policy=policy)
        assert after.counted_minutes >= before.counted_minutes
        counted = {m.at for m in before.minutes if m.counts}
        assert counted <= {m.at for m in after.minutes if m.counts}
        assert all(after.per_mentee[p] >= count for p, count in before.per_mentee.items())

    @given(SOME_STAYS, stays((Kind.unknown,)))
    def test_somebody_unknown_never_raises_what_counts(
        self, intervals: list[Interval], unknown: Interval
    ) -> None:
        closed = replace(unknown, left_at=unknown.left_at or unknown.joined_at)
        before, after = compute(*intervals), compute(*intervals, closed)
        if not any(i.left_at is None for i in intervals):
            assert after.counted_minutes <= before.counted_minutes

    @given(SOME_STAYS)
    def test_missing_data_counts_nothing_and_calls_nothing_fine(
        self, intervals: list[Interval]
    ) -> None:
        result = compute(*intervals, data_complete=False)
        assert result.counted_minutes == 0
        assert {m.verdict for m in result.minutes} <= {
            Verdict.unsupervised,
            Verdict.indeterminate,
        }
        assert result.gaps == compute(*intervals).gaps

    @given(SOME_STAYS, st.lists(stays((Kind.supervisor,)), max_size=3))
    def test_being_elsewhere_never_raises_what_counts(
        self, intervals: list[Interval], elsewhere: list[Interval]
    ) -> None:
        result = compute(*intervals, elsewhere=tuple(elsewhere))
        assert result.counted_minutes <= compute(*intervals).counted_minutes

    @given(st.permutations([*all_three(0, 5), stay(Kind.unknown, 2, 3)]))
    def test_the_order_of_stays_means_nothing(self, intervals: list[Interval]) -> None:
        assert compute(*intervals) == compute(*sorted(intervals, key=lambda i: i.kind))

    @given(KNOWN_STAYS)
    def test_no_mentee_has_more_than_the_meeting(self, intervals: list[Interval]) -> None:
        result = compute(*intervals)
        assert all(0 <= count <= result.counted_minutes for count in result.per_mentee.values())

    @given(SOME_STAYS)
    def test_gaps_touch_exactly_the_unsupervised_minutes(self, intervals: list[Interval]) -> None:
        result = compute(*intervals)
        end = timedelta(minutes=1)
        touched = {
            m.at
            for m in result.minutes
            for gap in result.gaps
            if gap.start < m.at + end and m.at < gap.end
        }
        assert touched == {m.at for m in result.minutes if m.verdict is Verdict.unsupervised}
        assert all(gap.start < gap.end for gap in result.gaps)

    @given(SOME_STAYS, st.integers(0, 20))
    def test_a_live_ledger_claims_nothing_of_the_future(
        self, intervals: list[Interval], now: int
    ) -> None:
        result = compute(*intervals, as_of=minute(now))
        assert all(m.at + timedelta(minutes=1) <= minute(now) for m in result.minutes)
        assert all(gap.end <= minute(now) for gap in result.gaps)
