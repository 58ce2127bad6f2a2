import json
from uuid import UUID

import pytest
from sqlalchemy import func, select

from lti_tool.domain.activities import ActivityKind
from lti_tool.models.course import ActivityRecord
from lti_tool.services import people, sign_ins
from lti_tool.services.sign_ins import Tab
from lti_tool.services.submissions import Work
from sandbox.scenario.visitor import Page
from tests.factories.coursework import Coursework
from tests.factories.desk import Desk, School
from tests.factories.world import make_world


@pytest.fixture
def course(school: School) -> Coursework:
    return Coursework(world=school.world, now=school.workshop.clock.now())


@pytest.fixture
def activity_id(school: School, course: Coursework) -> UUID:
    with school.database.transaction() as session:
        return course.activity(session)


def chooser(school: School, **settings: object) -> Desk:
    world, now = school.world, school.workshop.clock.now()
    with school.database.transaction() as session:
        code = sign_ins.open_tab(
            session,
            Tab(
                organization_id=world.organization_id,
                school_id=world.school_id,
                person_id=world.teacher_id,
                deployment_id=world.deployment_id,
                course_id=world.course_id,
                resource_link_id=None,
                course_role="teacher",
                masquerading_person_id=None,
                landing_path="/",
                deep_linking=json.dumps(
                    {"deep_link_return_url": "https://canvas.example/r", **settings}
                ),
            ),
            browser_proof=None,
            now=now,
        )
        session.flush()
        token, _ = sign_ins.exchange(session, code, browser_proof=None, now=now)
    desk = Desk(client=school.app.test_client(), token=token, page=Page("", 0, ""))
    desk.get("/activities/choose")
    return desk


def count_activities(school: School) -> int:
    with school.database.reading() as session:
        return session.scalars(select(func.count()).select_from(ActivityRecord)).one()


class TestChoosing:
    def test_nothing_is_told_with_everything_typed_kept(self, school: School) -> None:
        desk = chooser(school, accept_multiple=True)
        page = desk.submit("choose-activities", reflection_title="Mine")
        assert page.status == 422
        page.expect("Choose at least one.")
        assert page.form("choose-activities").fields["reflection_title"] == ["Mine"]
        assert count_activities(school) == 0

    def test_points_that_do_not_fit_are_told_at_the_field(self, school: School) -> None:
        desk = chooser(school, accept_multiple=True)
        page = desk.submit("choose-activities", chosen=["reflection"], reflection_points="5000")
        assert page.status == 422
        page.expect("Enter 1 to 1000 points, or none.")

    def test_something_of_another_course_is_refused(self, school: School) -> None:
        keyring, now = school.workshop.settings.keyring, school.workshop.clock.now()
        with school.database.transaction() as session:
            foreign = Coursework(world=make_world(session, keyring, now=now), now=now)
            foreign_id = foreign.activity(session)
        desk = chooser(school, accept_multiple=True)
        page = desk.submit("choose-activities", chosen=[str(foreign_id)])
        assert page.status == 422

    def test_without_coming_from_the_course_explains_how(self, school: School) -> None:
        desk = school.teacher()
        desk.get("/activities/choose").expect("Start in your course")

    def test_is_not_for_students(self, school: School) -> None:
        assert school.student().get("/activities/choose").status == 403


