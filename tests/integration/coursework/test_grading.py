from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from config.keyring import Keyring
from lti_tool.db import Database
from lti_tool.domain.submissions import SubmissionStepError
from lti_tool.models.course import SubmissionRecord
from lti_tool.models.outbox import PromiseRecord
from lti_tool.models.people import PersonRecord
from lti_tool.ports.errors import RefusedError
from lti_tool.queries import grading as queries
from lti_tool.queries.errors import ChangedMeanwhileError, NotFoundError
from lti_tool.queries.grading import DeliveryState
from lti_tool.services import grading, outbox
from lti_tool.services.grading import Grade, ScoreToPost
from lti_tool.services.submissions import Work
from tests.factories.coursework import Coursework
from tests.factories.world import make_world
from tests.integration.conftest import NOW

RACERS = 4
COLUMN = "https://canvas.example/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A piece of work that was handed in, and the teacher before it."""

    database: Database
    course: Coursework
    activity_id: UUID
    link_id: UUID
    submission_id: UUID

    @contextmanager
    def writing(self) -> Iterator[Session]:
        with self.database.transaction() as session:
            yield session

    def grade(self, points: float | None, **more: object) -> None:
        with self.database.transaction() as session:
            self.course.grade(session, self.submission_id, points, **more)  # type: ignore[arg-type]  # passed through

    def score(self) -> ScoreToPost | None:
        with self.database.transaction() as session:
            return grading.score_to_post(
                session,
                organization_id=self.course.world.organization_id,
                submission_id=self.submission_id,
            )

    def certain_score(self) -> ScoreToPost:
        found = self.score()
        assert found is not None
        return found

    def posted(self, work: ScoreToPost) -> None:
        with self.database.transaction() as session:
            grading.score_posted(
                session,
                work,
                organization_id=self.course.world.organization_id,
                submission_id=self.submission_id,
                now=NOW,
            )

    def delivery(self) -> DeliveryState:
        world = self.course.world
        with self.database.reading() as session:
            return queries.delivery(
                session, world.organization_id, world.course_id, self.submission_id
            ).state

    def promises(self) -> list[int]:
        with self.database.reading() as session:
            return list(
                session.scalars(
                    select(PromiseRecord.wanted_version).where(
                        PromiseRecord.topic == grading.SCORE.name
                    )
                )
            )


@pytest.fixture
def desk(database: Database, course: Coursework, activity_id: UUID) -> Desk:
    with database.transaction() as session:
        link_id = course.link(session, activity_id, column=COLUMN)
        submission_id = course.hand_in(
            session,
            activity_id,
            Work(version=0, text="done"),
            author=course.author(link_id=link_id),
        )
    return Desk(
        database=database,
        course=course,
        activity_id=activity_id,
        link_id=link_id,
        submission_id=submission_id,
    )


class TestGrading:
    def test_twice_at_once_is_one_grade_and_one_wish(self, desk: Desk) -> None:
        with ThreadPoolExecutor(RACERS) as pool:
            list(pool.map(lambda _number: desk.grade(8.0), range(RACERS)))
        assert desk.promises() == [1]
        assert desk.certain_score().grade_version == 1

    def test_by_two_teachers_at_once_tells_the_later_one(self, desk: Desk) -> None:
        def outcome(points: float) -> str:
            try:
                desk.grade(points)
            except ChangedMeanwhileError:
                return "told"
            return "graded"

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(outcome, (5.0, 9.0))) == ["graded", "told"]
        assert desk.promises() == [1]

    def test_of_a_text_that_changed_meanwhile_is_told(self, desk: Desk) -> None:
        with desk.writing() as session:
            desk.course.hand_in(session, desk.activity_id, Work(version=1, text="better"))
        with pytest.raises(ChangedMeanwhileError):
            desk.grade(8.0, work_version=1)
        desk.grade(8.0, work_version=2)

    @pytest.mark.parametrize("points", [-1.0, 10.5, float("nan")])
    def test_refuses_points_that_do_not_fit(self, desk: Desk, points: float) -> None:
        with pytest.raises(SubmissionStepError):
            desk.grade(points)
        assert desk.promises() == []

    def test_in_another_course_finds_nothing(self, desk: Desk, keyring: Keyring) -> None:
        with desk.writing() as session:
            elsewhere = make_world(session, keyring, now=NOW)
        world = replace(desk.course.world, course_id=elsewhere.course_id)
        foreign = replace(desk, course=replace(desk.course, world=world))
        with pytest.raises(NotFoundError):
            foreign.grade(1.0)

    def test_of_work_without_points_promises_nothing(self, desk: Desk) -> None:
        with desk.writing() as session:
            ungraded = desk.course.activity(session, points=None)
            submission_id = desk.course.hand_in(session, ungraded, Work(version=0, text="done"))
            desk.course.grade(session, submission_id, None, comment="Thank you.")
        assert desk.promises() == []

    def test_of_a_test_student_stays_here(self, desk: Desk) -> None:
        with desk.writing() as session:
            session.execute(
                update(PersonRecord)
                .where(PersonRecord.id == desk.course.world.student_id)
                .values(is_test=True)
            )
        desk.grade(8.0)
        assert desk.promises() == []
        assert desk.delivery() is DeliveryState.none

    def test_returned_work_can_be_handed_in_again_and_keeps_its_grade(self, desk: Desk) -> None:
        desk.grade(6.0)
        with desk.writing() as session:
            grading.hand_back(
                session,
                Grade(points=None, comment="Say more.", work_version=1, grade_version=1),
                place=desk.course.place,
                submission_id=desk.submission_id,
                now=NOW,
            )
            desk.course.hand_in(session, desk.activity_id, Work(version=1, text="more"))
        world = desk.course.world
        with desk.database.reading() as session:
            (line,) = queries.waiting(session, world.organization_id, world.course_id)
            assert queries.waiting_count(session, world.organization_id, world.course_id) == 1
            row = session.scalars(select(SubmissionRecord)).one()
            assert (row.status, row.points, row.submitted_version) == ("submitted", 6.0, 2)
        assert line.was_graded


