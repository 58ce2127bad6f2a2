"""What the architecture tests read: the files under version control, and their syntax trees."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lti_tool.cli.local import ROOT

TOOL = ("config", "lti_tool", "integrations", "tasks")


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """One function and where it stands."""

    place: str
    lines: int


@cache
def tracked_files() -> tuple[Path, ...]:
    """Return what git knows and has not lost, relative to the root."""
    listed = subprocess.run(
        ["git", "ls-files"],  # noqa: S607 - whichever git is installed
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return tuple(Path(name) for name in listed if (ROOT / name).is_file())


def python_files(*folders: str) -> tuple[Path, ...]:
    """Return the modules under the folders, or all of them."""
    return tuple(
        path
        for path in tracked_files()
        if path.suffix == ".py" and (not folders or path.parts[0] in folders)
    )


@cache
def text_of(path: Path) -> str:
    """Return the content; a picture has none."""
    return (ROOT / path).read_text(errors="ignore")


@cache
def syntax_of(path: Path) -> ast.Module:
    """Return the parsed module."""
    return ast.parse(text_of(path), filename=str(path))


def functions_of(path: Path) -> Iterator[Function]:
    """Yield every function, nested ones too, with its length."""
    for node in ast.walk(syntax_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            yield Function(place=f"{path}:{node.lineno} {node.name}", lines=lines)


def imports_of(path: Path) -> frozenset[str]:
    """Return the top-level packages that a module imports."""
    names: set[str] = set()
    for node in ast.walk(syntax_of(path)):
        if isinstance(node, ast.Import):
            names.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return frozenset(names)
