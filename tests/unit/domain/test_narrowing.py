"""A program may allow less than its organization, never more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.consent import Channel
from lti_tool.domain.narrowing import Narrowing, narrowed
from lti_tool.domain.policy import Policy, PolicyCode, PolicyInvalidError
from lti_tool.domain.presence import Basis
from tests.strategies.examples import POLICY

NARROWINGS = st.builds(
    Narrowing,
    students_per_adult_max=st.none() | st.integers(1, 4),
    channels=st.frozensets(st.sampled_from(Channel)),
    counting_bases=st.frozensets(st.sampled_from(Basis)),
)
POLICIES = st.builds(
    Policy,
    students_per_adult_max=st.integers(1, 4),
    channels=st.frozensets(st.sampled_from(Channel), min_size=1),
    counting_bases=st.frozensets(st.sampled_from(Basis), min_size=1),
)


class TestNarrowing:
    @given(POLICIES, NARROWINGS)
    def test_never_loosens(self, policy: Policy, narrowing: Narrowing) -> None:
        try:
            strict = narrowed(policy, narrowing)
        except PolicyInvalidError:
            return
        assert strict.students_per_adult_max <= policy.students_per_adult_max
        assert strict.channels <= policy.channels
        assert strict.counting_bases <= policy.counting_bases
        assert strict.channels <= (narrowing.channels or policy.channels)
        assert strict.counting_bases <= (narrowing.counting_bases or policy.counting_bases)

    def test_takes_the_stricter_of_the_two(self) -> None:
        two = Narrowing(students_per_adult_max=2)
        assert narrowed(POLICY, two).students_per_adult_max == 2
        assert narrowed(Policy(students_per_adult_max=1), two).students_per_adult_max == 1

    def test_leaves_everything_as_it_is_when_empty(self) -> None:
        assert narrowed(POLICY, Narrowing()) == POLICY
        assert Narrowing().to_dict() == {}

    def test_must_leave_a_channel_and_a_basis(self) -> None:
        nothing = Narrowing(
            channels=frozenset({Channel.phone}), counting_bases=frozenset({Basis.corrected})
        )
        with pytest.raises(PolicyInvalidError) as refused:
            narrowed(POLICY, nothing)
        assert [(o.code, o.about) for o in refused.value.obstacles] == [
            (PolicyCode.empty, "channels"),
            (PolicyCode.empty, "counting_bases"),
        ]

    @given(NARROWINGS)
    def test_is_read_back_as_it_was_written(self, narrowing: Narrowing) -> None:
        assert Narrowing.from_dict(narrowing.to_dict()) == narrowing

    def test_refuses_what_a_policy_refuses(self) -> None:
        with pytest.raises(PolicyInvalidError, match=PolicyCode.unknown_key):
            Narrowing.from_dict({"surprise": 1})
        with pytest.raises(PolicyInvalidError, match=PolicyCode.out_of_bounds):
            Narrowing.from_dict({"students_per_adult_max": 5})
