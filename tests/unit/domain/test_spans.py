"""Stretches of time behave as sets of instants."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.proofs import Seal, UnprovenError
from lti_tool.domain.spans import (
    Span,
    Spans,
    covers_whole,
    difference,
    intersection,
    touches,
    union,
)
from tests.strategies.examples import minute

RAW = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 12)).map(
        lambda ends: (minute(min(ends)), minute(max(ends)))
    ),
    max_size=5,
)
MERGED = RAW.map(union)


def instants(spans: list[Span] | Spans) -> set[float]:
    return {
        tick / 2
        for tick in range(25)
        if any(start <= minute(tick / 2) < end for start, end in spans)
    }


class TestSpans:
    @given(RAW)
    def test_merge_into_the_fewest_in_order(self, raw: list[Span]) -> None:
        merged = union(raw)
        assert instants(merged) == instants(raw)
        assert all(start < end for start, end in merged)
        assert all(a[1] < b[0] for a, b in pairwise(merged))

    @given(MERGED, MERGED)
    def test_intersect_and_differ_as_sets_do(self, first: Spans, second: Spans) -> None:
        assert instants(intersection(first, second)) == instants(first) & instants(second)
        assert instants(difference(first, second)) == instants(first) - instants(second)

    @given(MERGED, st.integers(0, 11))
    def test_hold_or_touch_a_minute(self, spans: Spans, number: int) -> None:
        held = {number, number + 0.5}
        start, end = minute(number), minute(number + 1)
        assert covers_whole(spans, start, end) == (held <= instants(spans))
        assert touches(spans, start, end) == bool(held & instants(spans))


class TestSeal:
    def test_equals_nothing_but_itself(self) -> None:
        seal = Seal("this")
        assert seal != Seal("this")
        seal.require(seal)
        with pytest.raises(UnprovenError, match="can say: this"):
            seal.require(Seal("this"))
