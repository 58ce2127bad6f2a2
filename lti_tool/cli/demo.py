"""The demo: one process that starts sandbox, web, worker and beat, and ends them all.

It restarts nothing: a process that ends by itself ends the demo, with its last lines on screen.
"""

import fcntl
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path

import click

from config.settings import Environment
from lti_tool.cli.local import (
    ROOT,
    beat_command,
    command_line,
    connect_command,
    forget,
    local_settings,
    process_environment,
    sandbox_command,
    web_command,
    worker_command,
)
from lti_tool.cli.processes import (
    Child,
    ChildFailedError,
    answers,
    free_port,
    spawn,
    stop_all,
    wait_until_ready,
)

LOOK_AGAIN_SECONDS = 0.5
STATE = ROOT / "var" / "demo"

Say = Callable[[str], None]


class DemoUnavailableError(Exception):
    """The demo cannot run here; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Where the demo answers; kept between runs, because addresses are part of registrations."""

    tool: int = 9100
    lms: int = 9101
    google: int = 9102

    @property
    def tool_url(self) -> str:
        """Return the tool's address: another site than the LMS, as in real life."""
        return f"http://localhost:{self.tool}"

    @property
    def lms_url(self) -> str:
        """Return the address of the stand-in LMS."""
        return f"http://127.0.0.1:{self.lms}"

    @property
    def google_url(self) -> str:
        """Return the address of the stand-in Google."""
        return f"http://127.0.0.1:{self.google}"


def demo(*, folder: Path, fresh: bool, say: Say) -> int:
    """Run until Ctrl-C, SIGTERM or the end of a child, and return the exit code.

    :raises DemoUnavailableError: if it runs already, or the sandbox is not installed
    """
    if find_spec("sandbox") is None:
        raise DemoUnavailableError(
            "The demo needs the sandbox, which this installation leaves out."
        )
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.default_int_handler)
    with _alone(folder):
        if fresh:
            forget(folder)
        folder.mkdir(parents=True, exist_ok=True)
        try:
            return _run(folder, say)
        except KeyboardInterrupt:
            say(
                "\nThe demo has ended. What was done in it is kept; `make demo FRESH=1` forgets it."
            )
            return 0
        except ChildFailedError as failure:
            say(f"The demo has ended: {failure}\nIts logs are in {folder}.")
            return 1


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DemoUnavailableError(f"A demo already runs in {folder}; end it first.") from None
        yield


def _run(folder: Path, say: Say) -> int:
    ports = _ports(folder / "ports.json")
    settings = local_settings(
        folder,
        environment=Environment.demo,
        tool_url=ports.tool_url,
        google_url=ports.google_url,
    )
    children: list[Child] = []
    with ExitStack() as at_the_end:
        at_the_end.callback(stop_all, children)
        _start(folder, ports=ports, settings=settings, children=children, say=say)
        say(_welcome(folder, ports))
        while all(child.is_running for child in children):
            time.sleep(LOOK_AGAIN_SECONDS)
        ended = next(child for child in children if not child.is_running)
        raise ChildFailedError(
            f"{ended.name} ended by itself with {ended.process.returncode}:\n{ended.last_lines()}"
        )


def _ports(file: Path) -> Ports:
    kept = Ports(**json.loads(file.read_text())) if file.exists() else Ports()
    taken: set[int] = set()
    chosen: dict[str, int] = {}
    for name, wanted in asdict(kept).items():
        chosen[name] = free_port(0 if wanted in taken else wanted)
        taken.add(chosen[name])
    file.write_text(json.dumps(chosen))
    return Ports(**chosen)


def _start(
    folder: Path, *, ports: Ports, settings: Mapping[str, str], children: list[Child], say: Say
) -> None:
    environment = process_environment(settings)

    def start(name: str, argv: list[str]) -> Child:
        log = folder / f"{name}.log"
        child = spawn(name, argv, log=log, folder=ROOT, environment=environment)
        children.append(child)
        return child

    say("Preparing the database ...")
    _finish("migrate", command_line("migrate"), environment)
    say("Starting the stand-in LMS and Google, and the tool ...")
    sandbox = start(
        "sandbox",
        sandbox_command(
            folder, lms_port=ports.lms, google_port=ports.google, tool_url=ports.tool_url
        ),
    )
    web = start("web", web_command(ports.tool))
    wait_until_ready(sandbox, lambda: answers(ports.lms_url) and answers(ports.google_url))
    wait_until_ready(web, lambda: answers(ports.tool_url))
    _connect(folder / "connected.json", ports, environment, say)
    start("worker", worker_command())
    start("beat", beat_command(folder))


def _connect(file: Path, ports: Ports, environment: Mapping[str, str], say: Say) -> None:
    connected = json.dumps(asdict(ports))
    if file.exists() and file.read_text() == connected:
        return
    say("Connecting the course with the tool, which takes a moment the first time ...")
    argv = connect_command(lms_url=ports.lms_url, google_url=ports.google_url)
    _finish("connecting", argv, environment)
    file.write_text(connected)


def _finish(name: str, argv: list[str], environment: Mapping[str, str]) -> None:
    done = subprocess.run(  # noqa: S603 - our own command line
        argv, cwd=ROOT, env=dict(environment), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ChildFailedError(f"{name} ended with {done.returncode}:\n{done.stderr.strip()}")


def _welcome(folder: Path, ports: Ports) -> str:
    return f"""
Career Mentoring is running on this machine.

  Start here, in the school's LMS:   {ports.lms_url}/
    (be Ms. Okafor, who coordinates the program, and open Career Mentoring in the course)
  What Google sees (calendar, Meet): {ports.google_url}/
  The tool itself:                   {ports.tool_url}/
  Mail it has sent:                  {folder / "mail"}

Ctrl-C ends it all.
"""


@click.command("demo")
@click.option("--fresh", is_flag=True, help="Forget what earlier runs have done.")
@click.option(
    "--state",
    type=click.Path(path_type=Path),
    default=STATE,
    help="Folder that keeps the demo's data, keys and logs.",
)
def demo_command(*, fresh: bool, state: Path) -> None:
    """Run everything on this machine, with a stand-in LMS and Google."""
    try:
        sys.exit(demo(folder=state.resolve(), fresh=fresh, say=click.echo))
    except DemoUnavailableError as unavailable:
        raise click.ClickException(str(unavailable)) from unavailable


COMMANDS: tuple[click.Command, ...] = (demo_command,)
