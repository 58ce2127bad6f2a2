"""The layers, the transactions and the seals hold."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from lti_tool.cli.local import ROOT
from tests.architecture.tree import TOOL, imports_of, python_files, syntax_of

ONLY_COMMIT = Path("lti_tool/db.py")
ENDS = {"commit", "rollback"}
BEGINS = {"begin", "begin_nested"}


class TestContracts:
    def test_are_kept(self) -> None:
        done = subprocess.run(
            [Path(sys.executable).parent / "lint-imports", "--no-cache"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        assert ", 0 broken." in done.stdout


class TestTransactions:
    def test_begin_and_commit_in_one_module_only(self) -> None:
        elsewhere = [
            f"{path}:{node.lineno}"
            for path in python_files(*TOOL)
            if path != ONLY_COMMIT and "migrations" not in path.parts
            for node in ast.walk(syntax_of(path))
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and (node.func.attr in ENDS or (node.func.attr in BEGINS and _is_database(node.func)))
        ]
        assert elsewhere == []


def _is_database(call: ast.Attribute) -> bool:
    return ast.unparse(call.value).split(".")[-1] in {"session", "connection", "engine", "database"}


class TestImports:
    def test_stand_at_the_top_of_the_module(self) -> None:
        hidden = [
            f"{path}:{inner.lineno}"
            for path in python_files(*TOOL, "sandbox")
            for node in ast.walk(syntax_of(path))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            for inner in ast.walk(node)
            if isinstance(inner, ast.Import | ast.ImportFrom)
        ]
        assert hidden == []


class TestSandbox:
    def test_is_imported_by_nothing_of_the_tool(self) -> None:
        assert [path for path in python_files(*TOOL) if "sandbox" in imports_of(path)] == []

    def test_imports_nothing_of_the_tool(self) -> None:
        assert [path for path in python_files("sandbox") if imports_of(path) & set(TOOL)] == []

    def test_does_not_start_in_production(self, tmp_path: Path) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "sandbox", "--state", str(tmp_path)],
            cwd=ROOT,
            env={"CAREER_MENTORING_ENVIRONMENT": "production"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 2
        assert "does not start in production" in done.stderr


class TestTests:
    @pytest.mark.parametrize("mocking", ["unittest", "pytest_mock", "pretend", "responses"])
    def test_mock_nothing(self, mocking: str) -> None:
        assert [path for path in python_files("tests") if mocking in imports_of(path)] == []
