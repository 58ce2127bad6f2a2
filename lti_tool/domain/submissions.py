"""Submissions: a student's work on an activity, from draft to grade and back.

Nothing typed is lost: work handed back or graded can be submitted again, as a new version.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from lti_tool.domain.errors import DomainError, Obstacle
from lti_tool.domain.ids import ActivityId, PersonId, SubmissionId


class SubmissionStatus(StrEnum):
    """Where a submission stands."""

    draft = "draft"
    submitted = "submitted"
    graded = "graded"
    returned = "returned"


class SubmissionCode(StrEnum):
    """Why a step with a submission is refused."""

    already_submitted = "already-submitted"
    not_submitted = "not-submitted"
    not_graded_with_points = "activity-has-no-points"
    points_below_zero = "points-below-zero"
    points_above_maximum = "points-above-the-maximum"


_REMEDIES = {
    SubmissionCode.already_submitted: "Wait for your teacher, or ask for it back.",
    SubmissionCode.not_submitted: "Wait until the student submits.",
    SubmissionCode.not_graded_with_points: "Leave the points empty.",
    SubmissionCode.points_below_zero: "Enter no fewer than 0 points.",
    SubmissionCode.points_above_maximum: "Enter no more than the maximum.",
}


class SubmissionStepError(DomainError):
    """The step does not follow from where the submission stands, or its points do not fit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One student's work on one activity; `version` counts how often it was submitted."""

    id: SubmissionId
    activity_id: ActivityId
    person_id: PersonId
    status: SubmissionStatus
    version: int
    submitted_at: datetime | None
    points: float | None


def submit(submission: Submission, *, now: datetime) -> Submission:
    """Hand the work in as its next version; an earlier grade stays until a new one is given.

    :raises SubmissionStepError: when it is already with the teacher.
    """
    if submission.status is SubmissionStatus.submitted:
        raise SubmissionStepError(_obstacle(SubmissionCode.already_submitted))
    return replace(
        submission,
        status=SubmissionStatus.submitted,
        version=submission.version + 1,
        submitted_at=now,
    )


def hand_in_again(submission: Submission, *, now: datetime) -> Submission:
    """Replace work that waits to be graded by its next version.

    :raises SubmissionStepError: when it does not wait to be graded.
    """
    if submission.status is not SubmissionStatus.submitted:
        raise SubmissionStepError(_obstacle(SubmissionCode.not_submitted))
    return replace(submission, version=submission.version + 1, submitted_at=now)


def grade_obstacles(points: float | None, maximum: int | None) -> tuple[Obstacle, ...]:
    """Say why these points cannot be given; no points are always possible."""
    if points is None:
        return ()
    if maximum is None:
        return (_obstacle(SubmissionCode.not_graded_with_points),)
    # Written so that a number that is not one (NaN) fails.
    if not points >= 0:
        return (_obstacle(SubmissionCode.points_below_zero),)
    return (_obstacle(SubmissionCode.points_above_maximum),) if points > maximum else ()


def grade(submission: Submission, *, points: float | None, maximum: int | None) -> Submission:
    """Give a grade, or change one given before.

    :raises SubmissionStepError: when nothing was submitted or the points do not fit.
    """
    obstacles = list(grade_obstacles(points, maximum))
    if submission.status not in {SubmissionStatus.submitted, SubmissionStatus.graded}:
        obstacles.append(_obstacle(SubmissionCode.not_submitted))
    if obstacles:
        raise SubmissionStepError(*obstacles)
    return replace(submission, status=SubmissionStatus.graded, points=points)


def hand_back(submission: Submission) -> Submission:
    """Return the work to the student for another version.

    :raises SubmissionStepError: when it is not with the teacher.
    """
    if submission.status not in {SubmissionStatus.submitted, SubmissionStatus.graded}:
        raise SubmissionStepError(_obstacle(SubmissionCode.not_submitted))
    return replace(submission, status=SubmissionStatus.returned)


def _obstacle(code: SubmissionCode) -> Obstacle:
    return Obstacle(code=code, remedy=_REMEDIES[code])
