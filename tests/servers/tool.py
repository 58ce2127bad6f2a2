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
from lti_tool.cli.processes import Child, answers, spawn, wait_until_ready


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """The running processes by name: web, worker, beat."""

    url: str
    port: int
    folder: Path
    settings: Mapping[str, str]
    children: dict[str, Child] = field(default_factory=dict)

    def start(self, name: str, **extra: str) -> Child:
        """Start one process; `extra` are variables for it alone, such as ``CRASH_AT``."""
        commands = {
            "web": web_command(self.port),
            "worker": worker_command(),
            "beat": beat_command(self.folder),
        }
        own = {PREFIX + key: value for key, value in extra.items()}
        child = spawn(
            name,
            commands[name],
            log=self.folder / f"{name}.log",
            folder=ROOT,
            environment=process_environment({**self.settings, **own}),
        )
        self.children[name] = child
        if name == "web":
            wait_until_ready(child, lambda: answers(self.url))
        return child

    def kill(self, name: str) -> None:
        """End one process as a power cut would."""
        self.children[name].kill()

    def command(self, *words: str) -> str:
        """Run a `career-mentoring` command with this tool's settings and return what it says."""
        return run_command(self.settings, *words)

    def stop(self) -> None:
        """Ask all to stop, then wait for each."""
        for child in self.children.values():
            child.ask_to_stop()
        for child in self.children.values():
            child.stop()


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
        raise AssertionError(f"{' '.join(argv)} ended with {done.returncode}:\n{done.stderr}")
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
        for name in roles:
            tool.start(name)
        yield tool
    finally:
        tool.stop()
