"""Names of processes: a lease says who holds it, and whether that process still lives.

A process id alone is not enough. It is given out again, and in a container the first process is
always number one. So the name also holds the machine, the process-id namespace and the start.
"""

import os
from pathlib import Path

_PROC = Path("/proc")
_ENDED = frozenset("ZX")
"""States of a process that only waits for its parent to notice."""
_STATE, _STARTED = 0, 19
"""Places in ``/proc/<pid>/stat`` behind the command's name."""


def process_name() -> str:
    """Return a name for this process that no other one has had or will have."""
    pid = os.getpid()
    return f"{_machine()}:{pid}:{_started(pid)}"


def is_gone(name: str) -> bool:
    """Tell whether that process is known to have ended; of other machines nothing is known."""
    machine, _, rest = name.partition(":")
    pid, _, started = rest.partition(":")
    if machine != _machine() or not pid.isdigit():
        return False
    return _started(int(pid)) != started


def _machine() -> str:
    # Two containers may share a host's name; their namespaces tell them apart.
    namespace = str((_PROC / "self" / "ns" / "pid").readlink()).strip("pid:[]")
    return f"{os.uname().nodename}/{namespace}"


def _started(pid: int) -> str | None:
    try:
        words = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if words[_STATE] in _ENDED else words[_STARTED]
