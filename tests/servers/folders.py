"""Short temporary folders: the path of a socket may be 107 bytes long and no more."""

import os
import pwd
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def short_folder(prefix: str) -> Iterator[Path]:
    """Make a folder for one server and remove it with all that is in it."""
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir="/tmp"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def unprivileged_user() -> pwd.struct_passwd | None:
    """Return whom a server should run as when we are root (PostgreSQL refuses root)."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def hand_to(folder: Path, user: pwd.struct_passwd | None) -> None:
    """Let that user own the folder."""
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
