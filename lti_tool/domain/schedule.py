"""Wall time and days: what people mean by "Tuesday at three" (decision 11).

Meetings keep wall time and zone as intent; UTC is derived. A local time that daylight saving
skips is refused; one that occurs twice is asked about, never guessed.
"""

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lti_tool.domain.errors import DomainError, Obstacle


class WallTimeCode(StrEnum):
    """Why a local time names no single moment."""

    unknown_zone = "time-zone-unknown"
    nonexistent = "local-time-does-not-exist"
    ambiguous = "local-time-occurs-twice"


class WallTimeError(DomainError):
    """A local time names no single moment."""


def wall_time(local: datetime, zone: str, *, fold: Literal[0, 1] | None = None) -> datetime:
    """Turn a naive local time into UTC; `fold` chooses the first or second of two.

    :raises WallTimeError: for an unknown zone, a skipped time, or two times and no choice.
    :raises ValueError: when the local time already carries a zone.
    """
    if local.tzinfo is not None:
        raise ValueError("a wall time carries no zone of its own")
    there = _zone(zone)
    first, second = (_to_utc(local, there, choice) for choice in (0, 1))
    if first == second:
        return first
    if first.astimezone(there).replace(tzinfo=None) != local.replace(fold=0):
        raise WallTimeError(_obstacle(WallTimeCode.nonexistent, zone, "Choose another time."))
    if fold is None:
        remedy = "Choose the first or the second of the two."
        raise WallTimeError(_obstacle(WallTimeCode.ambiguous, zone, remedy))
    return second if fold else first


def on_that_day(at: datetime, zone: str) -> date:
    """Return the local day of a moment.

    :raises WallTimeError: for an unknown zone.
    :raises ValueError: when the moment is naive.
    """
    if at.tzinfo is None:
        raise ValueError("a moment needs a zone")
    return at.astimezone(_zone(zone)).date()


def _to_utc(local: datetime, there: ZoneInfo, fold: int) -> datetime:
    return local.replace(tzinfo=there, fold=fold).astimezone(UTC)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        remedy = "Choose a time zone from the list."
        raise WallTimeError(_obstacle(WallTimeCode.unknown_zone, name, remedy)) from error


def _obstacle(code: WallTimeCode, zone: str, remedy: str) -> Obstacle:
    return Obstacle(code=code, about=zone, remedy=remedy)
