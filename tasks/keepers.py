"""How a promise is kept: prepare (transaction), one remote request, record (transaction).

A subject's keeper names three functions: what to ask for (from current truth), the one call of a
port, and what to store of the answer. `drain` does the rest for all of them: claim, fence, retry,
dead letter, and the named crash points at which tests kill the worker.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

import structlog
from sqlalchemy.orm import Session

from config.clock import Clock
from config.process import is_gone, process_name
from lti_tool.db import Database
from lti_tool.ports.errors import GatewayError, StumbledError
from lti_tool.services import outbox
from lti_tool.services.outbox import Claim, LeaseLostError, Topic
from tasks.crash import crash_point

log = structlog.get_logger(__name__)

Ports = TypeVar("Ports")
Work = TypeVar("Work")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeper(Generic[Ports, Work, Answer]):
    """The three steps that keep the promises of one topic."""

    topic: Topic
    prepare: Callable[[Session, Claim, datetime], Work | None]
    """Read current truth; nothing means that there is nothing left to do."""
    perform: Callable[[Ports, Work], Answer]
    """Make exactly one remote request; no transaction is open."""
    record: Callable[[Session, Claim, Work, Answer, datetime], None]
    """Store the answer, and promise what follows from it."""


Keepers = Mapping[str, Keeper[Any, Any, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """Keeps the promises of a queue until none is due."""

    database: Database
    clock: Clock
    ports: Any
    keepers: Keepers
    owner: Callable[[], str] = process_name
    """Says who holds the leases; two relays in one process have two names in tests."""

    def recover(self) -> int:
        """Free what processes of this machine held when they died; return how many it were."""
        with self.database.reading() as session:
            gone = frozenset(filter(is_gone, outbox.holders(session)))
        if not gone:
            return 0
        with self.database.transaction() as session:
            freed = outbox.release(session, gone, now=self.clock.now())
        log.warning("leases of dead processes freed", processes=len(gone), promises=freed)
        return freed

    def drain(self, queue: str) -> int:
        """Keep every promise that is due in `queue`; return how many were tried."""
        tried = 0
        while self._keep_one(queue):
            tried += 1
        return tried

    def _keep_one(self, queue: str) -> bool:
        owner = self.owner()
        with self.database.transaction() as session:
            claim = outbox.claim(session, queue=queue, owner=owner, now=self.clock.now())
        if claim is None:
            return False
        structlog.contextvars.bind_contextvars(topic=claim.topic, promise_id=str(claim.promise_id))
        try:
            self._keep(claim)
        except LeaseLostError:
            log.warning("lease lost")
        except Exception:
            # Left alone, it would come up again for ever, and stop the queue each time.
            log.exception("promise stumbled")
            self._stumble(claim)
        finally:
            structlog.contextvars.unbind_contextvars("topic", "promise_id")
        return True

    def _keep(self, claim: Claim) -> None:
        keeper = self.keepers[claim.topic]
        crash_point(f"{claim.topic}:claimed")
        with self.database.transaction() as session:
            work = keeper.prepare(session, claim, self.clock.now())
            if work is None:
                outbox.keep(session, claim, now=self.clock.now())
                return
        try:
            answer = keeper.perform(self.ports, work)
        except GatewayError as error:
            self._fail(claim, error)
            return
        crash_point(f"{claim.topic}:performed")
        with self.database.transaction() as session:
            if not outbox.still_holds(session, claim):
                raise LeaseLostError(claim.topic)
            keeper.record(session, claim, work, answer, self.clock.now())
            outbox.keep(session, claim, now=self.clock.now())
        crash_point(f"{claim.topic}:recorded")
        log.info("promise kept", attempts=claim.attempts)

    def _stumble(self, claim: Claim) -> None:
        try:
            self._fail(claim, StumbledError("The log of the worker says why; tell who runs it."))
        except LeaseLostError:
            log.warning("lease lost")

    def _fail(self, claim: Claim, error: GatewayError) -> None:
        log.warning("promise not kept", code=error.code, attempts=claim.attempts)
        with self.database.transaction() as session:
            outbox.fail(session, claim, error, now=self.clock.now())
