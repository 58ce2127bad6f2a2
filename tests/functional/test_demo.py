"""The demo as a newcomer runs it: one process that starts everything and ends everything."""

import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from lti_tool.cli.local import ROOT
from lti_tool.cli.processes import answers

LAST_LINE = "Ctrl-C ends it all"
ADDRESS = re.compile(r"http://[\w.]+:\d+/")

Running = tuple[subprocess.Popen[str], str]


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
    with _demo(folder) as demo:
        try:
            _read_until(demo, LAST_LINE)
        finally:
            demo.send_signal(signal.SIGTERM)
    return folder


@pytest.fixture
def state(connected: Path, tmp_path: Path) -> Path:
    return shutil.copytree(connected, tmp_path / "state")


@pytest.fixture
def running(state: Path) -> Iterator[Running]:
    with _demo(state) as demo:
        try:
            yield demo, _read_until(demo, LAST_LINE)
        finally:
            demo.kill()


class TestDemo:
    def test_answers_at_the_addresses_it_prints(self, running: Running) -> None:
        _, said = running
        addresses = ADDRESS.findall(said)
        assert len(addresses) == 3
        assert all(answers(address) for address in addresses)

    @pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM], ids=str)
    def test_ends_all_it_has_started_when_asked(
        self, running: Running, ending: signal.Signals
    ) -> None:
        demo, _ = running
        started = psutil.Process(demo.pid).children(recursive=True)
        assert len(started) >= 4
        demo.send_signal(ending)
        assert demo.wait() == 0
        assert [process for process in started if process.is_running()] == []

    def test_leaves_nothing_behind_when_it_is_killed(self, running: Running) -> None:
        demo, _ = running
        started = psutil.Process(demo.pid).children(recursive=True)
        demo.kill()
        _, alive = psutil.wait_procs(started)
        assert alive == []

    def test_runs_once_in_a_folder(self, running: Running, state: Path) -> None:
        with _demo(state) as second:
            assert "already runs" in _read_until(second, "already runs")
            assert second.wait() == 1

    def test_ends_when_one_of_its_processes_ends(self, running: Running) -> None:
        demo, _ = running
        sandbox = next(
            process
            for process in psutil.Process(demo.pid).children()
            if "sandbox" in process.cmdline()
        )
        sandbox.kill()
        assert "sandbox ended by itself" in _read_until(demo, "sandbox ended by itself")
        assert demo.wait() == 1

    def test_keeps_its_addresses_and_keys(self, running: Running, state: Path) -> None:
        demo, said = running
        keys = (state / "keyring.json").read_text()
        demo.send_signal(signal.SIGINT)
        demo.wait()
        with _demo(state) as again:
            try:
                said_again = _read_until(again, LAST_LINE)
            finally:
                again.kill()
        assert ADDRESS.findall(said_again) == ADDRESS.findall(said)
        assert (state / "keyring.json").read_text() == keys
