"""Threads that take turns: a seeded hand says who goes on, so that a run can be repeated."""

import random
import threading
from collections.abc import Callable, Sequence


class Turns:
    """Lets one actor run at a time; it hands on where it says so, and where it ends."""

    def __init__(self, chance: random.Random, *, strict: bool = True) -> None:
        """Take turns by `chance`; without `strict` everybody runs at once, as in real life."""
        self._chance = chance
        self._strict = strict
        self._changed = threading.Condition()
        self._alive: list[int] = []
        self._turn = -1
        self._me = threading.local()
        self._faults: list[BaseException] = []

    def play(self, actors: Sequence[Callable[[], None]]) -> None:
        """Run all actors to their end.

        :raises BaseException: the first fault that an actor did not catch
        """
        self._alive = list(range(len(actors)))
        self._turn = self._chance.choice(self._alive)
        threads = [
            threading.Thread(target=self._act, args=(number, actor), daemon=True)
            for number, actor in enumerate(actors)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if self._faults:
            raise self._faults[0]

    def hand_on(self) -> None:
        """Let somebody else go on, or ourselves; no transaction may be open here."""
        number = getattr(self._me, "number", None)
        if number is None or not self._strict:
            return
        with self._changed:
            self._turn = self._chance.choice(self._alive)
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._turn == number)

    def _act(self, number: int, actor: Callable[[], None]) -> None:
        self._me.number = number
        with self._changed:
            self._changed.wait_for(lambda: self._turn == number or not self._strict)
        try:
            actor()
        except BaseException as fault:  # noqa: BLE001 - raised again by `play`
            self._faults.append(fault)
        with self._changed:
            self._alive.remove(number)
            if self._alive:
                self._turn = self._chance.choice(self._alive)
            self._changed.notify_all()
