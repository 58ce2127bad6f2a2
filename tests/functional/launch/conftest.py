"""A fresh tool for every test, against the run's stand-in LMS."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.settings import Environment, parse_settings
from lti_tool.app import build_app
from lti_tool.bootstrap import build_workshop
from lti_tool.cli.local import Backing, local_settings
from tests.functional.launch.world import Registered, World
from tests.servers.sandbox import Sandbox

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def new_world(sandbox: Sandbox, tmp_path: Path) -> Iterator[Callable[[str], World]]:
    worlds: list[World] = []

    def make(database_url: str) -> World:
        settings = parse_settings(
            local_settings(
                tmp_path / "tool",
                environment=Environment.test,
                tool_url=sandbox.tool_url,
                google_url=NOWHERE,
                backing=Backing(database_url=database_url),
            )
        )
        workshop = build_workshop(settings)
        workshop.database.wake = None
        app = build_app(settings, workshop)
        app.testing = True
        worlds.append(World(lms_url=sandbox.lms_url, app=app, workshop=workshop))
        return worlds[-1]

    yield make
    for world in worlds:
        world.workshop.database.engine.dispose()


@pytest.fixture
def world(new_world: Callable[[str], World], sqlite_url: str) -> World:
    return new_world(sqlite_url)


@pytest.fixture
def canvas(world: World) -> Registered:
    return world.register("canvas")


@pytest.fixture(params=["canvas", "schoology"])
def platform(request: pytest.FixtureRequest, world: World) -> Registered:
    return world.register(str(request.param))
