"""Submissions go from draft to grade and back; points fit their activity."""

from dataclasses import replace
from datetime import timedelta

import pytest

from lti_tool.domain.activities import ActivityCode, points_obstacles
from lti_tool.domain.ids import ActivityId, SubmissionId
from lti_tool.domain.submissions import (
    Submission,
    SubmissionCode,
    SubmissionStatus,
    SubmissionStepError,
    grade,
    grade_obstacles,
    hand_back,
    hand_in_again,
    submit,
)
from tests.strategies.examples import MENTEES, START, person

DRAFT = Submission(
    id=SubmissionId(person(1)),
    activity_id=ActivityId(person(2)),
    person_id=MENTEES[0],
    status=SubmissionStatus.draft,
    version=0,
    submitted_at=None,
    points=None,
)
WITH_TEACHER = submit(DRAFT, now=START)


class TestSubmission:
    def test_is_handed_in_as_its_next_version(self) -> None:
        assert replace(DRAFT, status=SubmissionStatus.submitted, version=1, submitted_at=START) == (
            WITH_TEACHER
        )

    def test_is_handed_in_once(self) -> None:
        with pytest.raises(SubmissionStepError, match=SubmissionCode.already_submitted):
            submit(WITH_TEACHER, now=START)

    def test_that_waits_may_be_replaced_by_its_next_version(self) -> None:
        later = START + timedelta(hours=1)
        again = hand_in_again(WITH_TEACHER, now=later)
        assert again == replace(WITH_TEACHER, version=2, submitted_at=later)

    @pytest.mark.parametrize(
        "status", [s for s in SubmissionStatus if s is not SubmissionStatus.submitted]
    )
    def test_that_does_not_wait_may_not_be_replaced(self, status: SubmissionStatus) -> None:
        with pytest.raises(SubmissionStepError, match=SubmissionCode.not_submitted):
            hand_in_again(replace(WITH_TEACHER, status=status), now=START)

    def test_is_graded_and_graded_again(self) -> None:
        graded = grade(WITH_TEACHER, points=7.5, maximum=10)
        assert (graded.status, graded.points) == (SubmissionStatus.graded, 7.5)
        assert grade(graded, points=8, maximum=10).points == 8

    @pytest.mark.parametrize("status", [SubmissionStatus.draft, SubmissionStatus.returned])
    def test_is_neither_graded_nor_handed_back_unless_submitted(
        self, status: SubmissionStatus
    ) -> None:
        elsewhere = replace(DRAFT, status=status)
        with pytest.raises(SubmissionStepError) as refused:
            grade(elsewhere, points=11, maximum=10)
        assert [obstacle.code for obstacle in refused.value.obstacles] == [
            SubmissionCode.points_above_maximum,
            SubmissionCode.not_submitted,
        ]
        with pytest.raises(SubmissionStepError, match=SubmissionCode.not_submitted):
            hand_back(elsewhere)

    def test_handed_back_keeps_its_grade_and_can_be_submitted_again(self) -> None:
        graded = grade(WITH_TEACHER, points=5, maximum=10)
        for back in (hand_back(WITH_TEACHER), hand_back(graded)):
            assert back.status is SubmissionStatus.returned
            assert submit(back, now=START).version == 2
        assert submit(graded, now=START).points == 5


class TestPoints:
    @pytest.mark.parametrize(
        ("points", "maximum", "codes"),
        [
            (None, None, []),
            (None, 10, []),
            (0, 10, []),
            (10, 10, []),
            (0.5, 10, []),
            (-0.1, 10, [SubmissionCode.points_below_zero]),
            (float("nan"), 10, [SubmissionCode.points_below_zero]),
            (10.1, 10, [SubmissionCode.points_above_maximum]),
            (float("inf"), 10, [SubmissionCode.points_above_maximum]),
            (0, None, [SubmissionCode.not_graded_with_points]),
        ],
    )
    def test_fit_the_activity(
        self, points: float | None, maximum: int | None, codes: list[str]
    ) -> None:
        found = grade_obstacles(points, maximum)
        assert [obstacle.code for obstacle in found] == codes
        assert all(obstacle.remedy for obstacle in found)

    @pytest.mark.parametrize(
        ("points", "is_refused"),
        [(None, False), (0, True), (1, False), (1000, False), (1001, True), (-1, True)],
    )
    def test_of_an_activity_are_one_to_a_thousand_or_none(
        self, *, points: int | None, is_refused: bool
    ) -> None:
        codes = [obstacle.code for obstacle in points_obstacles(points)]
        assert codes == ([ActivityCode.points_out_of_range] if is_refused else [])
