"""The points at which a worker dies on request, in processes of their own."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tasks.crash import fired

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = """
import sys
from pathlib import Path
from tasks.crash import arm, crash_point
arm(sys.argv[1], Path(sys.argv[2]))
for point in sys.argv[3:]:
    crash_point(point)
"""
KILLED = -signal.SIGKILL


def run(points: str, folder: Path, *passed: str) -> int:
    argv = [sys.executable, "-c", PROGRAM, points, str(folder), *passed]
    return subprocess.run(argv, cwd=ROOT, check=False).returncode


def test_a_process_dies_once_at_each_named_point(tmp_path: Path) -> None:
    ends = [run("a:claimed, b:recorded", tmp_path, "a:claimed", "b:recorded") for _ in range(3)]
    assert ends == [KILLED, KILLED, 0]
    assert fired(tmp_path, ["a:claimed", "b:recorded", "c:claimed"]) == {"a:claimed", "b:recorded"}


def test_all_stands_for_every_point(tmp_path: Path) -> None:
    ends = [run("all", tmp_path, "a:claimed", "b:recorded") for _ in range(3)]
    assert ends == [KILLED, KILLED, 0]


@pytest.mark.parametrize("points", ["", "b:claimed"])
def test_nobody_dies_at_a_point_that_is_not_named(tmp_path: Path, points: str) -> None:
    assert run(points, tmp_path, "a:claimed") == 0
