"""What goes into the image, and that the tool runs with that alone."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from config.keyring import Keyring
from config.settings import PREFIX, Environment, parse_settings
from lti_tool.cli.local import ROOT, local_settings
from tests.architecture.tree import TOOL, text_of

COPY = re.compile(r"^COPY (?!--from)(?P<source>\S+)", re.MULTILINE)
PLACEHOLDER = re.compile(r"<[^>]*>")

WITHOUT_DEVELOPERS_PACKAGES = """
import re, sys
from importlib.abc import MetaPathFinder
from importlib.metadata import packages_distributions
from pathlib import Path

def plain(name): return re.sub(r"[-_.]+", "-", name).lower()

lines = Path("run.txt").read_text().splitlines()
allowed = {plain(line.split("==")[0]) for line in lines if "==" in line}
belongs = packages_distributions()

class Refuse(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        owners = {plain(owner) for owner in belongs.get(name.partition(".")[0], ())}
        if owners and not owners & allowed:
            raise ModuleNotFoundError(f"{name} is not in the image")

sys.meta_path.insert(0, Refuse())
from lti_tool.app import create_app
from lti_tool.cli import main
from tasks.celery_app import app
create_app()
main(["migrate"], standalone_mode=False)
"""


class TestImage:
    def test_holds_the_tool_and_nothing_else(self) -> None:
        assert set(COPY.findall(text_of(Path("Dockerfile")))) == {*TOOL, "requirements/run.txt"}

    def test_is_built_from_nothing_else(self) -> None:
        sent = {
            line.removeprefix("!")
            for line in text_of(Path(".dockerignore")).splitlines()
            if line.startswith("!")
        }
        assert sent == {*TOOL, "requirements/run.txt"}

    def test_holds_all_that_the_tool_needs(self, tmp_path: Path) -> None:
        image = tmp_path / "app"
        for folder in TOOL:
            shutil.copytree(ROOT / folder, image / folder)
        shutil.copy(ROOT / "requirements" / "run.txt", image)
        settings = local_settings(
            tmp_path / "data",
            environment=Environment.test,
            tool_url="http://localhost:9100",
            google_url="http://127.0.0.1:9",
        )
        done = subprocess.run(
            [sys.executable, "-c", WITHOUT_DEVELOPERS_PACKAGES],
            cwd=image,
            env=settings,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr


class TestCompose:
    def test_looks_after_the_health_of_all_that_stays(self) -> None:
        services = yaml.safe_load(text_of(Path("compose.yaml")))["services"]
        assert set(services) == {"migrate", "web", "worker", "beat", "postgres", "redis"}
        assert [name for name in services if "healthcheck" not in services[name]] == ["migrate"]


class TestExample:
    @pytest.mark.parametrize("name", ["single", "district"])
    def test_is_a_whole_set_of_settings(self, name: str) -> None:
        assert parse_settings(_filled(name)).is_production


def _filled(name: str) -> dict[str, str]:
    lines = text_of(Path(f"config/examples/{name}.env")).splitlines()
    given = dict(line.split("=", 1) for line in lines if line.startswith(PREFIX))
    filled = {variable: PLACEHOLDER.sub("filled-in", value) for variable, value in given.items()}
    return {**filled, f"{PREFIX}KEYRING": json.dumps(Keyring.generate())}
