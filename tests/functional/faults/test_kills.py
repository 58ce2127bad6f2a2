"""Real workers that are killed for real; ``make faults`` does it with the whole story."""

from pathlib import Path

import pytest
from sqlalchemy import select

from config.clock import Clock
from config.settings import Environment, parse_settings
from lti_tool.cli.local import Backing, local_settings
from lti_tool.cli.processes import free_port
from lti_tool.db import Database, new_engine
from lti_tool.models.outbox import PromiseRecord
from lti_tool.services import messages
from tasks.crash import STEPS, fired
from tests.factories.world import make_world
from tests.faults.kills import restarting_worker
from tests.servers.stack import SetUp
from tests.servers.tool import running_tool

POINTS = frozenset(f"mail.send:{step}" for step in STEPS)


@pytest.mark.parametrize("set_up", list(SetUp), ids=str)
def test_a_mail_is_sent_though_its_worker_is_killed(
    request: pytest.FixtureRequest, tmp_path: Path, set_up: SetUp
) -> None:
    port, backing = free_port(), Backing()
    if set_up is SetUp.district:
        backing = Backing(
            database_url=request.getfixturevalue("postgresql_url"),
            broker_url=request.getfixturevalue("redis_url"),
        )
    variables = local_settings(
        tmp_path,
        environment=Environment.test,
        tool_url=f"http://localhost:{port}",
        google_url="http://127.0.0.1:9",
        backing=backing,
    )
    marks = tmp_path / "crashes"
    points = POINTS if set_up is SetUp.single else frozenset({"mail.send:performed"})
    extra = {"CRASH_AT": ",".join(points), "CRASH_FOLDER": str(marks)}
    with running_tool(variables, port=port, folder=tmp_path, roles=("beat",)) as tool:
        settings = parse_settings(variables)
        engine = new_engine(settings.database_url)
        database = Database(engine, settings.keyring)
        _want_mail(database)
        with restarting_worker(tool, extra) as restarter:
            restarter.until(lambda: restarter.restarts == len(points) and not _open(database))
        engine.dispose()
    assert fired(marks, points) == points
    assert len(list((tmp_path / "mail").glob("*.eml"))) == 1


def _want_mail(database: Database) -> None:
    now = Clock().now()
    with database.transaction() as session:
        world = make_world(session, database.keyring, now=now)
        messages.mail_person(
            session,
            organization_id=world.organization_id,
            person_id=world.mentor_id,
            template="notice",
            subject_id=world.pairing_id,
            now=now,
        )


def _open(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(PromiseRecord.topic).where(PromiseRecord.is_open)))
