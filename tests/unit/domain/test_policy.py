"""A policy is stricter than the guide or equal to it, never looser."""

import json
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.consent import Channel
from lti_tool.domain.policy import BOUNDS, Policy, PolicyCode, PolicyInvalidError
from lti_tool.domain.presence import Basis
from tests.strategies.examples import POLICY


def faults(**values: object) -> list[tuple[str, str]]:
    with pytest.raises(PolicyInvalidError) as refused:
        Policy.from_dict(values)
    assert all(obstacle.remedy for obstacle in refused.value.obstacles)
    return [(obstacle.code, obstacle.about) for obstacle in refused.value.obstacles]


class TestPolicy:
    def test_has_the_defaults_of_the_guide(self) -> None:
        assert POLICY.to_dict() == {
            "students_per_adult_max": 4,
            "large_group_min": 7,
            "large_group_max": 10,
            "large_group_adults_max": 2,
            "peer_students_max": 4,
            "grace_minutes": 2,
            "clearance_warning_days": [30, 14, 3],
            "agreement_required": True,
            "training_modules_required": ["role-and-supervision"],
            "counting_bases": ["attested", "measured"],
            "channels": ["in-person", "video"],
            "virtual_start_needs_approval": True,
            "recorder_may_be_sole_supervisor": False,
            "join_from_home": False,
            "opens_before_minutes": 10,
            "closes_after_minutes": 15,
            "meeting_hours_max": 4,
            "authentication_max_age_hours": 12,
            "removal_deadline_seconds": 60,
        }

    def test_is_read_back_as_it_was_written(self) -> None:
        policy = Policy(
            students_per_adult_max=2,
            clearance_warning_days=(60, 7),
            agreement_required=False,
            training_modules_required=("a", "b"),
            counting_bases=frozenset(Basis),
            channels=frozenset(Channel),
            join_from_home=True,
        )
        assert Policy.from_dict(json.loads(json.dumps(policy.to_dict()))) == policy
        assert Policy.from_dict({}) == POLICY

    @pytest.mark.parametrize("key", [field.name for field in fields(Policy)])
    def test_reads_each_of_its_keys(self, key: str) -> None:
        assert Policy.from_dict({key: POLICY.to_dict()[key]}) == POLICY

    @pytest.mark.parametrize("key", BOUNDS)
    def test_keeps_each_number_within_its_bounds(self, key: str) -> None:
        low, high = BOUNDS[key]
        assert faults(**{key: low - 1})[0] == (PolicyCode.out_of_bounds, key)
        assert faults(**{key: high + 1})[0] == (PolicyCode.out_of_bounds, key)
        assert Policy.from_dict({"large_group_max": 10, key: low} | _wide(key, low)) is not None
        assert Policy.from_dict({key: high}) is not None

    def test_says_which_numbers_are_possible(self) -> None:
        with pytest.raises(PolicyInvalidError) as refused:
            Policy(students_per_adult_max=5)
        assert refused.value.obstacles[0].remedy == "Choose a number from 1 to 4."

    def test_never_loosens_a_ratio_of_the_guide(self) -> None:
        assert BOUNDS["students_per_adult_max"][1] == 4
        assert BOUNDS["large_group_min"][0] == 7
        assert BOUNDS["large_group_max"][1] == 10
        assert BOUNDS["large_group_adults_max"][1] == 2

    def test_needs_its_large_group_in_order(self) -> None:
        assert faults(large_group_min=9, large_group_max=8) == [
            (PolicyCode.range_reversed, "large_group_min")
        ]
        assert Policy(large_group_min=8, large_group_max=8).large_group_min == 8

    @pytest.mark.parametrize("days", [[3, 14], [14, 14], [3, 0], [-1]])
    def test_warns_on_days_that_descend(self, days: list[int]) -> None:
        assert faults(clearance_warning_days=days) == [
            (PolicyCode.not_descending, "clearance_warning_days")
        ]

    @pytest.mark.parametrize("days", [[], [1], [2, 1]])
    def test_may_warn_as_often_as_wished(self, days: list[int]) -> None:
        assert Policy.from_dict({"clearance_warning_days": days}).clearance_warning_days == tuple(
            days
        )

    def test_names_at_least_one_channel_and_basis_and_no_blank_module(self) -> None:
        assert faults(channels=[], counting_bases=[], training_modules_required=["a", " "]) == [
            (PolicyCode.empty, "channels"),
            (PolicyCode.empty, "counting_bases"),
            (PolicyCode.empty, "training_modules_required"),
        ]

    def test_lists_every_unknown_key_and_wrong_type(self) -> None:
        assert faults(
            surprise=1,
            grace_minutes="2",
            agreement_required=1,
            students_per_adult_max=True,
            clearance_warning_days=30,
            training_modules_required=[7],
            channels=["telepathy"],
            counting_bases="measured",
            another=2,
        ) == [
            (PolicyCode.unknown_key, "surprise"),
            (PolicyCode.wrong_type, "grace_minutes"),
            (PolicyCode.wrong_type, "agreement_required"),
            (PolicyCode.wrong_type, "students_per_adult_max"),
            (PolicyCode.wrong_type, "clearance_warning_days"),
            (PolicyCode.wrong_type, "training_modules_required"),
            (PolicyCode.wrong_type, "channels"),
            (PolicyCode.wrong_type, "counting_bases"),
            (PolicyCode.unknown_key, "another"),
        ]

    @given(
        st.sets(st.sampled_from(Basis), min_size=1), st.sets(st.sampled_from(Channel), min_size=1)
    )
    def test_writes_sets_in_one_order(self, bases: set[Basis], channels: set[Channel]) -> None:
        written = Policy(counting_bases=frozenset(bases), channels=frozenset(channels)).to_dict()
        assert written["counting_bases"] == sorted(bases)
        assert written["channels"] == sorted(channels)


def _wide(key: str, value: int) -> dict[str, object]:
    return {"large_group_min": value} if key == "large_group_max" else {}
