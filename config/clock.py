"""The only place that reads the machine's clock.

The story's time may run ahead of real time in the demo and the tests: one offset, in a file that
every process reads. JWTs and HTTP always use `real_now`. Production refuses an offset.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path


def real_now() -> datetime:
    """Return the machine's time, aware, in UTC: for JWTs and token lifetimes outside."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The time the rules see."""

    offset_file: Path | None = None

    def now(self) -> datetime:
        """Return the current time, aware, in UTC."""
        return real_now() + self.offset()

    def offset(self) -> timedelta:
        """Return how far the story runs ahead; nothing outside the demo and the tests."""
        if self.offset_file is None or not self.offset_file.exists():
            return timedelta()
        return timedelta(seconds=float(self.offset_file.read_text().strip() or 0))
