"""What waits to be read and graded, and whether a grade has reached the LMS."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from lti_tool.domain.activities import ActivityKind
from lti_tool.domain.submissions import SubmissionStatus
from lti_tool.models.course import ActivityRecord, ResourceLinkRecord, SubmissionRecord
from lti_tool.models.outbox import PromiseRecord
from lti_tool.models.pairings import ObjectiveRecord
from lti_tool.models.people import PersonRecord
from lti_tool.models.sealed import unseal
from lti_tool.queries import people, submissions
from lti_tool.queries.errors import NotFoundError
from lti_tool.queries.submissions import Text

SCORE_TOPIC = "grading.score"
OWN_GOAL = "own-goal"
"""Stands for an objective's id in the check-in of a student without objectives."""

Wanted = TypeVar("Wanted", bound=Select[*tuple[Any, ...]])


class DeliveryState(StrEnum):
    """How far a grade has come on its way to the LMS."""

    none = "none"
    """Not graded with points, or only a test student's: nothing is sent."""
    no_column = "no-column"
    on_its_way = "on-its-way"
    delivered = "delivered"
    stuck = "stuck"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How far a grade has come, since when, and what would help."""

    state: DeliveryState
    at: datetime | None = None
    remedy: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingLine:
    """Work that waits for the teacher."""

    submission_id: UUID
    activity_id: UUID
    activity_title: str
    kind: ActivityKind
    points_max: int | None
    student: str
    submitted_at: datetime | None
    was_graded: bool
    """Handed in again after a grade."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkToGrade:
    """One student's work with all that the teacher needs to grade it."""

    submission_id: UUID
    activity_id: UUID
    activity_title: str
    kind: ActivityKind
    instructions: str
    points_max: int | None
    student: str
    is_test: bool
    status: SubmissionStatus
    submitted_at: datetime | None
    text: Text | None
    progress: tuple[tuple[str, str], ...]
    """Pairs of objective and how far it has come, in words of the student."""
    points: float | None
    comment: str | None
    graded_at: datetime | None
    grade_version: int

    @property
    def is_gradable(self) -> bool:
        """Tell whether the teacher can grade it now."""
        return self.status in {SubmissionStatus.submitted, SubmissionStatus.graded}


def waiting(session: Session, organization_id: UUID, course_id: UUID) -> tuple[WaitingLine, ...]:
    """List what waits in the course, the oldest first; test students are left out."""
    rows = session.execute(
        _waiting(select(SubmissionRecord, ActivityRecord), organization_id, course_id).order_by(
            SubmissionRecord.submitted_at, SubmissionRecord.id
        )
    ).all()
    names = people.names(session, organization_id, [row.person_id for row, _ in rows])
    return tuple(
        WaitingLine(
            submission_id=row.id,
            activity_id=activity.id,
            activity_title=activity.title,
            kind=ActivityKind(activity.kind),
            points_max=activity.points,
            student=names[row.person_id],
            submitted_at=row.submitted_at,
            was_graded=row.graded_at is not None,
        )
        for row, activity in rows
    )


def waiting_count(session: Session, organization_id: UUID, course_id: UUID) -> int:
    """Count what waits to be read in the course; test students are left out."""
    return (
        session.scalar(
            _waiting(select(func.count()).select_from(SubmissionRecord), organization_id, course_id)
        )
        or 0
    )


def next_waiting(
    session: Session, organization_id: UUID, course_id: UUID, *, other_than: UUID
) -> UUID | None:
    """Return what to grade next: of the same activity if there is more of it, the oldest first."""
    row = session.get(SubmissionRecord, (organization_id, other_than))
    return session.scalars(
        _waiting(select(SubmissionRecord.id), organization_id, course_id)
        .where(SubmissionRecord.id != other_than)
        .order_by(
            SubmissionRecord.activity_id != (row.activity_id if row else None),
            SubmissionRecord.submitted_at,
            SubmissionRecord.id,
        )
        .limit(1)
    ).one_or_none()


