"""A running tool with one school in it, without any other server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from config.settings import Environment, parse_settings
from lti_tool.app import build_app
from lti_tool.bootstrap import build_workshop
from lti_tool.cli.local import Backing, local_settings
from tests.factories.desk import School
from tests.factories.world import make_world

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def school(sqlite_url: str, tmp_path: Path) -> Iterator[School]:
    settings = parse_settings(
        local_settings(
            tmp_path / "tool",
            environment=Environment.test,
            tool_url="http://localhost:9100",
            google_url=NOWHERE,
            backing=Backing(database_url=sqlite_url),
        )
    )
    workshop = build_workshop(settings)
    workshop.database.wake = None
    app = build_app(settings, workshop)
    app.testing = True
    with workshop.database.transaction() as session:
        world = make_world(session, settings.keyring, now=workshop.clock.now())
    yield School(app=app, workshop=workshop, world=world)
    workshop.database.engine.dispose()
