"""Fixtures that start real servers; each xdist worker has its own, made when first asked for."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from config.settings import Environment
from lti_tool.cli.local import Backing, local_settings
from tests.servers.browser import find_chromium, launch_arguments
from tests.servers.postgres import Postgres, running_postgres
from tests.servers.redis import Redis, running_redis
from tests.servers.sandbox import Sandbox, running_sandbox
from tests.servers.stack import SetUp, Stack, running_stack
from tests.servers.tool import run_command

TEMPLATE = "template_tool"
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_url(postgres: Postgres) -> str:
    return postgres.create("session")


@pytest.fixture(scope="session")
def redis() -> Iterator[Redis]:
    with running_redis() as server:
        yield server


@pytest.fixture(scope="session")
def redis_url(redis: Redis) -> str:
    return redis.broker_url()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "tool.db"
    _migrate(f"sqlite:///{file}", file.parent)
    return file


@pytest.fixture(scope="session")
def migrated_postgres(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Postgres:
    _migrate(postgres.create(TEMPLATE), tmp_path_factory.mktemp("template"))
    return postgres


@pytest.fixture
def sqlite_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    file = tmp_path / "tool.db"
    shutil.copy(migrated_sqlite, file)
    return f"sqlite:///{file}"


@pytest.fixture
def postgresql_url(migrated_postgres: Postgres) -> Iterator[str]:
    name = f"test_{uuid4().hex}"
    yield migrated_postgres.create(name, template=TEMPLATE)
    migrated_postgres.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running_sandbox(tmp_path_factory.mktemp("sandbox")) as servers:
        yield servers


@pytest.fixture(scope="session", params=list(SetUp), ids=str)
def stack(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:
    with running_stack(request.param, tmp_path_factory.mktemp("stack")) as servers:
        yield servers


@pytest.fixture(scope="session")
def single_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running_stack(SetUp.single, tmp_path_factory.mktemp("stack")) as servers:
        yield servers


@pytest.fixture(scope="session")
def chromium() -> str:
    path = find_chromium()
    if path is None:
        pytest.fail("No Chromium here: `make test` installs it, or set CHROMIUM to its path.")
    return path


@pytest.fixture(scope="session")
def browser_type_launch_args(chromium: str) -> dict[str, object]:
    return {"executable_path": chromium, "args": launch_arguments()}


def _migrate(database_url: str, folder: Path) -> None:
    settings = local_settings(
        folder,
        environment=Environment.test,
        tool_url="http://localhost:9100",
        google_url=NOWHERE,
        backing=Backing(database_url=database_url),
    )
    run_command(settings, "migrate")
