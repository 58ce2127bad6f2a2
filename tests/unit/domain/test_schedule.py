"""Wall time in New York, through both changes of the clock."""

from datetime import UTC, date, datetime, timedelta
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.periods import covers, warning_threshold
from lti_tool.domain.schedule import WallTimeCode, WallTimeError, on_that_day, wall_time
from tests.strategies.examples import DAY

NEW_YORK = "America/New_York"
SKIPPED = datetime.fromisoformat("2026-03-08T02:30")
TWICE = datetime.fromisoformat("2026-11-01T01:30")
YEARS = (datetime.fromisoformat("2025-01-01"), datetime.fromisoformat("2028-01-01"))


def refusal(local: datetime, zone: str = NEW_YORK, fold: Literal[0, 1] | None = None) -> str:
    with pytest.raises(WallTimeError) as refused:
        wall_time(local, zone, fold=fold)
    (obstacle,) = refused.value.obstacles
    assert obstacle.about == zone
    assert obstacle.remedy
    return obstacle.code


class TestWallTime:
    @pytest.mark.parametrize(
        ("month", "hour_in_utc"), [(1, 20), (3, 19), (7, 19), (11, 20), (12, 20)]
    )
    def test_keeps_its_hour_through_the_year(self, month: int, hour_in_utc: int) -> None:
        local = datetime.fromisoformat(f"2026-{month:02}-20T15:00")
        assert wall_time(local, NEW_YORK) == datetime(2026, month, 20, hour_in_utc, tzinfo=UTC)
        assert wall_time(local, NEW_YORK).tzinfo is UTC

    @pytest.mark.parametrize("fold", [None, 0, 1])
    def test_that_is_skipped_is_refused(self, fold: Literal[0, 1] | None) -> None:
        assert refusal(SKIPPED, fold=fold) == WallTimeCode.nonexistent
        assert refusal(SKIPPED.replace(fold=1), fold=fold) == WallTimeCode.nonexistent

    def test_on_the_edges_of_the_skipped_hour_exists(self) -> None:
        before = wall_time(SKIPPED.replace(hour=1, minute=59), NEW_YORK)
        after = wall_time(SKIPPED.replace(hour=3, minute=0), NEW_YORK)
        assert after - before == timedelta(minutes=1)

    def test_that_occurs_twice_is_asked_about(self) -> None:
        assert refusal(TWICE) == WallTimeCode.ambiguous
        assert refusal(TWICE.replace(fold=1)) == WallTimeCode.ambiguous
        assert wall_time(TWICE, NEW_YORK, fold=0) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
        assert wall_time(TWICE, NEW_YORK, fold=1) == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)

    def test_carries_no_zone_of_its_own(self) -> None:
        with pytest.raises(ValueError, match="no zone of its own"):
            wall_time(SKIPPED.replace(tzinfo=UTC), NEW_YORK)

    @pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd"])
    def test_needs_a_zone_that_is_known(self, zone: str) -> None:
        assert refusal(TWICE, zone) == WallTimeCode.unknown_zone

    @given(st.datetimes(YEARS[0], YEARS[1]))
    def test_comes_back_as_it_was_told(self, local: datetime) -> None:
        try:
            at = wall_time(local, NEW_YORK, fold=0)
        except WallTimeError:
            # Only the one skipped hour of the year.
            assert (local.month, local.hour) == (3, 2)
        else:
            assert on_that_day(at, NEW_YORK) == local.date()


class TestDay:
    def test_is_the_local_one(self) -> None:
        late = datetime(2026, 11, 25, 4, 59, tzinfo=UTC)
        assert on_that_day(late, NEW_YORK) == date(2026, 11, 24)
        assert on_that_day(late + timedelta(minutes=1), NEW_YORK) == date(2026, 11, 25)

    def test_needs_a_moment_with_a_zone(self) -> None:
        with pytest.raises(ValueError, match="needs a zone"):
            on_that_day(TWICE, NEW_YORK)
        with pytest.raises(WallTimeError, match=WallTimeCode.unknown_zone):
            on_that_day(TWICE.replace(tzinfo=UTC), "Mars/Olympus")


class TestPeriod:
    @given(st.integers(-5, 5), st.integers(1, 9))
    def test_includes_its_start_and_excludes_its_end(self, offset: int, length: int) -> None:
        ends_on = DAY + timedelta(days=length)
        on = DAY + timedelta(days=offset)
        assert covers(starts_on=DAY, ends_on=ends_on, on=on) == (0 <= offset < length)
        assert covers(starts_on=DAY, ends_on=None, on=on) == (offset >= 0)

    def test_warns_by_the_tightest_threshold_reached(self) -> None:
        assert warning_threshold(ends_on=DAY + timedelta(days=2), on=DAY, days=(3, 30)) == 3
        assert warning_threshold(ends_on=None, on=DAY, days=(3, 30)) is None
        assert warning_threshold(ends_on=DAY, on=DAY, days=(3, 30)) is None
