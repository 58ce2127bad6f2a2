"""The ratios of the guide, R20 to R25, with its edge cases (a) to (e)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.formats import (
    Format,
    FormatCode,
    attendance_obstacles,
    format_obstacles,
)
from lti_tool.domain.policy import Policy
from tests.strategies.domain import fitting_numbers
from tests.strategies.examples import POLICY


def planned(chosen: Format, mentors: int, mentees: int, policy: Policy = POLICY) -> list[str]:
    found = format_obstacles(chosen, mentors=mentors, mentees=mentees, policy=policy)
    assert all(obstacle.remedy and obstacle.about == chosen for obstacle in found)
    return [obstacle.code for obstacle in found]


def attended(chosen: Format, mentors: int, mentees: int) -> list[str]:
    found = attendance_obstacles(chosen, mentors=mentors, mentees=mentees, policy=POLICY)
    assert all(obstacle.remedy and obstacle.about == chosen for obstacle in found)
    return [obstacle.code for obstacle in found]


def fitting(mentors: int, mentees: int) -> tuple[Format, ...]:
    # Peer depends on who the mentors are, not on how many there are.
    return tuple(
        each for each in Format if each is not Format.peer and not planned(each, mentors, mentees)
    )


class TestFormats:
    @pytest.mark.parametrize(
        ("chosen", "mentors", "mentees", "codes"),
        [
            (Format.traditional, 1, 1, []),
            (Format.traditional, 1, 2, [FormatCode.too_many_mentees]),
            (Format.traditional, 2, 1, [FormatCode.too_many_mentors]),
            (Format.traditional, 0, 0, [FormatCode.no_mentor, FormatCode.no_mentee]),
            (Format.small_group, 1, 1, []),
            (Format.small_group, 1, 4, []),
            (Format.small_group, 1, 5, [FormatCode.too_many_mentees]),
            (Format.small_group, 2, 4, [FormatCode.too_many_mentors]),
            (Format.team, 2, 8, []),
            (Format.team, 2, 9, [FormatCode.too_many_mentees]),
            (Format.team, 3, 12, []),
            (Format.team, 1, 4, [FormatCode.too_few_mentors]),
            (Format.team, 0, 4, [FormatCode.no_mentor]),
            (Format.team, 0, 5, [FormatCode.no_mentor, FormatCode.too_many_mentees]),
            (Format.team, 9, 1, []),
            (Format.large_group, 1, 6, [FormatCode.too_few_mentees]),
            (Format.large_group, 1, 0, [FormatCode.no_mentee]),
            (Format.large_group, 1, 1, [FormatCode.too_few_mentees]),
            (Format.large_group, 1, 7, []),
            (Format.large_group, 2, 10, []),
            (Format.large_group, 2, 11, [FormatCode.too_many_mentees]),
            (Format.large_group, 3, 10, [FormatCode.too_many_mentors]),
            (Format.peer, 1, 4, []),
            (Format.peer, 1, 5, [FormatCode.too_many_mentees]),
            (Format.peer, 3, 12, []),
            (Format.peer, 0, 1, [FormatCode.no_mentor]),
        ],
    )
    def test_keep_their_ratio(
        self, chosen: Format, mentors: int, mentees: int, codes: list[str]
    ) -> None:
        assert planned(chosen, mentors, mentees) == codes

    def test_follow_a_stricter_policy(self) -> None:
        strict = Policy(
            students_per_adult_max=2,
            large_group_min=8,
            large_group_max=9,
            large_group_adults_max=1,
            peer_students_max=1,
        )
        assert planned(Format.small_group, 1, 3, strict) == [FormatCode.too_many_mentees]
        assert planned(Format.team, 2, 5, strict) == [FormatCode.too_many_mentees]
        assert planned(Format.large_group, 1, 7, strict) == [FormatCode.too_few_mentees]
        assert planned(Format.large_group, 2, 10, strict) == [
            FormatCode.too_many_mentors,
            FormatCode.too_many_mentees,
        ]
        assert planned(Format.peer, 1, 2, strict) == [FormatCode.too_many_mentees]

    @given(fitting_numbers())
    def test_may_be_attended_as_planned(self, numbers: tuple[Format, int, int]) -> None:
        chosen, mentors, mentees = numbers
        assert planned(chosen, mentors, mentees) == []
        assert attended(chosen, mentors, mentees) == []

    @given(st.integers(0, 12), st.integers(0, 50))
    def test_never_leave_an_adult_of_a_team_with_more_than_four(
        self, mentors: int, mentees: int
    ) -> None:
        fits = Format.team in fitting(mentors, mentees)
        assert fits == (mentors >= 2 and 1 <= mentees <= 4 * mentors)


class TestEdgeCases:
    @pytest.mark.parametrize("mentees", [5, 6])
    def test_a_one_adult_with_five_or_six_students_fits_no_format(self, mentees: int) -> None:
        assert fitting(1, mentees) == ()
        assert fitting(2, mentees) == (Format.team,)

    @pytest.mark.parametrize("mentees", [11, 12])
    def test_b_eleven_students_need_a_third_adult(self, mentees: int) -> None:
        assert fitting(1, mentees) == ()
        assert fitting(2, mentees) == ()
        assert fitting(3, mentees) == (Format.team,)

    def test_c_an_absent_second_mentor_breaks_the_ratio_of_a_team(self) -> None:
        assert attended(Format.team, 1, 5) == [FormatCode.too_many_mentees]
        assert attended(Format.team, 1, 4) == []
        assert attended(Format.team, 0, 0) == [FormatCode.no_mentor, FormatCode.no_mentee]

    def test_d_a_large_group_below_seven_is_not_planned_and_yet_not_stopped(self) -> None:
        assert planned(Format.large_group, 1, 6) == [FormatCode.too_few_mentees]
        assert attended(Format.large_group, 1, 6) == []

    def test_e_overlaps_are_offered_side_by_side(self) -> None:
        assert fitting(1, 1) == (Format.traditional, Format.small_group)
        assert fitting(2, 7) == (Format.team, Format.large_group)
        assert fitting(2, 8) == (Format.team, Format.large_group)
        assert fitting(2, 9) == (Format.large_group,)