class TestTheStudentsPage:
    def test_tells_who_reads_and_keeps_what_was_typed_when_it_is_incomplete(
        self, school: School, course: Coursework
    ) -> None:
        with school.database.transaction() as session:
            check_in = course.activity(session, kind=ActivityKind.objective_check_in, points=None)
        desk = school.student()
        desk.get(f"/activities/{check_in}").expect(
            "Your teacher reads this. Your mentor does not.",
            "Explain what an engineer does in a week.",
        )
        page = desk.submit("submission", text="It goes well.")
        assert page.status == 422
        page.expect("Choose how far it has come.")
        assert page.form("submission").fields["text"] == ["It goes well."]
        desk.submit("submission", progress_1="halfway").expect("Handed in")

    def test_has_an_equal_form_without_a_mentor(self, school: School, course: Coursework) -> None:
        with school.database.transaction() as session:
            check_in = course.activity(session, kind=ActivityKind.objective_check_in, points=None)
        desk = school.desk(school.world.other_student_id, "student")
        page = desk.get(f"/activities/{check_in}").expect("A career goal of your own")
        assert "missing" not in page.text.casefold()
        desk.submit("submission", progress_1="started", text="I asked my aunt.")
        desk.page.expect("Handed in")

    def test_shows_both_texts_to_a_stale_tab(self, school: School, activity_id: UUID) -> None:
        here, there = school.student(), school.student()
        for desk in (here, there):
            desk.get(f"/activities/{activity_id}")
        there.submit("submission", text="from there")
        page = here.submit("submission", text="from here")
        assert page.status == 409
        page.expect("saved in another tab", "from there")
        assert page.form("submission").fields["text"] == ["from here"]
        here.submit("submission").expect("Handed in")

    def test_sent_twice_is_handed_in_once(self, school: School, activity_id: UUID) -> None:
        desk = school.student()
        form = desk.get(f"/activities/{activity_id}").form("submission")
        for _ in range(2):
            assert desk.post(form.action, form.values({"text": "once"})).status == 200
        assert desk.page.form("submission").fields["version"] == ["1"]

    def test_saves_drafts_and_answers_a_conflict_with_the_newer_text(
        self, school: School, activity_id: UUID
    ) -> None:
        desk = school.student()
        form = desk.get(f"/activities/{activity_id}").form("submission")
        path = f"/activities/{activity_id}/draft"
        saved = desk.post(path, form.values({"text": "first\r\nline"}))
        assert json.loads(saved.html)["version"] == 1
        again = desk.post(path, form.values({"text": "first\nline"}))
        assert json.loads(again.html)["version"] == 1
        conflict = desk.post(path, form.values({"text": "other"}))
        assert conflict.status == 409
        assert conflict.soup.find("button", attrs={"data-keep-mine": "1"})
        assert "first" in conflict.html

    def test_is_readable_and_unchangeable_for_somebody_acting_as_the_student(
        self, school: School, course: Coursework, activity_id: UUID
    ) -> None:
        with school.database.transaction() as session:
            course.hand_in(session, activity_id, Work(version=0, text="my own words"))
            code = sign_ins.open_tab(
                session,
                Tab(
                    organization_id=school.world.organization_id,
                    school_id=school.world.school_id,
                    person_id=school.world.student_id,
                    deployment_id=school.world.deployment_id,
                    course_id=school.world.course_id,
                    resource_link_id=None,
                    course_role="student",
                    masquerading_person_id=school.world.coordinator_id,
                    landing_path="/",
                    deep_linking=None,
                ),
                browser_proof=None,
                now=course.now,
            )
            session.flush()
            token, _ = sign_ins.exchange(session, code, browser_proof=None, now=course.now)
        desk = Desk(client=school.app.test_client(), token=token, page=Page("", 0, ""))
        page = desk.get(f"/activities/{activity_id}").expect("my own words")
        assert page.form_names == []
        assert desk.post(f"/activities/{activity_id}", {"text": ["x"]}).status in {400, 403}


