"""Keeping the promises of feedback: one request to Google Forms or Drive each."""

from typing import Any, Protocol

from lti_tool.domain.feedback import TITLE
from lti_tool.ports.google import FormResponse, Forms, RemoteForm
from lti_tool.services import feedback_forms as service
from lti_tool.services import feedback_responses as answers
from lti_tool.services.feedback_forms import FormWork
from tasks.keepers import Keeper


class FeedbackPorts(Protocol):
    """The part of the workshop's ports that feedback needs."""

    @property
    def forms(self) -> Forms:
        """Return Google Forms."""
        ...


def _create(ports: FeedbackPorts, work: FormWork) -> RemoteForm:
    return ports.forms.create(work.owner, TITLE)


def _fill(ports: FeedbackPorts, work: FormWork) -> None:
    ports.forms.fill(work.owner, work.remote_form_id, service.content(work.audience))


def _read(ports: FeedbackPorts, work: FormWork) -> RemoteForm:
    return ports.forms.read(work.owner, work.remote_form_id)


def _publish(ports: FeedbackPorts, work: FormWork) -> None:
    ports.forms.publish(work.owner, work.remote_form_id)


def _share(ports: FeedbackPorts, work: FormWork) -> None:
    ports.forms.share(work.owner, work.remote_form_id)


def _collect(ports: FeedbackPorts, work: FormWork) -> tuple[FormResponse, ...]:
    return ports.forms.responses(work.owner, work.remote_form_id, since=work.since)


KEEPERS: tuple[Keeper[FeedbackPorts, FormWork, Any], ...] = (
    Keeper(
        topic=service.CREATE,
        prepare=service.create_to_do,
        perform=_create,
        record=service.create_done,
    ),
    Keeper(
        topic=service.FILL,
        prepare=service.fill_to_do,
        perform=_fill,
        record=service.fill_done,
    ),
    Keeper(
        topic=service.CHECK,
        prepare=service.check_to_do,
        perform=_read,
        record=service.check_done,
    ),
    Keeper(
        topic=service.PUBLISH,
        prepare=service.publish_to_do,
        perform=_publish,
        record=service.publish_done,
    ),
    Keeper(
        topic=service.SHARE,
        prepare=service.share_to_do,
        perform=_share,
        record=service.share_done,
    ),
    Keeper(
        topic=answers.COLLECT,
        prepare=answers.collect_to_do,
        perform=_collect,
        record=answers.collect_done,
    ),
)
