import time
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select

from config.settings import Environment, parse_settings
from lti_tool.bootstrap import build_workshop
from lti_tool.cli.local import Backing, local_settings
from lti_tool.models.outbox import PromiseRecord
from lti_tool.services import events, grading, messages, outbox
from tests.integration.conftest import add_organization
from tests.servers.redis import Redis
from tests.servers.tool import running_tool

PATIENCE_SECONDS = 60.0


@pytest.fixture(params=["filesystem", "redis"])
def backing(request: pytest.FixtureRequest) -> Backing:
    if request.param == "filesystem":
        return Backing()
    redis: Redis = request.getfixturevalue("redis")
    return Backing(broker_url=redis.broker_url())


def test_a_worker_hears_the_wake_up_calls_of_every_queue_without_any_beat(
    backing: Backing, tmp_path: Path
) -> None:
    settings = local_settings(
        tmp_path,
        environment=Environment.test,
        tool_url="http://localhost:9",
        google_url="http://127.0.0.1:9",
        backing=backing,
    )
    with running_tool(settings, port=9, folder=tmp_path, roles=("worker",)):
        workshop = build_workshop(parse_settings(settings))
        database = workshop.database
        organization_id = add_organization(database, database.keyring)
        with database.transaction() as session:
            # Nothing of the kind is there, so that nothing has to be asked for outside.
            for topic in (events.EVENT, grading.SCORE, messages.MAIL):
                outbox.promise(
                    session,
                    topic,
                    organization_id=organization_id,
                    key=uuid4(),
                    now=workshop.clock.now(),
                )

        deadline = time.monotonic() + PATIENCE_SECONDS
        unheard: set[str] = set()
        while time.monotonic() < deadline:
            with database.reading() as session:
                unheard = set(
                    session.scalars(
                        select(PromiseRecord.queue).where(
                            PromiseRecord.kept_at.is_(None), PromiseRecord.error_code.is_(None)
                        )
                    )
                )
            if not unheard:
                break
            time.sleep(0.1)
        database.engine.dispose()

    assert unheard == set()
