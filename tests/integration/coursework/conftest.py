"""One course on each database, with an activity in it."""

from uuid import UUID

import pytest

from config.keyring import Keyring
from lti_tool.db import Database
from tests.factories.coursework import Coursework
from tests.factories.world import make_world
from tests.integration.conftest import NOW


@pytest.fixture
def course(database: Database, keyring: Keyring) -> Coursework:
    with database.transaction() as session:
        return Coursework(world=make_world(session, keyring, now=NOW), now=NOW)


@pytest.fixture
def activity_id(database: Database, course: Coursework) -> UUID:
    with database.transaction() as session:
        return course.activity(session)
