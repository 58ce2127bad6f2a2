"""Named points at which a test has the worker killed for real (SIGKILL), once.

The setting names the point; a marker file beside the broker's folder remembers that it happened,
so that the restarted worker goes on. Production refuses the setting.
"""

import os
import signal
from pathlib import Path

_armed: dict[str, Path] = {}


def arm(point: str | None, marker_folder: Path) -> None:
    """Have this process die at `point`, unless it has died there before."""
    _armed.clear()
    if point:
        marker_folder.mkdir(parents=True, exist_ok=True)
        _armed[point] = marker_folder / f"crashed-{point.replace(':', '-')}"


def crash_point(name: str) -> None:
    """Die here if a test asked for it."""
    marker = _armed.get(name)
    if marker is None or marker.exists():
        return
    marker.touch()
    os.kill(os.getpid(), signal.SIGKILL)
