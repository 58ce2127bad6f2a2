"""Clearance holds for a day, moves step by step, and keeps no Social Security number."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.clearance import (
    MOVES,
    Clearance,
    ClearanceCode,
    ClearanceInvalidError,
    ClearanceMoveError,
    ClearanceStatus,
    clearance_obstacles,
    transition,
    warnings_due,
)
from lti_tool.domain.policy import Policy
from tests.strategies.examples import (
    DAY,
    MENTORS,
    POLICY,
    RECORDER,
    SUPERVISOR,
    YEAR_END,
    YEAR_START,
    cleared,
)

MENTOR = MENTORS[0]
ONE_DAY = timedelta(days=1)


def codes(clearance: Clearance | None, on: date = DAY) -> list[str]:
    found = clearance_obstacles(clearance, on=on, person_id=MENTOR)
    assert all(obstacle.remedy and obstacle.about == str(MENTOR) for obstacle in found)
    return [obstacle.code for obstacle in found]


class TestClearance:
    def test_holds_from_its_check_until_the_day_before_it_expires(self) -> None:
        clearance = cleared(MENTOR)
        assert codes(clearance, YEAR_START - ONE_DAY) == [ClearanceCode.not_yet_checked]
        assert codes(clearance, YEAR_START) == []
        assert codes(clearance, YEAR_END - ONE_DAY) == []
        assert codes(clearance, YEAR_END) == [ClearanceCode.expired]
        assert codes(clearance, YEAR_END + ONE_DAY) == [ClearanceCode.expired]

    def test_without_an_end_holds_on(self) -> None:
        assert codes(cleared(MENTOR, expires_on=None), date(2040, 1, 1)) == []

    def test_is_missed_by_name_where_there_is_none(self) -> None:
        assert codes(None) == [ClearanceCode.missing]
        assert [o.about for o in clearance_obstacles(None, on=DAY)] == [""]

    def test_names_the_person_it_belongs_to(self) -> None:
        found = clearance_obstacles(cleared(MENTOR), on=YEAR_END)
        assert [obstacle.about for obstacle in found] == [str(MENTOR)]

    @pytest.mark.parametrize(
        "status", [status for status in ClearanceStatus if status is not ClearanceStatus.eligible]
    )
    def test_holds_in_no_other_status_than_eligible(self, status: ClearanceStatus) -> None:
        assert codes(cleared(MENTOR, status=status)) == [ClearanceCode.not_eligible]

    def test_lists_every_fault_at_once(self) -> None:
        with pytest.raises(ClearanceInvalidError) as refused:
            cleared(MENTOR, expires_on=YEAR_START, reference="123-45-6789")
        assert [o.code for o in refused.value.obstacles] == [
            ClearanceCode.expires_before_checked,
            ClearanceCode.looks_like_ssn,
        ]
        assert {o.about for o in refused.value.obstacles} == {str(MENTOR)}

    def test_that_is_eligible_says_when_it_was_checked(self) -> None:
        with pytest.raises(ClearanceInvalidError, match=ClearanceCode.unchecked):
            cleared(MENTOR, checked_on=None)
        assert cleared(MENTOR, checked_on=None, status=ClearanceStatus.applied).checked_on is None

    def test_may_last_a_single_day(self) -> None:
        clearance = cleared(MENTOR, expires_on=YEAR_START + ONE_DAY)
        assert codes(clearance, YEAR_START) == []

    @pytest.mark.parametrize(
        "reference",
        [
            "123-45-6789",
            "123456789",
            "no. 123-45-6789 ",
            "123 45 6789",
            "123.45.6789",
            "A123456789",
        ],
    )
    def test_refuses_what_looks_like_a_social_security_number(self, reference: str) -> None:
        with pytest.raises(ClearanceInvalidError, match=ClearanceCode.looks_like_ssn):
            cleared(MENTOR, reference=reference)

    @pytest.mark.parametrize(
        "reference", ["", "PETS-2026-17", "12345678", "1234567890", "GP-2026-0012345678"]
    )
    def test_takes_the_reference_of_a_clearance_system(self, reference: str) -> None:
        assert cleared(MENTOR, reference=reference).reference == reference


class TestTransition:
    @pytest.mark.parametrize("status", ClearanceStatus)
    @pytest.mark.parametrize("to", ClearanceStatus)
    def test_follows_the_table(self, status: ClearanceStatus, to: ClearanceStatus) -> None:
        before = cleared(MENTOR, status=status)
        if to in MOVES[status]:
            assert transition(before, to, on=DAY, recorded_by=SUPERVISOR).status is to
        else:
            with pytest.raises(ClearanceMoveError) as refused:
                transition(before, to, on=DAY, recorded_by=SUPERVISOR)
            (obstacle,) = refused.value.obstacles
            assert obstacle.code is ClearanceCode.move_not_allowed
            assert obstacle.about == str(MENTOR)
            assert obstacle.remedy

    def test_has_these_steps_and_no_others(self) -> None:
        steps = """
            applied: submitted withdrawn
            submitted: fingerprinted pending eligible ineligible withdrawn
            fingerprinted: pending eligible ineligible withdrawn
            pending: eligible ineligible withdrawn
            eligible: eligible recheck ineligible revoked withdrawn
            recheck: pending eligible ineligible revoked withdrawn
            ineligible: applied
            withdrawn: applied
            revoked: applied
        """
        lines = (line.split(":") for line in steps.strip().splitlines())
        assert {start.strip(): set(ends.split()) for start, ends in lines} == MOVES

    def test_records_the_day_the_recorder_and_the_new_end(self) -> None:
        after = transition(
            cleared(MENTOR, status=ClearanceStatus.pending),
            ClearanceStatus.eligible,
            on=DAY,
            recorded_by=SUPERVISOR,
            reference="PETS-2026-18",
            expires_on=YEAR_END,
        )
        assert after == cleared(
            MENTOR, checked_on=DAY, recorded_by=SUPERVISOR, reference="PETS-2026-18"
        )

    def test_keeps_the_reference_and_drops_the_old_end(self) -> None:
        after = transition(cleared(MENTOR), ClearanceStatus.recheck, on=DAY, recorded_by=RECORDER)
        assert after == cleared(
            MENTOR, status=ClearanceStatus.recheck, checked_on=DAY, expires_on=None
        )

    def test_may_clear_the_reference(self) -> None:
        after = transition(
            cleared(MENTOR), ClearanceStatus.revoked, on=DAY, recorded_by=RECORDER, reference=""
        )
        assert after.reference == ""

    def test_never_leads_from_an_end_straight_back_to_eligible(self) -> None:
        ends = {ClearanceStatus.ineligible, ClearanceStatus.withdrawn, ClearanceStatus.revoked}
        assert {to for end in ends for to in MOVES[end]} == {ClearanceStatus.applied}

    def test_lets_every_open_state_be_withdrawn(self) -> None:
        ends = {ClearanceStatus.ineligible, ClearanceStatus.withdrawn, ClearanceStatus.revoked}
        assert all(
            ClearanceStatus.withdrawn in MOVES[status] for status in set(ClearanceStatus) - ends
        )


class TestWarnings:
    @pytest.mark.parametrize(
        ("days_left", "threshold"),
        [(31, None), (30, 30), (15, 30), (14, 14), (4, 14), (3, 3), (1, 3), (0, None), (-1, None)],
    )
    def test_are_due_at_thirty_fourteen_and_three_days(
        self, days_left: int, threshold: int | None
    ) -> None:
        on = YEAR_END - timedelta(days=days_left)
        assert warnings_due(cleared(MENTOR), on=on, policy=POLICY) == threshold

    def test_follow_the_policy(self) -> None:
        policy = Policy(clearance_warning_days=(60,))
        on = YEAR_END - timedelta(days=40)
        assert warnings_due(cleared(MENTOR), on=on, policy=policy) == 60

    def test_are_not_due_without_an_end(self) -> None:
        assert warnings_due(cleared(MENTOR, expires_on=None), on=DAY, policy=POLICY) is None

    def test_are_not_due_for_a_clearance_that_does_not_hold(self) -> None:
        revoked = cleared(MENTOR, status=ClearanceStatus.revoked)
        assert warnings_due(revoked, on=YEAR_END - ONE_DAY, policy=POLICY) is None

    @given(st.integers(1, 400))
    def test_never_overstate_the_days_left(self, days_left: int) -> None:
        on = YEAR_END - timedelta(days=days_left)
        clearance = cleared(MENTOR, checked_on=date(2020, 1, 1))
        threshold = warnings_due(clearance, on=on, policy=POLICY)
        assert threshold is None or threshold >= days_left
