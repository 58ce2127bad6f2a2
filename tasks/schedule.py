"""What becomes due by the clock. Every entry expires before the next one: ticks never pile up."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from config.clock import real_now
from lti_tool.db import Database
from lti_tool.queries import organizations
from lti_tool.services import audit, feedback_responses, lapses, registration, watch

SWEEP_SECONDS = 2.0
CHAIN_SECONDS = 60.0
FORGET_SECONDS = 3600.0
WATCH_SECONDS = 20.0
REASSESS_SECONDS = 300.0
REREAD_SECONDS = 3600.0
FEEDBACK_SECONDS = 30.0


def _chain(session: Session, organization_id: UUID, now: datetime) -> None:
    audit.chain(session, session.info["keyring"], organization_id=organization_id, now=now)


def _forget_states(session: Session, _organization_id: UUID, _now: datetime) -> None:
    # Login states belong to no organization and live in real time, like the tokens they answer.
    registration.forget_states(session, before=real_now())


TICKS: dict[str, Callable[[Session, UUID, datetime], None]] = {
    "chain-audit": _chain,
    "forget-states": _forget_states,
    "watch-meetings": watch.look_at_meetings,
    "reassess-meetings": lapses.reassess_everything,
    "reread-rooms": watch.reread_rooms,
    "collect-feedback": feedback_responses.look_for_responses,
}
"""One transaction per organization and tick."""


def _tick(name: str, seconds: float) -> dict[str, Any]:
    return {
        "task": "tasks.tick",
        "schedule": seconds,
        "kwargs": {"name": name},
        "options": {"expires": seconds},
    }


BEAT = {
    "sweep": {
        "task": "tasks.sweep",
        "schedule": SWEEP_SECONDS,
        "options": {"expires": SWEEP_SECONDS},
    },
    "chain-audit": _tick("chain-audit", CHAIN_SECONDS),
    "forget-states": _tick("forget-states", FORGET_SECONDS),
    "watch-meetings": _tick("watch-meetings", WATCH_SECONDS),
    "reassess-meetings": _tick("reassess-meetings", REASSESS_SECONDS),
    "reread-rooms": _tick("reread-rooms", REREAD_SECONDS),
    "collect-feedback": _tick("collect-feedback", FEEDBACK_SECONDS),
}


def run(name: str, *, database: Database, now: datetime) -> None:
    """Run one tick for every organization, each in its own transaction."""
    with database.reading() as session:
        organization_ids = organizations.all_ids(session)
    for organization_id in organization_ids:
        with database.transaction() as session:
            TICKS[name](session, organization_id, now)
