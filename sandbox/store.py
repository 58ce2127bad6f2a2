"""A small store of JSON documents on SQLite, shared by the threads of one sandbox process.

Documents survive a restart, so that the demo and a second run of the story find their keys,
grades and events again. One lock, one connection: correctness before speed.
"""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Document = dict[str, Any]


class Store:
    """Documents by (kind, key); `path` is a file, or ``:memory:``."""

    def __init__(self, path: Path | str = ":memory:") -> None:
        self._connection = sqlite3.connect(str(path), check_same_thread=False, isolation_level=None)
        self._lock = threading.RLock()
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS documents ("
            "kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, key))"
        )

    @contextmanager
    def atomic(self) -> Iterator[None]:
        """Hold the lock over several calls, so that read-then-write is one step."""
        with self._lock:
            yield

    def get(self, kind: str, key: str) -> Document | None:
        """Return a copy of the document, or nothing."""
        with self._lock:
            row = self._connection.execute(
                "SELECT body FROM documents WHERE kind = ? AND key = ?", (kind, key)
            ).fetchone()
        return json.loads(row[0]) if row else None

    def put(self, kind: str, key: str, body: Document) -> None:
        """Store the document, replacing the one of that key."""
        with self._lock:
            self._connection.execute(
                "INSERT INTO documents VALUES (?, ?, ?) "
                "ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body",
                (kind, key, json.dumps(body)),
            )

    def add(self, kind: str, key: str, body: Document) -> bool:
        """Store the document only if the key is free; tell whether it was."""
        with self._lock:
            done = self._connection.execute(
                "INSERT INTO documents VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                (kind, key, json.dumps(body)),
            )
        return done.rowcount == 1

    def delete(self, kind: str, key: str) -> None:
        """Remove the document, if it is there."""
        with self._lock:
            self._connection.execute(
                "DELETE FROM documents WHERE kind = ? AND key = ?", (kind, key)
            )

    def all(self, kind: str) -> dict[str, Document]:
        """Return every document of the kind by key, in the order of first storing."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT key, body FROM documents WHERE kind = ? ORDER BY rowid", (kind,)
            ).fetchall()
        return {key: json.loads(body) for key, body in rows}

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()
