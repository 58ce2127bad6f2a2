"""The control interfaces of the stand-ins, and the tool's command line, as the story uses them."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from sandbox.scenario.visitor import TIMEOUT_SECONDS, StoryError


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """JSON over HTTP to one stand-in."""

    url: str

    def get(self, path: str, **params: str) -> Any:
        """Read."""
        return self._ask("GET", path, params=params)

    def post(self, path: str, **body: Any) -> Any:
        """Change."""
        return self._ask("POST", path, json=body)

    def patch(self, path: str, **body: Any) -> Any:
        """Change a part."""
        return self._ask("PATCH", path, json=body)

    def _ask(self, method: str, path: str, **arguments: Any) -> Any:
        answer = requests.request(
            method, f"{self.url}/control/{path}", timeout=TIMEOUT_SECONDS, **arguments
        )
        if not answer.ok:
            raise StoryError(f"{method} {path}: {answer.status_code} {answer.text[:400]}")
        return answer.json() if answer.content else None


def career_mentoring(*words: str) -> Any:
    """Run ``career-mentoring`` as an administrator does; return what ``--json`` prints."""
    done = subprocess.run(  # noqa: S603 - our own command line
        [sys.executable, "-m", "lti_tool.cli", *words],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ,
        cwd=Path(__file__).resolve().parents[2],
    )
    if done.returncode:
        raise StoryError(f"career-mentoring {words[0]}: {done.stderr.strip() or done.stdout}")
    return json.loads(done.stdout) if "--json" in words else done.stdout
