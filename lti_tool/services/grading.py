"""Grading: what the teacher says of the work, and the promise that the LMS learns of it.

Every grade is a version. The score that is sent carries a time that grows with the version, so
that the LMS keeps the newest even if two posts overtake each other.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.domain import submissions as rules
from lti_tool.domain.ids import ActivityId, PersonId, SubmissionId
from lti_tool.domain.submissions import Submission, SubmissionStatus
from lti_tool.models.course import ActivityRecord, SubmissionRecord
from lti_tool.models.people import PersonRecord
from lti_tool.models.sealed import seal, unseal
from lti_tool.ports.lms import Platform, Score
from lti_tool.queries import grading
from lti_tool.queries.errors import ChangedMeanwhileError, NotFoundError
from lti_tool.queries.registration import registration_of_deployment
from lti_tool.services import audit, outbox, people
from lti_tool.services.outbox import Topic
from lti_tool.services.people import IdentityKind

SCORE = Topic(name=grading.SCORE_TOPIC, queue="lms")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The course in which the teacher grades, and who it is."""

    organization_id: UUID
    course_id: UUID
    teacher_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """What the teacher decided, and the state of the work and the grade that the page showed."""

    points: float | None
    comment: str
    work_version: int
    grade_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreToPost:
    """One score for one column, and which version of the grade it is."""

    platform: Platform
    line_item_url: str
    score: Score
    grade_version: int


def grade(
    session: Session, given: Grade, *, place: Place, submission_id: UUID, now: datetime
) -> None:
    """Grade the work, or mark it as read where there are no points; sent twice, it counts once.

    :raises NotFoundError: if the course has no such submission
    :raises ChangedMeanwhileError: if there is a newer text or grade than the page showed
    :raises SubmissionStepError: if it was not handed in or the points do not fit
    """
    row, activity = _locked(session, place, submission_id)
    if _is_given(session, row, given):
        return
    _refuse_stale(row, given)
    after = rules.grade(_value(row), points=given.points, maximum=activity.points)
    row.points = after.points
    _decide(session, row, after, given, place, now)
    if activity.points is not None and after.points is not None:
        send_score(session, place=place, submission_id=row.id, now=now)


def hand_back(
    session: Session, given: Grade, *, place: Place, submission_id: UUID, now: datetime
) -> None:
    """Return the work with a comment for another version; a grade given before stays.

    :raises NotFoundError: if the course has no such submission
    :raises ChangedMeanwhileError: if there is a newer text or grade than the page showed
    :raises SubmissionStepError: if it is not with the teacher
    """
    row, _ = _locked(session, place, submission_id)
    if row.status == SubmissionStatus.returned and _comment(session, row) == given.comment.strip():
        return
    _refuse_stale(row, given)
    row.status = rules.hand_back(_value(row)).status
    _say(session, row, given.comment)
    audit.write(
        session,
        organization_id=row.organization_id,
        actor_id=place.teacher_id,
        action="submission-returned",
        subject_kind="submission",
        subject_id=row.id,
        now=now,
    )


def send_score(session: Session, *, place: Place, submission_id: UUID, now: datetime) -> None:
    """Promise that the LMS learns the present grade; asked for again when it got stuck.

    A test student's work is tried out only: nothing of it leaves the tool.
    :raises NotFoundError: if the course has no such submission
    """
    row, _ = _locked(session, place, submission_id)
    if session.get_one(PersonRecord, (row.organization_id, row.person_id)).is_test:
        return
    outbox.promise(session, SCORE, organization_id=row.organization_id, key=row.id, now=now)


def score_to_post(
    session: Session, *, organization_id: UUID, submission_id: UUID
) -> ScoreToPost | None:
    """Return the present grade as the LMS takes it; nothing when there is nothing to tell."""
    row = session.get(SubmissionRecord, (organization_id, submission_id))
    if row is None or row.points is None or row.graded_at is None:
        return None
    if row.posted_grade_version >= row.grade_version:
        return None
    activity = session.get_one(ActivityRecord, (organization_id, row.activity_id))
    column = grading.line_item(session, row)
    if activity.points is None or column is None:
        return None  # kept by us; the page says that the LMS has no column
    deployment_id, url = column
    found = registration_of_deployment(session, deployment_id)
    if found is None:
        return None
    registration, _ = found
    subject = people.subject(
        session, organization_id, row.person_id, IdentityKind.lti, str(registration.id)
    )
    if subject is None:
        return None
    return ScoreToPost(
        platform=registration.platform,
        line_item_url=url,
        score=Score(
            subject=subject,
            given=row.points,
            maximum=activity.points,
            comment=_comment(session, row) or None,
            at=row.graded_at + timedelta(microseconds=row.grade_version),
        ),
        grade_version=row.grade_version,
    )


def score_posted(
    session: Session,
    work: ScoreToPost,
    *,
    organization_id: UUID,
    submission_id: UUID,
    now: datetime,
) -> None:
    """Note which version of the grade the LMS holds now."""
    row = session.get_one(SubmissionRecord, (organization_id, submission_id), with_for_update=True)
    if work.grade_version > row.posted_grade_version:
        row.posted_grade_version, row.posted_at = work.grade_version, now


def _locked(
    session: Session, place: Place, submission_id: UUID
) -> tuple[SubmissionRecord, ActivityRecord]:
    row = session.get(
        SubmissionRecord,
        (place.organization_id, submission_id),
        with_for_update=True,
        populate_existing=True,
    )
    if row is None:
        raise NotFoundError
    activity = session.get_one(ActivityRecord, (place.organization_id, row.activity_id))
    if activity.course_id != place.course_id or row.submitted_version is None:
        raise NotFoundError
    return row, activity


def _is_given(session: Session, row: SubmissionRecord, given: Grade) -> bool:
    """Tell whether this very decision is the one on record: the form was sent twice."""
    return (
        row.status == SubmissionStatus.graded
        and row.submitted_version == given.work_version
        and row.points == given.points
        and _comment(session, row) == given.comment.strip()
    )


def _refuse_stale(row: SubmissionRecord, given: Grade) -> None:
    if (row.submitted_version, row.grade_version) != (given.work_version, given.grade_version):
        raise ChangedMeanwhileError


def _decide(
    session: Session,
    row: SubmissionRecord,
    after: Submission,
    given: Grade,
    place: Place,
    now: datetime,
) -> None:
    row.status = after.status
    row.graded_by = place.teacher_id
    # Never earlier than the grade before, even if a clock was set back: the LMS keeps the latest.
    row.graded_at = max(now, row.graded_at or now)
    row.grade_version += 1
    _say(session, row, given.comment)
    audit.write(
        session,
        organization_id=row.organization_id,
        actor_id=place.teacher_id,
        action="submission-graded",
        subject_kind="submission",
        subject_id=row.id,
        now=now,
        payload={"version": str(row.grade_version), "points": str(after.points)},
    )


def _say(session: Session, row: SubmissionRecord, comment: str) -> None:
    text = comment.strip()
    row.comment_sealed = (
        seal(
            session,
            SubmissionRecord.__tablename__,
            row.organization_id,
            row.id,
            "comment_sealed",
            text,
        )
        if text
        else None
    )


def _comment(session: Session, row: SubmissionRecord) -> str:
    return unseal(session, row, "comment_sealed") or ""


def _value(row: SubmissionRecord) -> Submission:
    return Submission(
        id=SubmissionId(row.id),
        activity_id=ActivityId(row.activity_id),
        person_id=PersonId(row.person_id),
        status=SubmissionStatus(row.status),
        version=row.version,
        submitted_at=row.submitted_at,
        points=row.points,
    )
