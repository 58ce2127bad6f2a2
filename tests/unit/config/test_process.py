import os
import subprocess
import sys
from pathlib import Path

from config.process import is_gone, process_name

SAY_NAME = "from config.process import process_name; print(process_name())"
ROOT = Path(__file__).resolve().parents[3]


def name_of_somebody_dead() -> str:
    done = subprocess.run(
        [sys.executable, "-c", SAY_NAME], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_a_living_process_is_not_gone() -> None:
    assert not is_gone(process_name())


def test_a_process_that_ended_is_gone() -> None:
    assert is_gone(name_of_somebody_dead())


def test_a_process_that_got_the_number_of_a_dead_one_is_not_taken_for_it() -> None:
    machine, pid, started = process_name().split(":")
    assert is_gone(f"{machine}:{pid}:{int(started) - 1}")


def test_a_process_that_its_parent_has_not_noticed_yet_is_gone() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SAY_NAME], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        name = child.stdout.readline().strip()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert is_gone(name)


def test_nothing_is_known_of_other_machines() -> None:
    _, pid, started = process_name().split(":")
    for machine in ("elsewhere/1", "elsewhere"):
        assert not is_gone(f"{machine}:{pid}:{started}0")
    assert not is_gone("")
