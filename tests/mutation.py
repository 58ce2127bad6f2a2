"""Change the safety rules on purpose and see that the tests notice.

`python -m tests.mutation` copies the domain and its tests aside, lets mutmut break one thing at a
time, and exits with 1 when fewer than 90 % of the changes are noticed. With names (as printed),
it tries those again and shows what they change.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
NEEDED = (
    "lti_tool/__init__.py",
    "lti_tool/domain",
    "tests/strategies",
    "tests/unit/domain",
    "pyproject.toml",
)
FLOOR_PERCENT = 90
# A change that makes a test loop is noticed as surely as one that makes it fail.
NOTICED = ("killed", "timeout", "segfault", "caught_by_type_check")


def main(names: Sequence[str]) -> int:
    """Run mutmut in a copy of the domain and judge its score."""
    with TemporaryDirectory(prefix="mutation-") as folder:
        copy = Path(folder)
        _copy_domain(copy)
        done = _mutmut(copy, "run", "--max-children", str(os.cpu_count() or 2), *names)
        if done != 0:
            return done
        _mutmut(copy, "export-cicd-stats")
        counts = json.loads((copy / "mutants" / "mutmut-cicd-stats.json").read_text())
        _mutmut(copy, "results")
        for name in names:
            _mutmut(copy, "show", name)
    return _judge(counts, is_whole=not names)


def _copy_domain(copy: Path) -> None:
    for needed in NEEDED:
        source, target = ROOT / needed, copy / needed
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)


def _mutmut(copy: Path, *arguments: str) -> int:
    mutmut = Path(sys.executable).parent / "mutmut"
    return subprocess.run([mutmut, *arguments], cwd=copy, check=False).returncode


def _judge(counts: dict[str, int], *, is_whole: bool) -> int:
    noticed = sum(counts.get(key, 0) for key in NOTICED)
    tried = noticed + sum(counts.get(key, 0) for key in ("survived", "no_tests", "suspicious"))
    percent = 100 * noticed / tried if tried else 0.0
    sys.stdout.write(f"noticed {noticed} of {tried} changes: {percent:.1f} %\n")
    return 1 if is_whole and percent < FLOOR_PERCENT else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