class TestTheScore:
    def test_goes_to_the_students_own_column_under_the_lti_subject(self, desk: Desk) -> None:
        with desk.writing() as session:
            desk.course.link(session, desk.activity_id, column="https://canvas.example/2")
        desk.grade(8.5, comment="Well seen.")
        work = desk.certain_score()
        assert work.line_item_url == COLUMN
        assert (work.score.subject, work.score.given, work.score.maximum) == ("student", 8.5, 10)
        assert work.score.comment == "Well seen."

    def test_falls_back_to_the_only_column_of_the_activity(self, desk: Desk) -> None:
        with desk.writing() as session:
            submission_id = desk.course.hand_in(
                session,
                desk.activity_id,
                Work(version=0, text="done"),
                author=desk.course.author(desk.course.world.other_student_id),
            )
            desk.course.grade(session, submission_id, 7.0)
        other = replace(desk, submission_id=submission_id)
        assert other.certain_score().line_item_url == COLUMN

    def test_is_not_guessed_between_the_columns_of_two_sections(self, desk: Desk) -> None:
        with desk.writing() as session:
            desk.course.link(session, desk.activity_id, column="https://canvas.example/2")
            submission_id = desk.course.hand_in(
                session,
                desk.activity_id,
                Work(version=0, text="done"),
                author=desk.course.author(desk.course.world.other_student_id),
            )
            desk.course.grade(session, submission_id, 7.0)
        other = replace(desk, submission_id=submission_id)
        assert other.score() is None
        assert other.delivery() is DeliveryState.no_column

    def test_has_a_time_that_grows_with_the_grade_even_if_the_clock_goes_back(
        self, desk: Desk
    ) -> None:
        desk.grade(8.0)
        first = desk.certain_score()
        desk.grade(9.0, grade_version=1, now=NOW - timedelta(hours=1))
        second = desk.certain_score()
        assert second.score.at > first.score.at
        assert (second.grade_version, second.score.given) == (2, 9.0)

    def test_is_sent_once_for_each_version(self, desk: Desk) -> None:
        desk.grade(8.0)
        assert desk.delivery() is DeliveryState.on_its_way
        desk.posted(desk.certain_score())
        assert desk.delivery() is DeliveryState.delivered
        assert desk.score() is None

    def test_that_was_overtaken_does_not_count_as_the_newer_one(self, desk: Desk) -> None:
        desk.grade(8.0)
        older = desk.certain_score()
        desk.grade(9.0, grade_version=1)
        desk.posted(older)
        assert desk.delivery() is DeliveryState.on_its_way
        desk.posted(desk.certain_score())
        desk.posted(older)
        assert desk.delivery() is DeliveryState.delivered

    def test_that_the_lms_refused_is_shown_with_its_remedy_and_can_be_sent_again(
        self, desk: Desk
    ) -> None:
        desk.grade(8.0)
        with desk.writing() as session:
            claim = outbox.claim(session, queue="lms", owner="worker", now=NOW)
            assert claim is not None
            outbox.fail(session, claim, RefusedError("Check the enrollment."), now=NOW)
        world = desk.course.world
        with desk.database.reading() as session:
            stuck = queries.delivery(
                session, world.organization_id, world.course_id, desk.submission_id
            )
        assert (stuck.state, stuck.remedy) == (DeliveryState.stuck, "Check the enrollment.")
        with desk.writing() as session:
            grading.send_score(
                session, place=desk.course.place, submission_id=desk.submission_id, now=NOW
            )
        assert desk.delivery() is DeliveryState.on_its_way
