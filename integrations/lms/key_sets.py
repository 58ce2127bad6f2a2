"""Public keys of platforms: cached, stale rather than none, fetched again for an unknown key."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from integrations.lms.http import Answer, LmsHttp
from lti_tool.ports.errors import GatewayError, UnavailableError
from lti_tool.ports.lms import Platform

FRESH_SECONDS = 600.0
STALE_SECONDS = 24 * 3600.0
COOLDOWN_SECONDS = 10.0
"""Made-up key ids cannot make us hammer the platform."""
MOST_KEYS = 100
OK = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    key_set: dict[str, Any]
    fetched_at: float

    def has(self, kid: str | None) -> bool:
        return kid is None or any(key.get("kid") == kid for key in self.key_set["keys"])


class CachedKeySets:
    """Key sets by registration; one fetch at a time for each."""

    def __init__(self, http: LmsHttp, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._http = http
        self._clock = clock
        self._kept: dict[tuple[UUID, str], _Kept] = {}
        self._tried: dict[tuple[UUID, str], float] = {}
        self._failed: dict[tuple[UUID, str], tuple[float, GatewayError]] = {}
        self._locks: dict[tuple[UUID, str], threading.Lock] = {}
        self._guard = threading.Lock()

    def key_set(self, platform: Platform, *, kid: str | None) -> dict[str, Any]:
        """Return the platform's JWKS, fetched again when `kid` is not in the cached one.

        :raises GatewayError: if the platform's keys cannot be had
        """
        place = (platform.registration_id, platform.jwks_url)
        kept = self._kept.get(place)
        if kept is not None and self._is_enough(place, kept, kid):
            return kept.key_set
        asked_at = self._clock()
        with self._lock(place):
            kept = self._kept.get(place)
            if kept is not None and self._is_enough(place, kept, kid):
                return kept.key_set
            self._share_failure(place, asked_at)
            return self._fetch(place, kept)

    def _share_failure(self, place: tuple[UUID, str], asked_at: float) -> None:
        """Fail with whoever failed while we waited: a dead platform must not queue threads up.

        :raises GatewayError: what the other one met
        """
        failed_at, error = self._failed.get(place, (float("-inf"), None))
        if error is not None and failed_at > asked_at:
            raise error

    def _is_enough(self, place: tuple[UUID, str], kept: _Kept, kid: str | None) -> bool:
        now = self._clock()
        tried_lately = now - self._tried.get(place, float("-inf")) < COOLDOWN_SECONDS
        age = now - kept.fetched_at
        may_rest = tried_lately and age < STALE_SECONDS
        return may_rest or (age < FRESH_SECONDS and kept.has(kid))

    def _fetch(self, place: tuple[UUID, str], kept: _Kept | None) -> dict[str, Any]:
        started = self._clock()
        try:
            key_set = _parsed(self._http.get(place[1], headers={"Accept": "application/json"}))
        except GatewayError as error:
            self._tried[place] = started
            self._failed[place] = (self._clock(), error)
            if kept is not None and started - kept.fetched_at < STALE_SECONDS:
                return kept.key_set
            raise
        if kept is not None:
            # The first fetch starts no cool-down: a key that is new right after it is found.
            self._tried[place] = started
        self._kept[place] = _Kept(key_set=key_set, fetched_at=started)
        return key_set

    def _lock(self, place: tuple[UUID, str]) -> threading.Lock:
        with self._guard:
            return self._locks.setdefault(place, threading.Lock())


def _parsed(answer: Answer) -> dict[str, Any]:
    if answer.status != OK:
        raise UnavailableError("The key set address does not answer with keys; try later.")
    body = answer.json()
    keys = body.get("keys") if isinstance(body, dict) else None
    if not isinstance(keys, list) or not keys or len(keys) > MOST_KEYS:
        raise UnavailableError("The key set address does not answer with a key set.")
    if not all(isinstance(key, dict) for key in keys):
        raise UnavailableError("The key set address does not answer with a key set.")
    return {"keys": keys}
