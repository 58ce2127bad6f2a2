"""How to reach the broker: one description for the workers and for those who wake them."""

from collections.abc import Callable
from typing import Any

import structlog
from celery import Celery
from kombu.exceptions import OperationalError
from kombu.transport import TRANSPORT_ALIASES

from config.settings import Settings
from lti_tool.bootstrap import folder_broker

log = structlog.get_logger(__name__)

VISIBILITY_TIMEOUT_SECONDS = 300
"""Longer than any task, shorter than Redis' default hour of silence after a killed worker."""
DRAIN = "tasks.drain"


def broker_settings(settings: Settings) -> dict[str, Any]:
    """Return Celery's settings for the broker."""
    TRANSPORT_ALIASES["filesystem"] = folder_broker.NAME  # read when a connection is made
    return {
        "broker_url": settings.broker_url,
        "broker_transport_options": _transport_options(settings),
        "broker_connection_retry_on_startup": True,
        "task_publish_retry": False,  # a dead broker must not hold a page: the sweep finds all
        "task_serializer": "json",
        "accept_content": ["json"],
        "result_backend": None,
        "task_ignore_result": True,
    }


def waker(settings: Settings) -> Callable[[frozenset[str]], None]:
    """Return a function that tells the workers to look at these queues, if the broker is up."""
    celery = Celery("career_mentoring")
    celery.conf.update(broker_settings(settings))

    def wake(queues: frozenset[str]) -> None:
        for queue in queues:
            try:
                celery.send_task(DRAIN, kwargs={"queue": queue}, queue=queue)
            except (OperationalError, OSError):
                log.warning("broker unreachable; the sweep will find the promise", queue=queue)

    return wake


def _transport_options(settings: Settings) -> dict[str, Any]:
    if settings.broker_folder is None or not settings.broker_url.startswith("filesystem"):
        return {"visibility_timeout": VISIBILITY_TIMEOUT_SECONDS}
    queue, control = settings.broker_folder / "queue", settings.broker_folder / "control"
    for folder in (queue, control):
        folder.mkdir(parents=True, exist_ok=True)  # the worker dies without them
    return {
        "data_folder_in": str(queue),
        "data_folder_out": str(queue),  # both ends share one folder
        "control_folder": str(control),
        "store_processed": False,
        "polling_interval": 0.1,
    }
