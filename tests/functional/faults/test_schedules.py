"""A sample of the randomized schedules; ``make faults`` plays many more."""

import os
import random
import shutil
from pathlib import Path

import pytest

from tests.faults import schedules

SEED = os.environ.get("SEED")


@pytest.fixture
def seed() -> int:
    chosen = int(SEED) if SEED else random.SystemRandom().randrange(10**6)
    print(f"SEED={chosen} repeats this run")
    return chosen


@pytest.mark.parametrize("strict", [True, False], ids=["in-turns", "at-once"])
def test_the_remote_holds_the_newest_wish_whatever_happened_on_the_way(
    database_url: str, seed: int, *, strict: bool
) -> None:
    storm = schedules.run(database_url, seed, strict=strict)
    assert storm.seen["Effect"] >= schedules.KEYS


def test_a_seed_repeats_its_run(sqlite_url: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    shutil.copy(sqlite_url.removeprefix("sqlite:///"), copy)
    runs = [schedules.run(url, 20_261_123) for url in (sqlite_url, f"sqlite:///{copy}")]
    assert runs[0].trace == runs[1].trace
    assert runs[0].seen["PowerCutError"]
