"""Activities of a course: for the student who does them and the teacher who reads them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ScalarSelect, and_, func, select
from sqlalchemy.orm import Session

from lti_tool.domain.activities import ActivityKind
from lti_tool.domain.submissions import SubmissionStatus
from lti_tool.models.course import ActivityRecord, ResourceLinkRecord, SubmissionRecord
from lti_tool.models.people import PersonRecord
from lti_tool.queries.errors import NotFoundError


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """What a teacher placed, or may place, in the course."""

    id: UUID
    course_id: UUID
    kind: ActivityKind
    title: str
    instructions: str
    points: int | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityForStudent:
    """An activity and how far this student has come with it."""

    id: UUID
    kind: ActivityKind
    title: str
    points: int | None
    status: SubmissionStatus | None
    """Nothing before the student began."""
    points_given: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityForTeacher:
    """An activity with what has come in."""

    activity: Activity
    links: int
    """From how many places of the course it was opened so far."""
    submitted: int
    graded: int


def activity(
    session: Session, organization_id: UUID, course_id: UUID | None, activity_id: UUID
) -> Activity:
    """Return one activity of the course.

    :raises NotFoundError: if the course has no such activity
    """
    row = session.get(ActivityRecord, (organization_id, activity_id))
    if row is None or row.course_id != course_id:
        raise NotFoundError
    return _activity(row)


def for_student(
    session: Session, organization_id: UUID, course_id: UUID, person_id: UUID
) -> tuple[ActivityForStudent, ...]:
    """List the activities of the course with the student's own state."""
    rows = session.execute(
        select(ActivityRecord, SubmissionRecord.status, SubmissionRecord.points)
        .outerjoin(
            SubmissionRecord,
            and_(
                SubmissionRecord.organization_id == ActivityRecord.organization_id,
                SubmissionRecord.activity_id == ActivityRecord.id,
                SubmissionRecord.person_id == person_id,
            ),
        )
        .where(
            ActivityRecord.organization_id == organization_id,
            ActivityRecord.course_id == course_id,
        )
        .order_by(ActivityRecord.created_at, ActivityRecord.id)
    )
    return tuple(
        ActivityForStudent(
            id=row.id,
            kind=ActivityKind(row.kind),
            title=row.title,
            points=row.points,
            status=SubmissionStatus(status) if status else None,
            points_given=given,
        )
        for row, status, given in rows
    )


def for_teacher(
    session: Session, organization_id: UUID, course_id: UUID
) -> tuple[ActivityForTeacher, ...]:
    """List the course's activities with counts; test students are left out of them."""
    rows = session.execute(
        select(
            ActivityRecord,
            _links().label("links"),
            _count(SubmissionStatus.submitted).label("submitted"),
            _count(SubmissionStatus.graded).label("graded"),
        )
        .where(
            ActivityRecord.organization_id == organization_id,
            ActivityRecord.course_id == course_id,
        )
        .order_by(ActivityRecord.created_at, ActivityRecord.id)
    )
    return tuple(
        ActivityForTeacher(
            activity=_activity(row.ActivityRecord),
            links=row.links,
            submitted=row.submitted,
            graded=row.graded,
        )
        for row in rows
    )


def _links() -> ScalarSelect[int]:
    return (
        select(func.count())
        .select_from(ResourceLinkRecord)
        .where(
            ResourceLinkRecord.organization_id == ActivityRecord.organization_id,
            ResourceLinkRecord.activity_id == ActivityRecord.id,
        )
        .scalar_subquery()
    )


def _count(status: SubmissionStatus) -> ScalarSelect[int]:
    return (
        select(func.count())
        .select_from(SubmissionRecord)
        .join(
            PersonRecord,
            and_(
                PersonRecord.organization_id == SubmissionRecord.organization_id,
                PersonRecord.id == SubmissionRecord.person_id,
            ),
        )
        .where(
            SubmissionRecord.organization_id == ActivityRecord.organization_id,
            SubmissionRecord.activity_id == ActivityRecord.id,
            SubmissionRecord.status == status,
            PersonRecord.is_test.is_(False),
        )
        .scalar_subquery()
    )


def _activity(row: ActivityRecord) -> Activity:
    return Activity(
        id=row.id,
        course_id=row.course_id,
        kind=ActivityKind(row.kind),
        title=row.title,
        instructions=row.instructions,
        points=row.points,
        created_at=row.created_at,
    )
