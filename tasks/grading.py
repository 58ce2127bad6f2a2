"""Keeping the promise that a grade reaches the gradebook of the LMS."""

from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from lti_tool.ports.lms import Gradebook
from lti_tool.services import grading
from lti_tool.services.grading import SCORE, ScoreToPost
from lti_tool.services.outbox import Claim
from tasks.keepers import Keeper


class GradingPorts(Protocol):
    """The part of the workshop's ports that grading needs."""

    @property
    def gradebook(self) -> Gradebook:
        """Return the gradebook service."""
        ...


def _prepare(session: Session, claim: Claim, now: datetime) -> ScoreToPost | None:
    return grading.score_to_post(
        session, organization_id=claim.organization_id, submission_id=claim.key
    )


def _perform(ports: GradingPorts, work: ScoreToPost) -> None:
    ports.gradebook.post_score(work.platform, work.line_item_url, work.score)


def _record(
    session: Session, claim: Claim, work: ScoreToPost, _answer: None, now: datetime
) -> None:
    grading.score_posted(
        session, work, organization_id=claim.organization_id, submission_id=claim.key, now=now
    )


KEEPERS: tuple[Keeper[GradingPorts, ScoreToPost, None], ...] = (
    Keeper(topic=SCORE, prepare=_prepare, perform=_perform, record=_record),
)
