"""The sandbox's clock: real time, or real time plus an offset that the whole demo shares.

The offset (seconds, as text) is read from the file named by ``CAREER_MENTORING_CLOCK_OFFSET_FILE``
each time, so that one writer moves every process. Tokens and JWTs always use `real_now`.
"""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

OFFSET_FILE_VARIABLE = "CAREER_MENTORING_CLOCK_OFFSET_FILE"


def real_now() -> datetime:
    """Return the real time, aware, in UTC: for tokens, JWTs and HTTP."""
    return datetime.now(UTC)


def offset() -> timedelta:
    """Return how far the demo's clock runs ahead of real time."""
    path = os.environ.get(OFFSET_FILE_VARIABLE)
    if not path or not Path(path).exists():
        return timedelta()
    return timedelta(seconds=float(Path(path).read_text().strip() or 0))


def now() -> datetime:
    """Return the story's time, aware, in UTC: for meetings, calendars and calls."""
    return real_now() + offset()
