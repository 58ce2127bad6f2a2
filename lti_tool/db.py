"""The database: base of all rows, aware UTC times, and the only commit.

`Database.transaction` is the one place that commits (once per use case). On SQLite a writing
transaction begins IMMEDIATE, so that two writers meet at its first statement and not at commit;
PostgreSQL takes row locks instead. `Database.reading` never writes.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Connection,
    DateTime,
    Dialect,
    Engine,
    ForeignKeyConstraint,
    MetaData,
    TypeDecorator,
    Uuid,
    create_engine,
    event,
    inspect,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, Session, mapped_column

from config.keyring import Keyring

BUSY_TIMEOUT_MS = 15_000
PROMISED = "promised queues"
"""Key in `Session.info` under which the outbox notes the queues to wake after the commit."""

_WRITES = "career_mentoring_writes"


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC time; a naive one is refused rather than guessed."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times and store UTC.

        :raises ValueError: if the time is naive
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive time cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return an aware time on every database."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(MappedAsDataclass, DeclarativeBase, kw_only=True, eq=False, repr=False):
    """The base class of all rows; their names end in ``Record``."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime, UUID: Uuid(as_uuid=True)}  # noqa: RUF012 - read by SQLAlchemy at class creation


class TenantRow(MappedAsDataclass, kw_only=True, eq=False, repr=False):
    """A row of one organization.

    The primary key is (organization, id): a row cannot even be fetched without naming the tenant,
    and every foreign key carries the organization with it (decision 1).
    """

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)


def refers(column: str, *, to: str) -> ForeignKeyConstraint:
    """Tie `column` to a row of table `to` that belongs to the same organization."""
    return ForeignKeyConstraint(["organization_id", column], [f"{to}.organization_id", f"{to}.id"])


def _on_sqlite_connect(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "foreign_keys=ON",
        "synchronous=NORMAL",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _on_sqlite_begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def new_engine(url: str) -> Engine:
    """Return an engine with the transaction rules of this house."""
    if url.startswith("sqlite"):
        engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000})
        event.listen(engine, "connect", _on_sqlite_connect)
        event.listen(engine, "begin", _on_sqlite_begin)
    else:
        engine = create_engine(url, pool_size=10, max_overflow=10, pool_pre_ping=True)
    event.listen(engine, "before_cursor_execute", _count_statement)
    return engine


_statements: ContextVar[int] = ContextVar("statements", default=0)


def count_statements_anew() -> None:
    """Begin to count the statements of a request."""
    _statements.set(0)


def statements_counted() -> int:
    """Return how many statements were sent since counting began, without BEGIN."""
    return _statements.get()


def _count_statement(_connection: object, _cursor: object, statement: str, *_: object) -> None:
    if not statement.startswith("BEGIN"):
        _statements.set(_statements.get() + 1)


class Database:
    """Sessions on one engine; knows how to wake the workers after a commit."""

    def __init__(self, engine: Engine, keyring: Keyring) -> None:
        """Bind to the engine; `keyring` opens sealed columns."""
        self.engine = engine
        self.keyring = keyring
        self.wake: Callable[[frozenset[str]], None] | None = None
        """Called after a commit with the queues that have new promises; set by `bootstrap`."""
        self._writing = engine.execution_options(**{_WRITES: True})

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Run one use case: commit at the end, roll back on any exception.

        Nothing external may happen inside. After the commit the workers are woken for the queues
        that got promises; if the broker is down, their sweep finds the promises anyway.
        """
        with self._session(self._writing) as session:
            with session.begin():
                yield session
            promised = frozenset(session.info.pop(PROMISED, ()))
        if promised and self.wake is not None:
            self.wake(promised)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Read in one consistent snapshot; whatever is changed is thrown away."""
        with self._session(self.engine) as session:
            yield session
            session.rollback()

    def _session(self, bind: Engine) -> Session:
        info: dict[Any, Any] = {"keyring": self.keyring}
        return Session(bind, autoflush=True, expire_on_commit=False, info=info)


def insert_if_absent(session: Session, row: type[Base], values: Mapping[str, Any]) -> bool:
    """Insert a row unless one of its unique keys is taken; tell whether it was inserted.

    A second transaction that races for the same key waits for the first, then inserts nothing.
    """
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(row).values(**values).on_conflict_do_nothing()
    return session.execute(statement.returning(*inspect(row).primary_key)).first() is not None


def after_fork(engine: Engine) -> None:
    """Forget connections inherited from the parent process (gunicorn, Celery prefork)."""
    engine.dispose(close=False)
