"""Periods of whole days: inclusive start, exclusive and optional end."""

from collections.abc import Iterable
from datetime import date


def covers(*, starts_on: date, ends_on: date | None, on: date) -> bool:
    """Say whether the day `on` lies in the period; `ends_on` is the first day outside it."""
    return starts_on <= on and (ends_on is None or on < ends_on)


def warning_threshold(*, ends_on: date | None, on: date, days: Iterable[int]) -> int | None:
    """Return the tightest warning already reached, or nothing when it is too early or too late.

    The caller remembers which thresholds were announced, so a day without a worker loses none.
    """
    if ends_on is None:
        return None
    left = (ends_on - on).days
    if left <= 0:
        return None
    return min((threshold for threshold in days if left <= threshold), default=None)
