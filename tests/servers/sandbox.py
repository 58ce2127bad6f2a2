"""The stand-in LMS and Google, in a process of their own, as the demo runs them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.settings import PREFIX
from lti_tool.cli.local import ROOT, process_environment, sandbox_command
from lti_tool.cli.processes import answers, free_port, spawn, wait_until_ready


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """Where the stand-ins answer, and the port on which they expect the tool."""

    lms_url: str
    google_url: str
    tool_port: int
    clock_offset_file: Path

    @property
    def tool_url(self) -> str:
        """Return the tool's address: another site than the LMS, as in real life."""
        return f"http://localhost:{self.tool_port}"


@contextmanager
def running_sandbox(folder: Path) -> Iterator[Sandbox]:
    """Run both stand-ins on free ports, with their state in `folder`."""
    lms_port, google_port, tool_port = free_port(), free_port(), free_port()
    lms_url, google_url = f"http://127.0.0.1:{lms_port}", f"http://127.0.0.1:{google_port}"
    sandbox = Sandbox(
        lms_url=lms_url,
        google_url=google_url,
        tool_port=tool_port,
        clock_offset_file=folder / "clock-offset",
    )
    folder.mkdir(parents=True, exist_ok=True)
    child = spawn(
        "sandbox",
        sandbox_command(
            folder, lms_port=lms_port, google_port=google_port, tool_url=sandbox.tool_url
        ),
        log=folder / "sandbox.log",
        folder=ROOT,
        environment=process_environment(
            {f"{PREFIX}CLOCK_OFFSET_FILE": str(sandbox.clock_offset_file)}
        ),
    )
    try:
        wait_until_ready(child, lambda: answers(lms_url) and answers(google_url))
        yield sandbox
    finally:
        child.stop()
