"""The Celery app: every setting with its reason.

Start a worker with ``celery -A tasks.celery_app worker -P threads`` and exactly any number of
beats: promises are leased, so a second beat does no harm.
"""

import os

import structlog
from celery import Celery
from celery.signals import (
    setup_logging,
    task_postrun,
    task_prerun,
    worker_process_init,
    worker_ready,
)
from kombu import Exchange, Queue

from config.logs import configure_logging
from config.settings import Settings, parse_settings
from lti_tool.bootstrap import Workshop, build_workshop
from lti_tool.bootstrap.broker import broker_settings
from lti_tool.db import after_fork
from tasks import schedule
from tasks.crash import arm
from tasks.keepers import Relay
from tasks.queues import DEFAULT, QUEUES
from tasks.registry import KEEPERS

settings: Settings = parse_settings(os.environ)
workshop: Workshop = build_workshop(settings)
relay = Relay(
    database=workshop.database, clock=workshop.clock, ports=workshop.ports, keepers=KEEPERS
)


app = Celery("career_mentoring")
app.conf.update(
    **broker_settings(settings),
    task_acks_late=True,  # with Redis, a killed worker's wake-up call comes again
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,  # our structured logs stay as they are
    worker_send_task_events=False,
    task_soft_time_limit=240,
    task_time_limit=300,
    timezone="UTC",
    beat_schedule=schedule.BEAT,
    task_default_queue=DEFAULT,
    # Without -Q a worker serves them all. Each has an exchange of its own: with a shared one,
    # every wake-up call would come to every queue.
    task_queues=[Queue(name, Exchange(name), routing_key=name) for name in (DEFAULT, *QUEUES)],
)


@setup_logging.connect
def _set_up_logging(**_: object) -> None:
    configure_logging(settings.log_format)


@worker_process_init.connect
def _after_fork(**_: object) -> None:
    after_fork(workshop.database.engine)


@worker_ready.connect
def _take_over(**_: object) -> None:
    # Whoever held these is dead: nobody has to wait until the leases run out.
    relay.recover()


@task_prerun.connect
def _begin_log(task_id: str, **_: object) -> None:
    structlog.contextvars.bind_contextvars(task_id=task_id)


@task_postrun.connect
def _end_log(**_: object) -> None:
    structlog.contextvars.clear_contextvars()


if settings.crash_at is not None and settings.crash_folder is not None:
    arm(settings.crash_at, settings.crash_folder)


@app.task(name="tasks.drain")
def drain(*, queue: str, **_: object) -> None:
    """Keep the promises that are due in a queue."""
    relay.drain(queue)


@app.task(name="tasks.sweep")
def sweep(**_: object) -> None:
    """Keep what lost its wake-up call, in every queue."""
    relay.recover()  # a pool's child may have died while its parent, and so we, went on
    for queue in QUEUES:
        relay.drain(queue)


@app.task(name="tasks.tick")
def tick(*, name: str, **_: object) -> None:
    """Look for what has become due by the clock."""
    schedule.run(name, database=workshop.database, now=workshop.clock.now())