class TestTheTeachersPages:
    def test_list_students_and_lead_from_one_to_the_next(
        self, school: School, course: Coursework, activity_id: UUID
    ) -> None:
        with school.database.transaction() as session:
            for person_id in (school.world.student_id, school.world.other_student_id):
                course.hand_in(
                    session,
                    activity_id,
                    Work(version=0, text="done"),
                    author=course.author(person_id),
                )
        desk = school.teacher()
        desk.get("/activities").expect("2 to read, 0 done")
        desk.get(f"/activities/{activity_id}").expect("2 of 2 students")
        desk.get("/grading")
        desk.get(desk.page.link(action="grade-first"))
        desk.submit("grade", points="8", then="next").expect("Graded. The score goes", "done")
        desk.submit("grade", points="9", then="next").expect("Nothing waits for you")

    def test_say_that_the_lms_has_no_column(
        self, school: School, course: Coursework, activity_id: UUID
    ) -> None:
        with school.database.transaction() as session:
            submission_id = course.hand_in(session, activity_id, Work(version=0, text="done"))
        desk = school.teacher()
        desk.get(f"/grading/{submission_id}")
        desk.submit("grade", points="8").expect("No column in the gradebook")

    def test_refuse_points_beyond_the_maximum_and_keep_the_comment(
        self, school: School, course: Coursework, activity_id: UUID
    ) -> None:
        with school.database.transaction() as session:
            submission_id = course.hand_in(session, activity_id, Work(version=0, text="done"))
        desk = school.teacher()
        desk.get(f"/grading/{submission_id}")
        page = desk.submit("grade", points="11", comment="Good.")
        assert page.status == 422
        page.expect("Enter 0 to 10.")
        assert page.form("grade").fields["comment"] == ["Good."]

    def test_tell_of_a_newer_version_and_keep_the_decision(
        self, school: School, course: Coursework, activity_id: UUID
    ) -> None:
        with school.database.transaction() as session:
            submission_id = course.hand_in(session, activity_id, Work(version=0, text="done"))
        desk = school.teacher()
        desk.get(f"/grading/{submission_id}")
        with school.database.transaction() as session:
            course.hand_in(session, activity_id, Work(version=1, text="much better"))
        page = desk.submit("grade", points="8", comment="Good.")
        assert page.status == 409
        page.expect("much better", "What you typed is kept")
        desk.submit("grade").expect("Graded")

    def test_return_work_for_another_version(
        self, school: School, course: Coursework, activity_id: UUID
    ) -> None:
        with school.database.transaction() as session:
            submission_id = course.hand_in(session, activity_id, Work(version=0, text="done"))
        desk = school.teacher()
        desk.get(f"/grading/{submission_id}")
        desk.submit("grade", comment="Say more.", then="return").expect("Returned to the student")
        student = school.student()
        student.get(f"/activities/{activity_id}").expect(
            "Returned for another version", "Say more."
        )
        student.submit("submission", text="done, and more").expect("Handed in")

    def test_mark_work_without_points_as_read(self, school: School, course: Coursework) -> None:
        with school.database.transaction() as session:
            ungraded = course.activity(session, points=None)
            submission_id = course.hand_in(session, ungraded, Work(version=0, text="done"))
        desk = school.teacher()
        desk.get(f"/grading/{submission_id}").expect("Mark as read")
        desk.submit("grade", comment="Thank you.").expect("Read")

    def test_never_show_a_draft(
        self, school: School, course: Coursework, activity_id: UUID
    ) -> None:
        with school.database.transaction() as session:
            course.save(session, activity_id, Work(version=0, text="unfinished thought"))
        desk = school.teacher()
        page = desk.get(f"/activities/{activity_id}").expect("Draft")
        assert "unfinished" not in page.text
        assert "/grading/" not in page.html

    def test_are_closed_to_students(self, school: School) -> None:
        assert school.student().get("/grading").status == 403

    def test_explain_themselves_outside_a_course(self, school: School) -> None:
        world, now = school.world, school.workshop.clock.now()
        with school.database.transaction() as session:
            token = sign_ins.open_first_party(
                session,
                organization_id=world.organization_id,
                school_id=world.school_id,
                person_id=world.coordinator_id,
                now=now,
            )
        client = school.app.test_client()
        client.set_cookie("__Host-career-mentoring", token, secure=True)
        page = client.get("/activities", base_url="https://localhost")
        assert "Activities belong to a course" in page.text


class TestForeignIds:
    def test_answer_404_everywhere(self, school: School) -> None:
        keyring, now = school.workshop.settings.keyring, school.workshop.clock.now()
        with school.database.transaction() as session:
            foreign = Coursework(world=make_world(session, keyring, now=now), now=now)
            foreign_id = foreign.activity(session)
            submission_id = foreign.hand_in(session, foreign_id, Work(version=0, text="secret"))
        teacher, student = school.teacher(), school.student()
        for path in (
            f"/activities/{foreign_id}",
            f"/grading/{submission_id}",
            f"/grading/{submission_id}/delivery",
        ):
            assert teacher.get(path).status == 404
        assert student.get(f"/activities/{foreign_id}").status == 404

    def test_answer_404_to_writes(
        self, school: School, course: Coursework, activity_id: UUID
    ) -> None:
        keyring, now = school.workshop.settings.keyring, school.workshop.clock.now()
        with school.database.transaction() as session:
            foreign = Coursework(world=make_world(session, keyring, now=now), now=now)
            foreign_id = foreign.activity(session)
            foreign_work = foreign.hand_in(session, foreign_id, Work(version=0, text="secret"))
            own_work = course.hand_in(session, activity_id, Work(version=0, text="own"))
        student, teacher = school.student(), school.teacher()
        fields = student.get(f"/activities/{activity_id}").form("submission").values({})
        for path in (f"/activities/{foreign_id}", f"/activities/{foreign_id}/draft"):
            assert student.post(path, fields).status == 404
        fields = teacher.get(f"/grading/{own_work}").form("grade").values({"points": "1"})
        for path in (f"/grading/{foreign_work}", f"/grading/{foreign_work}/send"):
            assert teacher.post(path, fields).status == 404


def test_a_test_student_is_not_in_the_queue(
    school: School, course: Coursework, activity_id: UUID
) -> None:
    with school.database.transaction() as session:
        person_id = people.add(
            session,
            school.world.organization_id,
            identities=(),
            name="Test Student",
            now=course.now,
            is_test=True,
        )
    desk = school.desk(person_id, "student")
    desk.get(f"/activities/{activity_id}")
    desk.submit("submission", text="trying it out").expect("Handed in")
    teacher = school.teacher()
    teacher.get("/grading").expect("Nothing waits for you")
    teacher.get(f"/activities/{activity_id}").expect("Test Student (test student, not counted)")