def work_to_grade(
    session: Session, organization_id: UUID, course_id: UUID | None, submission_id: UUID
) -> WorkToGrade:
    """Return what a student of the course handed in; drafts stay the student's own.

    :raises NotFoundError: if nothing of that id was ever handed in in the course
    """
    row, activity, is_test = _found(session, organization_id, course_id, submission_id)
    if row.submitted_version is None:
        raise NotFoundError
    text = submissions.text(session, organization_id, row.id, row.submitted_version)
    return WorkToGrade(
        submission_id=row.id,
        activity_id=activity.id,
        activity_title=activity.title,
        kind=ActivityKind(activity.kind),
        instructions=activity.instructions,
        points_max=activity.points,
        student=people.names(session, organization_id, [row.person_id])[row.person_id],
        is_test=is_test,
        status=SubmissionStatus(row.status),
        submitted_at=row.submitted_at,
        text=text,
        progress=progress_in_words(session, organization_id, text.progress if text else {}),
        points=row.points,
        comment=unseal(session, row, "comment_sealed"),
        graded_at=row.graded_at,
        grade_version=row.grade_version,
    )


def delivery(
    session: Session, organization_id: UUID, course_id: UUID | None, submission_id: UUID
) -> Delivery:
    """Tell how far the grade has come on its way to the LMS.

    :raises NotFoundError: if the course has no such submission
    """
    row, activity, is_test = _found(session, organization_id, course_id, submission_id)
    if row.grade_version == 0 or row.points is None or activity.points is None or is_test:
        return Delivery(state=DeliveryState.none)
    if row.posted_grade_version >= row.grade_version:
        return Delivery(state=DeliveryState.delivered, at=row.posted_at)
    if line_item(session, row) is None:
        return Delivery(state=DeliveryState.no_column)
    promise = session.scalars(
        select(PromiseRecord).where(
            PromiseRecord.organization_id == organization_id,
            PromiseRecord.topic == SCORE_TOPIC,
            PromiseRecord.key == str(submission_id),
        )
    ).one_or_none()
    if promise is None or not promise.is_open:
        return Delivery(
            state=DeliveryState.stuck,
            at=promise.dead_at if promise else None,
            remedy=promise.error_remedy if promise else None,
        )
    return Delivery(state=DeliveryState.on_its_way, at=row.graded_at, remedy=promise.error_remedy)


def line_item(session: Session, row: SubmissionRecord) -> tuple[UUID, str] | None:
    """Return deployment and address of the gradebook column for a submission.

    It is that of the student's own link. Somebody who came another way gets the activity's only
    column; where every section has one of its own, nobody can say which, and none is used.
    """
    links = session.scalars(
        select(ResourceLinkRecord).where(
            ResourceLinkRecord.organization_id == row.organization_id,
            ResourceLinkRecord.activity_id == row.activity_id,
            ResourceLinkRecord.line_item_url.is_not(None),
        )
    ).all()
    own = [link for link in links if link.id == row.resource_link_id]
    columns = {
        (link.deployment_id, link.line_item_url) for link in own or links if link.line_item_url
    }
    return columns.pop() if len(columns) == 1 else None


def _waiting(wanted: Wanted, organization_id: UUID, course_id: UUID) -> Wanted:
    return _of_organization(wanted, organization_id).where(
        ActivityRecord.course_id == course_id,
        SubmissionRecord.status == SubmissionStatus.submitted,
        PersonRecord.is_test.is_(False),
    )


def _of_organization(wanted: Wanted, organization_id: UUID) -> Wanted:
    """Tie submission, activity and person together within the organization."""
    return wanted.where(
        SubmissionRecord.organization_id == organization_id,
        ActivityRecord.organization_id == organization_id,
        ActivityRecord.id == SubmissionRecord.activity_id,
        PersonRecord.organization_id == organization_id,
        PersonRecord.id == SubmissionRecord.person_id,
    )


def _found(
    session: Session, organization_id: UUID, course_id: UUID | None, submission_id: UUID
) -> tuple[SubmissionRecord, ActivityRecord, bool]:
    found = session.execute(
        _of_organization(
            select(SubmissionRecord, ActivityRecord, PersonRecord.is_test), organization_id
        ).where(ActivityRecord.course_id == course_id, SubmissionRecord.id == submission_id)
    ).one_or_none()
    if found is None:
        raise NotFoundError
    return found[0], found[1], found[2]


def progress_in_words(
    session: Session, organization_id: UUID, chosen: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    """Put the objectives' own words in place of their ids."""
    if not chosen:
        return ()
    rows = session.execute(
        select(ObjectiveRecord.id, ObjectiveRecord.text).where(
            ObjectiveRecord.organization_id == organization_id,
            ObjectiveRecord.id.in_([UUID(key) for key in chosen if key != OWN_GOAL]),
        )
    )
    texts = {str(objective_id): text for objective_id, text in rows}
    return tuple((texts.get(key, ""), value) for key, value in chosen.items())
