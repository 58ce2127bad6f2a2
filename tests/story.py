"""``make story``: the whole story without a browser, on both platforms and privacy levels, twice.

The second run meets what the first has left behind: nothing is reset. It ends at the first step
that falls short, with what was seen and the last lines of the logs.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from lti_tool.cli.local import ROOT, process_environment
from tests.servers.stack import SetUp, Stack, running_stack

RUNS = (
    (SetUp.single, "canvas", "public"),
    (SetUp.single, "schoology", "public"),
    (SetUp.single, "canvas", "anonymous"),
    (SetUp.single, "canvas", "public"),
    (SetUp.district, "canvas", "public"),
    (SetUp.district, "schoology", "anonymous"),
)
"""The first line is played again after the others, on the same databases."""
LOG_LINES = 15


class StoryFellShortError(Exception):
    """A step of the story did not hold."""


def play(
    stack: Stack, *, profile: str, privacy: str, report: Path | None = None, patience: int = 1
) -> None:
    """Play the story once against a running stack; `patience` makes its people wait longer.

    :raises StoryFellShortError: if a step falls short; the step has said why
    """
    command = [
        sys.executable, "-m", "sandbox.scenario",
        "--profile", profile, "--privacy", privacy,
        "--tool-url", stack.sandbox.tool_url,
        "--lms-url", stack.sandbox.lms_url,
        "--google-url", stack.sandbox.google_url,
        *(("--report", str(report)) if report else ()),
    ]  # fmt: skip
    environment = {
        **process_environment(stack.tool.settings),
        "PYTHONPATH": str(ROOT),
        "STORY_PATIENCE": str(patience),
    }
    done = subprocess.run(command, cwd=ROOT, env=environment, check=False)
    if done.returncode:
        raise StoryFellShortError(f"as {profile}, privacy {privacy}")


def main() -> int:
    """Play every run; runs of one set-up share its databases."""
    began = time.monotonic()
    try:
        for set_up in SetUp:
            with tempfile.TemporaryDirectory(prefix="story-") as folder:
                _play_all(set_up, Path(folder))
    except StoryFellShortError as error:
        print(f"The story fell short {error}.", file=sys.stderr)
        return 1
    print(f"The story held {len(RUNS)} times in {time.monotonic() - began:.0f} s.")
    return 0


def _play_all(set_up: SetUp, folder: Path) -> None:
    os.chmod(folder, 0o755)  # noqa: PTH101, S103 - PostgreSQL runs as another user
    print(f"Set-up: {set_up}", flush=True)
    with running_stack(set_up, folder) as stack:
        for wanted, profile, privacy in RUNS:
            if wanted is not set_up:
                continue
            try:
                play(stack, profile=profile, privacy=privacy)
            except StoryFellShortError:
                for name, child in stack.tool.children.items():
                    print(f"-- {name}\n{child.last_lines()}", file=sys.stderr)
                raise


if __name__ == "__main__":
    raise SystemExit(main())
