"""``make faults``: kill the worker at every named point, and shuffle the schedules of relays."""

import argparse
import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory

from config.settings import Environment
from lti_tool.cli.local import Backing, local_settings
from tasks.crash import STEPS
from tasks.registry import KEEPERS
from tests.faults import kills, schedules
from tests.faults.kills import Killed
from tests.servers.postgres import Postgres, running_postgres
from tests.servers.stack import SetUp
from tests.servers.tool import run_command

SCHEDULES = 40
"""Randomized schedules for each kind of database."""


def main() -> int:
    """Play schedules, then kills, and say what came of each."""
    arguments = _arguments()
    set_ups = arguments.set_up or tuple(SetUp)
    held = [_shuffle(set_up, arguments) for set_up in set_ups]
    if arguments.seed is None and not arguments.schedules_only:
        held += [_kill(set_up, arguments.step or STEPS) for set_up in set_ups]
    return 0 if all(held) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--seed", type=int, help="repeat the schedule of this seed, and no more")
    parser.add_argument("--set-up", action="append", type=SetUp, choices=list(SetUp))
    parser.add_argument("--step", action="append", choices=STEPS)
    parser.add_argument("--schedules", type=int, default=SCHEDULES, help="how many to play")
    parser.add_argument("--schedules-only", action="store_true", help="kill nobody")
    return parser.parse_args()


# ---------------------------------------------------------------- schedules


def _shuffle(set_up: SetUp, arguments: argparse.Namespace) -> bool:
    first = random.SystemRandom().randrange(10**6) if arguments.seed is None else arguments.seed
    many = arguments.schedules if arguments.seed is None else 1
    began = time.monotonic()
    with _empty_databases(set_up) as fresh:
        for seed in range(first, first + many):
            # Every other schedule runs without turns: then threads race for real.
            strict = arguments.seed is not None or seed % 2 == 0
            try:
                storm = schedules.run(next(fresh), seed, strict=strict)
            except Exception as error:  # noqa: BLE001 - whatever it is, its seed must be known
                print(f"{set_up}: {error}\n  SEED={seed} repeats it", file=sys.stderr)
                return False
            if arguments.seed is not None:
                print("\n".join(storm.trace))
    took = time.monotonic() - began
    print(f"{set_up}: {many} schedules from SEED={first} held in {took:.0f} s.", flush=True)
    return True


@contextmanager
def _empty_databases(set_up: SetUp) -> Iterator[Iterator[str]]:
    server = running_postgres() if set_up is SetUp.district else nullcontext(None)
    with TemporaryDirectory(prefix="schedules-") as name, server as postgres:
        yield _fresh(Path(name), postgres)


def _fresh(folder: Path, postgres: Postgres | None) -> Iterator[str]:
    template = postgres.create("empty") if postgres else f"sqlite:///{folder / 'empty.db'}"
    settings = local_settings(
        folder,
        environment=Environment.test,
        tool_url="http://localhost:9100",
        google_url="http://127.0.0.1:9",
        backing=Backing(database_url=template),
    )
    run_command(settings, "migrate")
    number = 0
    while True:
        number += 1
        if postgres:
            yield postgres.create(f"schedule_{number}", template="empty")
            postgres.drop(f"schedule_{number}")
        else:
            file = folder / f"{number}.db"
            file.write_bytes((folder / "empty.db").read_bytes())
            yield f"sqlite:///{file}"


# ---------------------------------------------------------------- kills


def _kill(set_up: SetUp, steps: tuple[str, ...]) -> bool:
    runs = []
    for step in steps:
        print(f"{set_up}: the worker dies at each topic's step '{step}'", flush=True)
        run = kills.play(set_up, step)
        print(f"  {run.restarts} restarts, {run.seconds:.0f} s, {run.counts}", flush=True)
        for fault in run.faults:
            print(f"  - {fault}", file=sys.stderr)
        runs.append(run)
    _print_table(set_up, runs)
    return all(run.held for run in runs)


def _print_table(set_up: SetUp, runs: list[Killed]) -> None:
    print(f"\n{set_up:<24}" + "".join(f"{run.step:<12}" for run in runs))
    for topic in sorted(KEEPERS):
        if topic in kills.NEVER:
            print(f"{topic:<24}not in the story: {kills.NEVER[topic]}")
            continue
        cells = (_outcome(run, f"{topic}:{run.step}") for run in runs)
        print(f"{topic:<24}" + "".join(f"{cell:<12}" for cell in cells))
    print(flush=True)


def _outcome(run: Killed, point: str) -> str:
    if point not in run.fired:
        return "NOT REACHED"
    return "FELL SHORT" if run.faults else "held"


if __name__ == "__main__":
    raise SystemExit(main())
