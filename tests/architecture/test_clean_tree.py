"""Nothing that belongs to one machine, and nothing half done, is under version control."""

import re
from pathlib import Path

from tests.architecture.tree import TOOL, functions_of, python_files, text_of, tracked_files

SHIPPED = (*TOOL, "sandbox")
THIS_FILE = Path("tests/architecture/test_clean_tree.py")
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX)\b")
MACHINE_PATH = re.compile(r"(?<![\w.-])/(work|farm|root|home/\w+|Users/\w+|opt/(pypi|wheels))/")
REGISTRY = re.compile(r"index-url|find-links|pypi\.org|pythonhosted|registry\.npm|deb\.debian")
SILENCED = re.compile(r"#\s*(noqa|type:\s*ignore)\b.*")
CODES = r"(noqa: ?[A-Z]+\d+(, ?[A-Z]+\d+)*|ignore\[[a-z-]+(, ?[a-z-]+)*\])"
REASONED = re.compile(CODES + r"\W+\w+")

SILENCED_AT_MOST = 40
MODULE_LINES_AT_MOST = 400
TEST_MODULE_LINES_AT_MOST = 700
FUNCTION_LINES_AT_MOST = 60


def _findings(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path}:{number}: {line.strip()[:100]}"
        for path in tracked_files()
        if path != THIS_FILE
        for number, line in enumerate(text_of(path).splitlines(), start=1)
        if pattern.search(line)
    ]


class TestTree:
    def test_leaves_nothing_to_do_later(self) -> None:
        assert _findings(UNFINISHED) == []

    def test_names_no_path_of_a_machine(self) -> None:
        assert _findings(MACHINE_PATH) == []

    def test_names_no_registry(self) -> None:
        assert _findings(REGISTRY) == []

    def test_keeps_no_secret_settings(self) -> None:
        assert [path for path in tracked_files() if path.name == ".env"] == []


class TestSilencedRules:
    def test_say_which_rule_and_why(self) -> None:
        without = [finding for finding, explained in _silenced() if not explained]
        assert without == []

    def test_are_few(self) -> None:
        assert len(_silenced()) <= SILENCED_AT_MOST


class TestSizes:
    def test_of_modules_stay_readable(self) -> None:
        long = {
            str(path): lines
            for path in _written(*SHIPPED, "tests")
            if (lines := text_of(path).count("\n"))
            > (TEST_MODULE_LINES_AT_MOST if path.parts[0] == "tests" else MODULE_LINES_AT_MOST)
        }
        assert long == {}

    def test_of_functions_stay_readable(self) -> None:
        long = [
            function
            for path in _written(*SHIPPED)
            for function in functions_of(path)
            if function.lines > FUNCTION_LINES_AT_MOST
        ]
        assert long == []


def _silenced() -> list[tuple[str, bool]]:
    found = []
    for path in python_files(*SHIPPED):
        lines = text_of(path).splitlines()
        for number, line in enumerate(lines, start=1):
            if match := SILENCED.search(line):
                said_above = lines[number - 2].strip().startswith("# ")
                explained = bool(REASONED.search(line)) or (
                    said_above and bool(re.search(CODES, line))
                )
                found.append((f"{path}:{number}: {match.group()}", explained))
    return found


def _written(*folders: str) -> list[Path]:
    return [path for path in python_files(*folders) if "versions" not in path.parts]
