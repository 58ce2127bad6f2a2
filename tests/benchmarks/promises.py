"""From the commit of a promise to the moment a worker keeps it, on both brokers."""

import time
from datetime import datetime
from pathlib import Path
from statistics import quantiles
from uuid import UUID, uuid4

from sqlalchemy import select

from config.settings import Environment, parse_settings
from lti_tool.bootstrap import build_workshop
from lti_tool.cli.local import Backing, local_settings
from lti_tool.cli.processes import free_port
from lti_tool.db import Database
from lti_tool.models.outbox import PromiseRecord
from lti_tool.models.people import OrganizationRecord
from lti_tool.models.sealed import new_data_key
from lti_tool.services import events, outbox
from tests.benchmarks.figures import Figure
from tests.servers.redis import running_redis
from tests.servers.tool import running_tool

PROMISES, PAUSE_SECONDS, PATIENCE_SECONDS = 60, 0.05, 60.0


def measure(folder: Path) -> list[Figure]:
    """Promise something that needs no remote request, again and again."""
    files = _p95_ms(folder / "files", None)
    with running_redis() as redis:
        through_redis = _p95_ms(folder / "redis", redis.broker_url())
    return [
        Figure(
            name=f"outbox.commit_to_run_p95_ms.{broker}",
            value=round(value, 1),
            unit="ms",
            beside=round(through_redis, 1) if broker == "filesystem" else None,
            ratio=round(value / through_redis, 2) if broker == "filesystem" else None,
            goal=goal,
        )
        for broker, value, goal in (
            ("filesystem", files, "<= 500 ms"),
            ("redis", through_redis, "<= 100 ms"),
        )
    ]


def _p95_ms(folder: Path, broker_url: str | None) -> float:
    port = free_port(0)
    settings = local_settings(
        folder,
        environment=Environment.test,
        tool_url=f"http://localhost:{port}",
        google_url="http://127.0.0.1:9",
        backing=Backing(broker_url=broker_url),
    )
    with running_tool(settings, port=port, folder=folder, roles=("worker",)):
        workshop = build_workshop(parse_settings(settings))
        database = workshop.database
        organization_id = _organization(database, workshop.clock.now())
        for _ in range(PROMISES):
            with database.transaction() as session:
                # A meeting that is not there: the worker looks, and there is nothing to ask for.
                outbox.promise(
                    session,
                    events.EVENT,
                    organization_id=organization_id,
                    key=uuid4(),
                    now=workshop.clock.now(),
                )
            time.sleep(PAUSE_SECONDS)
        waits = _waits(database)
        database.engine.dispose()
    return quantiles(waits, n=20)[-1] * 1000


def _organization(database: Database, now: datetime) -> UUID:
    organization_id = uuid4()
    with database.transaction() as session:
        session.add(
            OrganizationRecord(
                id=organization_id,
                name="Bench",
                time_zone="UTC",
                data_key_sealed=new_data_key(database.keyring, organization_id),
                created_at=now,
            )
        )
    return organization_id


def _waits(database: Database) -> list[float]:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with database.reading() as session:
            rows = session.execute(select(PromiseRecord.promised_at, PromiseRecord.kept_at)).all()
        kept = [(ended - began).total_seconds() for began, ended in rows if ended is not None]
        if len(kept) == PROMISES:
            return kept
        time.sleep(0.2)
    raise AssertionError("the worker did not keep every promise in time")
