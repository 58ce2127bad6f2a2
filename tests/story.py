"""Play the demo's story without a browser, on both set-ups: `make story`.

On one machine it is played on both platforms with names, a second time on the same data, and once
with anonymous people; on the district's set-up once on Canvas. The first step that falls short
ends it, with the last lines of the servers.
"""

import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from lti_tool.cli.local import ROOT, process_environment
from tests.servers.stack import SetUp, Stack, running_stack


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One run of the story on a stack that may have seen earlier ones."""

    name: str
    options: tuple[str, ...]


TELLINGS = {
    SetUp.single: (
        Telling(name="both platforms", options=()),
        Telling(name="a second time on the same data", options=()),
        Telling(name="anonymous people", options=("--profile", "canvas", "--privacy", "anonymous")),
    ),
    SetUp.district: (Telling(name="Canvas", options=("--profile", "canvas")),),
}


def main(wanted: Sequence[str]) -> int:
    """Play what is wanted, or everything, and say how long each took."""
    for set_up in [SetUp(name) for name in wanted] or list(SetUp):
        with (
            TemporaryDirectory(prefix="cm-story-") as folder,
            running_stack(set_up, Path(folder)) as stack,
        ):
            for telling in TELLINGS[set_up]:
                print(f"== {set_up}: {telling.name}", flush=True)
                started = time.monotonic()
                if _play(stack, telling.options) != 0:
                    print(_last_lines(stack), file=sys.stderr)
                    return 1
                print(f"== {set_up}: {telling.name}: {time.monotonic() - started:.0f} s")
    return 0


def _play(stack: Stack, options: Sequence[str]) -> int:
    addresses = {
        "--tool-url": stack.tool.url,
        "--lms-url": stack.sandbox.lms_url,
        "--google-url": stack.sandbox.google_url,
    }
    named = [part for address in addresses.items() for part in address]
    return subprocess.run(
        [sys.executable, "-m", "sandbox.scenario", *named, *options],
        cwd=ROOT,
        env=process_environment(stack.tool.settings),
        check=False,
    ).returncode


def _last_lines(stack: Stack) -> str:
    return "\n".join(
        f"-- {name}\n{child.last_lines()}" for name, child in stack.tool.children.items()
    )


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
