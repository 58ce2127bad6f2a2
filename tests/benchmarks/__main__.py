"""``python -m tests.benchmarks``: print the table and write ``build/bench.json``."""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from lti_tool.cli.local import ROOT
from tests.benchmarks import launches, promises, starts, story
from tests.benchmarks.figures import Figure, table, write

MEASURES: dict[str, Callable[[Path], list[Figure]]] = {
    "launches": launches.measure,
    "starts": starts.measure,
    "promises": promises.measure,
    "story": story.measure,
}


def main() -> int:
    """Measure everything, or only what is named."""
    wanted = sys.argv[1:] or list(MEASURES)
    figures: list[Figure] = []
    for name in wanted:
        print(f"measuring {name} ...", flush=True)
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            figures += MEASURES[name](Path(folder))
    print(table(figures))
    file = ROOT / "build" / "bench.json"
    write(figures, file)
    print(f"written to {file.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
