"""Named points at which a test has the worker killed for real (SIGKILL), once at each.

The setting names the points, or all of them; marker files remember where it happened, so that the
restarted worker goes on. Production refuses the setting.
"""

import os
import signal
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

ALL = "all"
STEPS = ("claimed", "performed", "recorded")
"""Where a worker can die while it keeps a promise: each topic has these three points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Arms:
    points: frozenset[str]
    folder: Path

    def has(self, name: str) -> bool:
        return name in self.points or ALL in self.points


_armed: list[_Arms] = []


def arm(points: str | None, marker_folder: Path) -> None:
    """Have this process die at each of `points` where nobody has died before.

    `points` are separated by commas; ``all`` stands for every point there is.
    """
    _armed.clear()
    named = frozenset(point.strip() for point in (points or "").split(",") if point.strip())
    if named:
        marker_folder.mkdir(parents=True, exist_ok=True)
        _armed.append(_Arms(points=named, folder=marker_folder))


def crash_point(name: str) -> None:
    """Die here if a test asked for it."""
    for arms in _armed:
        if not arms.has(name):
            continue
        with suppress(FileExistsError):
            marker(arms.folder, name).touch(exist_ok=False)
            os.kill(os.getpid(), signal.SIGKILL)


def marker(folder: Path, name: str) -> Path:
    """Return the file that says that somebody has died at `name`."""
    return folder / f"crashed-{name.replace(':', '-')}"


def fired(folder: Path, names: Iterable[str]) -> frozenset[str]:
    """Return those of `names` at which somebody has died."""
    return frozenset(name for name in names if marker(folder, name).exists())
