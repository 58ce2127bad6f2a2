"""The servers that the other tests stand on."""

import shutil
import subprocess
import sys
from contextlib import suppress

import psutil
import psycopg
from sqlalchemy import create_engine, text

from lti_tool.cli.local import ROOT
from lti_tool.cli.processes import free_port
from tests.servers.postgres import Postgres
from tests.servers.redis import Redis

STARTS_SERVERS_AND_IS_KILLED = """
import os, signal
from tests.servers.postgres import running_postgres
from tests.servers.redis import running_redis
with running_postgres() as postgres, running_redis() as redis:
    pid = (postgres.folder / "data" / "postmaster.pid").read_text().split()[0]
    print(pid, postgres.folder, redis.socket_path.parent, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


class TestPostgres:
    def test_copies_a_template_for_each_test(self, postgres: Postgres) -> None:
        with psycopg.connect(
            host=str(postgres.folder), user="postgres", dbname="postgres", autocommit=True
        ) as connection:
            connection.execute("CREATE DATABASE template_of_one_table")
        original = create_engine(postgres.url("template_of_one_table"))
        with original.begin() as connection_:
            connection_.execute(text("CREATE TABLE only_here (id int)"))
        original.dispose()

        copy = create_engine(postgres.create("copied", template="template_of_one_table"))
        with copy.begin() as connection_:
            assert connection_.execute(text("SELECT count(*) FROM only_here")).scalar_one() == 0
        copy.dispose()
        postgres.drop("copied")
        postgres.drop("template_of_one_table")


class TestRedis:
    def test_listens_on_its_socket_only(self, redis: Redis) -> None:
        assert redis.socket_path.is_socket()
        assert str(redis.socket_path) in redis.broker_url()


class TestServers:
    def test_end_with_a_process_that_is_killed(self) -> None:
        with subprocess.Popen(
            [sys.executable, "-c", STARTS_SERVERS_AND_IS_KILLED],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        ) as killed:
            assert killed.stdout is not None
            pid, *folders = killed.stdout.readline().split()
        with suppress(psutil.NoSuchProcess):
            psutil.Process(int(pid)).wait()  # it ends by itself, a moment after its parent
        for folder in folders:
            shutil.rmtree(folder)


class TestFreePort:
    def test_is_the_wanted_one_when_nobody_listens_there(self) -> None:
        port = free_port()
        assert free_port(port) == port
