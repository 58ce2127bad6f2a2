"""The whole story while the worker is killed (SIGKILL) at every named point, once at each.

One run for each of the three steps, on a fresh stack: so that each topic, even one that occurs
once in the life of a school, has its turn at each step. A restarter does what systemd or a
container runtime does: it starts the worker again.
"""

import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lti_tool.cli.processes import ChildFailedError
from lti_tool.services import outbox
from tasks.crash import STEPS, fired
from tasks.registry import KEEPERS
from tests import story
from tests.faults import truth
from tests.servers.stack import SetUp, running_stack
from tests.servers.tool import Tool

LOOK_AGAIN_SECONDS = 0.1
PATIENCE = 5
ERROR = '"level": "error"'
LINES = 3
PATIENCE_SECONDS = outbox.LEASE.total_seconds() * 0.75
BESIDES = {"recorded": frozenset({"feedback.fill:performed"})}
"""A form is read back only when it is in doubt whether it was filled; this casts the doubt."""
NEVER = {
    "meeting.unseat": "nobody's backup changes in the story; see tests/functional/faults",
}
"""Topics that the story does not come to, and why; tests of their own kill workers there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Killed:
    """What came of one story with its kills."""

    step: str
    seconds: float
    restarts: int
    fired: frozenset[str]
    faults: tuple[str, ...]
    counts: dict[str, int]

    @property
    def held(self) -> bool:
        """Tell whether everything is as it would be without kills, and every kill took place."""
        return not self.faults and not self.missing

    @property
    def missing(self) -> frozenset[str]:
        """Return the points where a worker was to die and did not."""
        return points(self.step) - self.fired


def points(step: str) -> frozenset[str]:
    """Return the points of a step that the story comes to."""
    own = frozenset(f"{topic}:{step}" for topic in KEEPERS if topic not in NEVER)
    return own | BESIDES.get(step, frozenset())


def play_all(set_up: SetUp) -> tuple[Killed, ...]:
    """Play the story once for each step."""
    return tuple(play(set_up, step) for step in STEPS)


def play(set_up: SetUp, step: str) -> Killed:
    """Play the story on a fresh stack whose worker dies at every topic's `step`."""
    began = time.monotonic()
    faults: list[str] = []
    with tempfile.TemporaryDirectory(prefix="faults-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL runs as another user
        marks = folder / "crashes"
        with running_stack(set_up, folder) as stack:
            extra = {"CRASH_AT": ",".join(sorted(points(step))), "CRASH_FOLDER": str(marks)}
            with restarting_worker(stack.tool, extra) as restarter:
                try:
                    story.play(stack, profile="canvas", privacy="public", patience=PATIENCE)
                except story.StoryFellShortError as error:
                    faults.append(f"the story fell short {error}")
                    faults += [
                        line
                        for name in stack.tool.children
                        for line in _errors(stack.tool.log(name))
                    ]
                faults += truth.wait_until_quiet(stack)
            faults += truth.faults(stack)
            counts = truth.counts(stack)
        return Killed(
            step=step,
            seconds=time.monotonic() - began,
            restarts=restarter.restarts,
            fired=fired(marks, points(step)),
            faults=tuple(faults),
            counts=counts,
        )


def _errors(log: Path) -> list[str]:
    lines = log.read_text(errors="replace").splitlines()
    return [f"{log.stem}: {line}" for line in lines if ERROR in line][-LINES:]


class Restarter:
    """Starts the worker again each time it was killed."""

    def __init__(self, tool: Tool, extra: dict[str, str]) -> None:
        """Watch the worker of `tool`; `extra` are variables for it alone."""
        self.restarts = 0
        self._tool, self._extra = tool, extra
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def start(self) -> None:
        """Take the place of a worker that runs already, and watch from here on."""
        if "worker" in self._tool.children:
            self._tool.children["worker"].stop()
        self._start_worker()
        self._thread.start()

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait until `condition` holds; leases that run out by themselves would come too late.

        :raises AssertionError: if it does not come to hold
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(self._tool.children["worker"].last_lines())
            self._over.wait(LOOK_AGAIN_SECONDS)

    def stop(self) -> None:
        """Let the next worker that dies lie."""
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(LOOK_AGAIN_SECONDS):
            child = self._tool.children["worker"]
            if child.process.poll() == -signal.SIGKILL:
                self.restarts += 1
                self._start_worker()

    def _start_worker(self) -> None:
        try:
            self._tool.start("worker", **self._extra)
        except ChildFailedError:
            return  # it died at a point before it had said that it works; looked at again


@contextmanager
def restarting_worker(tool: Tool, extra: dict[str, str]) -> Iterator[Restarter]:
    """Keep a worker running that dies at the points that `extra` names."""
    restarter = Restarter(tool, extra)
    restarter.start()
    try:
        yield restarter
    finally:
        restarter.stop()
