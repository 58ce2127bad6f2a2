"""Pages stay thin, and templates hold neither style nor script of their own."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.tree import functions_of, python_files, syntax_of, text_of, tracked_files

WEB = ("lti_tool", "web")
LONGEST_VIEW = 32
"""Statement lines, signature and docstring included; keyword arguments stand one on a line."""
LONGEST_MODULE = 320
ROUTES = {"get", "post", "route"}
GUARDS = {"requires", "signed_in", "public"}
JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
STYLE = re.compile(r"\sstyle\s*=", re.IGNORECASE)
HANDLER = re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE)
SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>", re.IGNORECASE)
UNESCAPED = re.compile(r"\|\s*safe\b|autoescape\s+false|Markup\(")


def _modules() -> tuple[Path, ...]:
    return tuple(path for path in python_files("lti_tool") if path.parts[:2] == WEB)


def _templates() -> tuple[Path, ...]:
    return tuple(
        path for path in tracked_files() if path.parts[:2] == WEB and path.suffix == ".html"
    )


class TestViews:
    def test_are_short(self) -> None:
        long = [
            f"{path}:{view.lineno} {view.name}: {lines}"
            for path, view in _views()
            if (lines := (view.end_lineno or view.lineno) - view.lineno + 1) > LONGEST_VIEW
        ]
        assert long == []

    def test_name_their_guard(self) -> None:
        bare = [
            f"{path}:{view.lineno} {view.name}"
            for path, view in _views()
            if not GUARDS & {_name(decorator) for decorator in view.decorator_list}
        ]
        assert bare == []

    def test_are_guarded_inside_their_route(self) -> None:
        # A guard above the route would guard a function that Flask never calls.
        wrong = [
            f"{path}:{view.lineno} {view.name}"
            for path, view in _views()
            if _name(view.decorator_list[0]) not in ROUTES
        ]
        assert wrong == []

    def test_begin_at_most_one_transaction(self) -> None:
        greedy = [
            f"{path}:{view.lineno} {view.name}"
            for path, view in _views()
            if ast.unparse(view).count(".transaction()") > 1
        ]
        assert greedy == []


class TestModules:
    def test_are_short(self) -> None:
        long = [
            f"{path}: {lines}"
            for path in _modules()
            if (lines := len(text_of(path).splitlines())) > LONGEST_MODULE
        ]
        assert long == []

    def test_have_functions_of_one_screen(self) -> None:
        long = [
            f"{function.place}: {function.lines}"
            for path in _modules()
            for function in functions_of(path)
            if function.lines > 45
        ]
        assert long == []


class TestTemplates:
    def test_have_no_style_and_no_script_of_their_own(self) -> None:
        faults = []
        for path in _templates():
            text = JINJA.sub("", text_of(path))
            faults += [f"{path}: style" for _ in STYLE.findall(text)]
            faults += [f"{path}: handler" for _ in HANDLER.findall(text)]
            faults += [
                f"{path}: script"
                for tag in SCRIPT.finditer(text)
                if "src=" not in tag["attributes"] and "application/json" not in tag["attributes"]
            ]
        assert faults == []

    def test_escape_what_people_wrote(self) -> None:
        places = [
            f"{path}: {found[0]}"
            for path in (*_templates(), *_modules())
            for found in UNESCAPED.finditer(text_of(path))
        ]
        assert places == []

    def test_load_nothing_from_elsewhere(self) -> None:
        foreign = [
            f"{path}: {found}"
            for path in _templates()
            for found in re.findall(r'(?:src|href)="(https?:)?//[^"]*"', text_of(path))
        ]
        assert foreign == []

    def test_send_every_form_with_its_token(self) -> None:
        # A form macro of ours or the form library's renders the token; a bare <form> must itself.
        bare = [
            str(path)
            for path in _templates()
            if re.search(r"<form[^>]*method=\"post\"", text_of(path), re.IGNORECASE)
            and not re.search(r"csrf|hidden_tag|form_tag|ui\.", text_of(path))
        ]
        assert bare == []


def _views() -> Iterator[tuple[Path, ast.FunctionDef]]:
    for path in _modules():
        for node in ast.walk(syntax_of(path)):
            if isinstance(node, ast.FunctionDef) and any(
                _name(decorator) in ROUTES for decorator in node.decorator_list
            ):
                yield path, node


def _name(decorator: ast.expr) -> str:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return ast.unparse(called).split(".")[-1]
