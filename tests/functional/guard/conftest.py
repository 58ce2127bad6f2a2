"""A running tool with three schools, laid anew for every test."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from config.settings import Environment, parse_settings
from lti_tool.app import build_app
from lti_tool.bootstrap import build_workshop
from lti_tool.cli.local import Backing, local_settings
from tests.functional.guard.campus import EVERYBODY, Campus, build_campus
from tests.functional.guard.tour import Tour, take_tour

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(scope="session")
def pristine_campus(
    migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Campus, Path]]:
    folder = tmp_path_factory.mktemp("campus")
    file, pristine = folder / "tool.db", folder / "pristine.db"
    shutil.copy(migrated_sqlite, file)
    settings = parse_settings(
        local_settings(
            folder,
            environment=Environment.test,
            tool_url="http://localhost:9100",
            google_url=NOWHERE,
            backing=Backing(database_url=f"sqlite:///{file}"),
        )
    )
    workshop = build_workshop(settings)
    workshop.database.wake = None
    campus = build_campus(build_app(settings, workshop), workshop)
    workshop.database.engine.dispose()
    shutil.copy(file, pristine)
    yield campus, pristine
    workshop.database.engine.dispose()


@pytest.fixture
def campus(pristine_campus: tuple[Campus, Path]) -> Iterator[Campus]:
    with laid_anew(pristine_campus) as built:
        yield built


@pytest.fixture(scope="session", params=sorted(EVERYBODY))
def tour(request: pytest.FixtureRequest, pristine_campus: tuple[Campus, Path]) -> Tour:
    with laid_anew(pristine_campus) as built:
        return take_tour(built, EVERYBODY[str(request.param)])


@contextmanager
def laid_anew(pristine_campus: tuple[Campus, Path]) -> Iterator[Campus]:
    built, pristine = pristine_campus
    built.workshop.database.engine.dispose()  # ends the write-ahead log as well
    shutil.copy(pristine, pristine.with_name("tool.db"))
    yield built
    built.workshop.database.engine.dispose()
