from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from config.keyring import Keyring
from lti_tool.db import Database
from lti_tool.domain.activities import ActivityKind
from lti_tool.models.audit import AuditRecord
from lti_tool.models.course import SubmissionRecord, SubmissionTextRecord
from lti_tool.models.pairings import ObjectiveCheckInRecord, ObjectiveRecord
from lti_tool.queries import activities, submissions
from lti_tool.queries.errors import ChangedMeanwhileError, NotFoundError
from lti_tool.queries.submissions import OwnWork
from lti_tool.services import people
from lti_tool.services.submissions import Work
from tests.factories.coursework import Coursework
from tests.factories.world import make_world
from tests.integration.conftest import NOW

RACERS = 4


def race(act: Callable[[int], None]) -> list[str]:
    """Let several try at once; return how each of them ended."""

    def outcome(number: int) -> str:
        try:
            act(number)
        except ChangedMeanwhileError:
            return "told"
        return "saved"

    with ThreadPoolExecutor(RACERS) as pool:
        return sorted(pool.map(outcome, range(RACERS)))


def own(database: Database, course: Coursework, activity_id: UUID) -> OwnWork:
    with database.reading() as session:
        return submissions.own_work(
            session, course.world.organization_id, activity_id, course.world.student_id
        )


class TestDrafts:
    def test_of_many_tabs_let_one_through_and_tell_the_others(
        self, database: Database, course: Coursework, activity_id: UUID
    ) -> None:
        def save(number: int) -> None:
            with database.transaction() as session:
                course.save(session, activity_id, Work(version=0, text=f"tab {number}"))

        assert race(save) == ["saved", "told", "told", "told"]
        assert own(database, course, activity_id).version == 1

    def test_saved_twice_are_one_version(
        self, database: Database, course: Coursework, activity_id: UUID
    ) -> None:
        for _ in range(2):
            with database.transaction() as session:
                saved = course.save(session, activity_id, Work(version=0, text="the same"))
            assert saved.version == 1

    def test_keep_every_version(
        self, database: Database, course: Coursework, activity_id: UUID
    ) -> None:
        for version in range(3):
            with database.transaction() as session:
                course.save(session, activity_id, Work(version=version, text=f"text {version}"))
        with database.reading() as session:
            texts = [
                submissions.text(
                    session,
                    course.world.organization_id,
                    session.scalars(select(SubmissionRecord.id)).one(),
                    version,
                )
                for version in (1, 2, 3)
            ]
        assert [text.text for text in texts if text] == ["text 0", "text 1", "text 2"]

    def test_after_handing_in_leave_what_the_teacher_reads(
        self, database: Database, course: Coursework, activity_id: UUID
    ) -> None:
        with database.transaction() as session:
            course.hand_in(session, activity_id, Work(version=0, text="handed in"))
            course.save(session, activity_id, Work(version=1, text="still thinking"))
        now = own(database, course, activity_id)
        assert (now.status, now.has_newer_draft) == ("submitted", True)
        assert now.handed_in is not None
        assert now.handed_in.text == "handed in"

    def test_are_sealed(self, database: Database, course: Coursework, activity_id: UUID) -> None:
        with database.transaction() as session:
            course.save(session, activity_id, Work(version=0, text="my secret wish"))
        with database.reading() as session:
            sealed = session.scalars(select(SubmissionTextRecord.text_sealed)).one()
        assert b"secret" not in sealed


class TestHandingIn:
    def test_twice_at_once_hands_in_once(
        self, database: Database, course: Coursework, activity_id: UUID
    ) -> None:
        def hand_in(_number: int) -> None:
            with database.transaction() as session:
                course.hand_in(session, activity_id, Work(version=0, text="done"))

        assert race(hand_in) == ["saved"] * RACERS
        assert own(database, course, activity_id).version == 1
        with database.reading() as session:
            lines = session.scalar(
                select(func.count())
                .select_from(AuditRecord)
                .where(AuditRecord.action == "submission-handed-in")
            )
        assert lines == 1

    def test_again_makes_a_new_version(
        self, database: Database, course: Coursework, activity_id: UUID
    ) -> None:
        with database.transaction() as session:
            course.hand_in(session, activity_id, Work(version=0, text="first"))
            course.hand_in(session, activity_id, Work(version=1, text="second"))
        now = own(database, course, activity_id)
        assert now.handed_in is not None
        assert (now.handed_in.text, now.handed_in.version) == ("second", 2)

    def test_from_a_stale_tab_is_told(
        self, database: Database, course: Coursework, activity_id: UUID
    ) -> None:
        with database.transaction() as session:
            course.save(session, activity_id, Work(version=0, text="elsewhere"))
        with pytest.raises(ChangedMeanwhileError), database.transaction() as session:
            course.hand_in(session, activity_id, Work(version=0, text="here"))
        assert own(database, course, activity_id).status == "draft"

    def test_notes_the_own_link_and_no_other(
        self, database: Database, course: Coursework, activity_id: UUID
    ) -> None:
        with database.transaction() as session:
            right = course.link(session, activity_id)
            wrong = course.link(session, course.activity(session))
            for link_id, version in ((right, 0), (wrong, 1)):
                course.save(
                    session,
                    activity_id,
                    Work(version=version, text=str(link_id)),
                    author=course.author(link_id=link_id),
                )
        with database.reading() as session:
            assert session.scalars(select(SubmissionRecord.resource_link_id)).one() == right

    def test_records_progress_for_own_objectives_only(
        self, database: Database, course: Coursework
    ) -> None:
        with database.transaction() as session:
            check_in = course.activity(session, kind=ActivityKind.objective_check_in, points=None)
            objective_id = session.scalars(select(ObjectiveRecord.id)).one()
            progress = {str(objective_id): "halfway", str(uuid4()): "reached"}
            course.hand_in(
                session, check_in, Work(version=0, text="It goes well.", progress=progress)
            )
        with database.reading() as session:
            rows = session.scalars(select(ObjectiveCheckInRecord)).all()
            assert [(row.objective_id, row.progress) for row in rows] == [(objective_id, "halfway")]


class TestTheListOfAnActivity:
    def test_leaves_test_students_out_of_counts(
        self, database: Database, course: Coursework, activity_id: UUID
    ) -> None:
        organization_id = course.world.organization_id
        with database.transaction() as session:
            test_student = people.add(
                session, organization_id, identities=(), name=None, now=NOW, is_test=True
            )
            for person_id in (test_student, course.world.student_id):
                course.hand_in(
                    session,
                    activity_id,
                    Work(version=0, text="done"),
                    author=course.author(person_id),
                )
        with database.reading() as session:
            (line,) = activities.for_teacher(session, organization_id, course.world.course_id)
            students = submissions.of_activity(
                session, organization_id, course.world.course_id, activity_id
            )
        assert line.submitted == 1
        assert [(each.name, each.status) for each in students if not each.is_test] == [
            ("Liam Johnson", None),
            ("Maya Torres", "submitted"),
        ]
        assert students[-1].is_test

    def test_belongs_to_one_course(
        self, database: Database, keyring: Keyring, course: Coursework, activity_id: UUID
    ) -> None:
        with database.transaction() as session:
            other = Coursework(world=make_world(session, keyring, now=NOW), now=NOW)
            with pytest.raises(NotFoundError):
                other.hand_in(session, activity_id, Work(version=0, text="done"))
