import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect

from lti_tool.db import new_engine
from lti_tool.migrations import FOLDER
from lti_tool.models import Base
from tests.servers.postgres import Postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    if request.param == "sqlite":
        return new_engine(f"sqlite:///{tmp_path_factory.mktemp('empty') / 'tool.db'}")
    postgres: Postgres = request.getfixturevalue("postgres")
    return new_engine(postgres.create(f"empty_{id(request)}"))


def migrate(engine: Engine, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        if revision == "base":
            command.downgrade(config, revision)
        else:
            command.upgrade(config, revision)


class TestMigrations:
    def test_go_up_down_and_up_again(self, empty: Engine) -> None:
        migrate(empty, "head")
        tables = set(inspect(empty).get_table_names())
        assert set(Base.metadata.tables) <= tables
        migrate(empty, "base")
        assert set(inspect(empty).get_table_names()) <= {"alembic_version"}
        migrate(empty, "head")
        assert set(inspect(empty).get_table_names()) == tables
        empty.dispose()

    def test_make_exactly_what_the_rows_describe(self, empty: Engine) -> None:
        migrate(empty, "head")
        with empty.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, Base.metadata) == []
        empty.dispose()
