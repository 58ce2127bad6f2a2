"""What the documents name exists."""

import re
from pathlib import Path

import pytest

from config import settings
from lti_tool.cli.local import ROOT
from tests.architecture.tree import text_of, tracked_files

DOCUMENTS = tuple(path for path in tracked_files() if path.suffix == ".md")
LINK = re.compile(r"\[[^\]]*\]\((?!https?:|mailto:|#)(?P<target>[^)#]+)")
MAKE_WORD = re.compile(r"`make (?P<target>[a-z-]+)")
TARGET = re.compile(r"^(?P<target>[a-z0-9-]+):", re.MULTILINE)
VARIABLE = re.compile(r'reader\.\w+\(\s*"(?P<name>[A-Z_]+)"')


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
class TestDocument:
    def test_links_to_what_exists(self, document: Path) -> None:
        dead = [
            match["target"]
            for match in LINK.finditer(text_of(document))
            if not (ROOT / document.parent / match["target"]).exists()
        ]
        assert dead == []

    def test_names_targets_that_make_knows(self, document: Path) -> None:
        known = set(TARGET.findall(text_of(Path("Makefile"))))
        assert set(MAKE_WORD.findall(text_of(document))) <= known


class TestOperations:
    def test_lists_every_setting(self) -> None:
        names = VARIABLE.findall(Path(settings.__file__).read_text())
        page = text_of(Path("docs/operations.md"))
        assert names
        assert [name for name in names if f"`{name}`" not in page] == []


class TestExamples:
    @pytest.mark.parametrize("name", ["single", "district"])
    def test_name_only_settings_that_exist(self, name: str) -> None:
        known = set(VARIABLE.findall(Path(settings.__file__).read_text()))
        lines = text_of(Path(f"config/examples/{name}.env")).splitlines()
        used = {line.split("=")[0] for line in lines if line.startswith(settings.PREFIX)}
        assert {variable.removeprefix(settings.PREFIX) for variable in used} <= known
