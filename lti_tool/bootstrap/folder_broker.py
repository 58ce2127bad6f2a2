"""The filesystem broker, with files that appear whole.

kombu writes a message under its final name and locks it, but its reader moves and reads without
the lock: now and then a worker meets half a message, and an unreadable message ends the worker.
Here every file is written beside its place and then renamed into it, which is one step.
"""

import fcntl
from pathlib import Path
from time import monotonic
from typing import Any
from uuid import uuid4

from kombu.transport import filesystem
from kombu.utils.json import dumps, loads

NAME = f"{__name__}:FolderTransport"
UNFINISHED = ".part"


class FolderChannel(filesystem.Channel):
    """Puts messages and exchange tables into their folders in one step."""

    # kombu's two base classes disagree about the name of the second argument.
    def _put(self, queue: str, payload: dict[str, Any], **kwargs: Any) -> None:  # type: ignore[override]
        name = f"{round(monotonic() * 1000)}_{uuid4()}.{queue}.msg"
        _appear(Path(self.data_folder_out) / name, dumps(payload))

    def _queue_bind(
        self, exchange: str, routing_key: str | None, pattern: str | None, queue: str
    ) -> None:
        self.control_folder.mkdir(exist_ok=True)
        wanted = [routing_key or "", pattern or "", queue]
        with (self.control_folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # closing the file lets go of it
            file = Path(self.control_folder) / f"{exchange}.exchange"
            table = loads(file.read_text()) if file.exists() else []
            if wanted not in table:
                _appear(file, dumps([wanted, *table]))


class FolderTransport(filesystem.Transport):
    """kombu's filesystem transport on `FolderChannel`."""

    Channel = FolderChannel


def _appear(file: Path, text: str) -> None:
    unfinished = file.with_name(f"{file.name}.{uuid4().hex}{UNFINISHED}")
    unfinished.write_text(text)
    unfinished.replace(file)
