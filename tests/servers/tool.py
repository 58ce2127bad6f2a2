"""The tool itself: web, worker and beat, started as production starts them."""

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from config.settings import PREFIX
from lti_tool.cli.local import (
    ROOT,
    beat_command,
    command_line,
    process_environment,
    web_command,
    worker_command,
)
from lti_tool.cli.processes import Child, answers, spawn, stop_all, wait_until_ready

WORKER_IS_READY = b" ready."
"""What Celery's worker says when it works."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """The running processes by name: web, worker, beat."""

    url: str
    port: int
    folder: Path
    settings: Mapping[str, str]
    children: dict[str, Child] = field(default_factory=dict)
    marks: dict[str, int] = field(default_factory=dict)
    """How long each log was when its process was started last."""

    def start(self, name: str, **extra: str) -> Child:
        """Start one process and wait until it works; `extra` are variables for it alone.

        :raises ChildFailedError: if it ends first
        """
        child = self._spawn(name, extra)
        self._wait(child)
        return child

    def start_all(self, names: Sequence[str]) -> None:
        """Start several processes side by side, then wait for each."""
        for child in [self._spawn(name, {}) for name in names]:
            self._wait(child)

    def _spawn(self, name: str, extra: Mapping[str, str]) -> Child:
        commands = {
            "web": web_command(self.port),
            "worker": worker_command(),
            "beat": beat_command(self.folder),
        }
        own = {PREFIX + key: value for key, value in extra.items()}
        self.marks[name] = self.log(name).stat().st_size if self.log(name).exists() else 0
        child = spawn(
            name,
            commands[name],
            log=self.log(name),
            folder=ROOT,
            environment=process_environment({**self.settings, **own}),
        )
        self.children[name] = child
        return child

    def _wait(self, child: Child) -> None:
        is_ready = {
            "web": lambda: answers(self.url),
            "worker": lambda: WORKER_IS_READY in self._said_since_start(child),
            "beat": lambda: any(self.folder.glob("beat.db*")),
        }
        wait_until_ready(child, is_ready[child.name])

    def _said_since_start(self, child: Child) -> bytes:
        return child.log.read_bytes()[self.marks[child.name] :]

    def log(self, name: str) -> Path:
        """Return where that process writes."""
        return self.folder / f"{name}.log"

    def kill(self, name: str) -> None:
        """End one process as a power cut would."""
        self.children[name].kill()

    def command(self, *words: str) -> str:
        """Run a `career-mentoring` command with this tool's settings and return what it says."""
        return run_command(self.settings, *words)

    def stop(self) -> None:
        """Ask all to stop, then see that each does."""
        stop_all(list(self.children.values()))


def run_command(settings: Mapping[str, str], *words: str) -> str:
    """Run a `career-mentoring` command and return what it prints."""
    return run(command_line(*words), settings)


def run(argv: Sequence[str], settings: Mapping[str, str]) -> str:
    """Run a program with the tool's settings and return what it prints.

    :raises AssertionError: if it fails, with all that it said
    """
    done = subprocess.run(
        argv,
        cwd=ROOT,
        env=process_environment(settings),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = done.stdout + done.stderr
        raise AssertionError(f"{' '.join(argv)} ended with {done.returncode}:\n{said}")
    return done.stdout


@contextmanager
def running_tool(
    settings: Mapping[str, str],
    *,
    port: int,
    folder: Path,
    roles: tuple[str, ...] = ("web", "worker", "beat"),
) -> Iterator[Tool]:
    """Migrate, start the roles on a migrated database, wait for them, and end them by their id."""
    tool = Tool(url=f"http://localhost:{port}", port=port, folder=folder, settings=settings)
    folder.mkdir(parents=True, exist_ok=True)
    tool.command("migrate")
    try:
        tool.start_all(roles)
        yield tool
    finally:
        tool.stop()
