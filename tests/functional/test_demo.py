"""The demo as a newcomer runs it: one process that starts everything and ends everything."""

import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from lti_tool.cli.local import ROOT
from lti_tool.cli.processes import answers

LAST_LINE = "Ctrl-C ends it all"
ADDRESS = re.compile(r"http://[\w.]+:\d+/")


def _demo(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "lti_tool.cli", "demo", "--state", str(folder)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _read_until(demo: subprocess.Popen[str], words: str) -> str:
    assert demo.stdout is not None
    said = ""
    for line in demo.stdout:
        said += line
        if words in line:
            return said
    raise AssertionError(said)


@pytest.fixture(scope="module")
def connected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "state"
    with _running(folder) as (demo, _):
        demo.send_signal(signal.SIGTERM)
    return folder


@pytest.fixture
def state(connected: Path, tmp_path: Path) -> Path:
    return shutil.copytree(connected, tmp_path / "state")


@contextmanager
def _running(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    with _demo(folder) as demo:
        try:
            yield demo, _read_until(demo, LAST_LINE)
            demo.wait()
        finally:
            demo.kill()


class TestDemo:
    def test_runs_once_at_the_addresses_it_prints_until_it_is_asked_to_end(
        self, state: Path
    ) -> None:
        with _running(state) as (demo, said):
            addresses = ADDRESS.findall(said)
            assert len(addresses) == 3
            assert all(answers(address) for address in addresses)
            with _demo(state) as second:
                _read_until(second, "already runs")
            assert second.returncode == 1
            started = psutil.Process(demo.pid).children(recursive=True)
            assert len(started) >= 4
            demo.send_signal(signal.SIGINT)
        assert demo.returncode == 0
        assert [process for process in started if process.is_running()] == []

    def test_leaves_nothing_behind_when_it_is_killed(self, state: Path) -> None:
        with _running(state) as (demo, _):
            started = psutil.Process(demo.pid).children(recursive=True)
            demo.kill()
        _, alive = psutil.wait_procs(started)
        assert alive == []

    def test_ends_when_one_of_its_processes_ends(self, state: Path) -> None:
        keys = (state / "keyring.json").read_text()
        ports = (state / "ports.json").read_text()
        with _running(state) as (demo, _):
            children = psutil.Process(demo.pid).children()
            sandbox = next(child for child in children if "sandbox" in child.cmdline())
            sandbox.kill()
            _read_until(demo, "sandbox ended by itself")
        assert demo.returncode == 1
        assert (state / "keyring.json").read_text() == keys
        assert (state / "ports.json").read_text() == ports
