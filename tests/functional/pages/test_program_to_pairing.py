from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, select

from lti_tool.models.audit import AuditRecord
from lti_tool.models.course import ProgramCourseRecord, ProgramRecord
from lti_tool.models.pairings import ConsentRecord, MentorRecord, ObjectiveRecord, PairingRecord
from sandbox.scenario.visitor import Page
from tests.factories.desk import Desk, School

PROGRAM = {
    "name": "Mentoring 2026-27",
    "format": "traditional",
    "starts_on": "2026-09-01",
    "ends_on": "2027-06-30",
}


def without_program(school: School) -> None:
    with school.database.transaction() as session:
        session.execute(delete(ProgramCourseRecord))


def person_at_end_of(page: Page) -> UUID:
    return UUID(page.url.rsplit("/", 1)[1].partition("?")[0])


def codes(page: Page) -> list[str]:
    found = page.soup.select("[data-list=obstacles] li")
    return [str(item["data-code"]) for item in found]


def add_mentor(desk: Desk) -> UUID:
    desk.get("/mentors/add")
    page = desk.submit(
        "mentor",
        name="Rosa Lind",
        e_mail="rosa@works.example",
        employer="Works",
        occupation="Nurse",
        google_user="users/42",
    )
    assert page.status == 200, page.text
    return person_at_end_of(page)


def open_gate(desk: Desk, mentor_id: UUID) -> Page:
    desk.get(f"/mentors/{mentor_id}/clearance")
    desk.submit("clearance", status="eligible", expires_on="2030-01-01", reference="PETS-7")
    desk.get(f"/mentors/{mentor_id}/training")
    desk.submit("training")
    desk.get(f"/mentors/{mentor_id}/agreement")
    return desk.submit("agreement")


def propose(desk: Desk, mentor_id: UUID, student_id: UUID) -> Page:
    desk.get("/pairings/propose")
    return desk.submit(
        "pairing",
        mentors=[str(mentor_id)],
        mentees=[str(student_id)],
        channels=["in-person", "video"],
    )


class TestFromAnEmptyCourseToAnActivePairing:
    def test_takes_a_coordinator_through_every_gate(self, school: School) -> None:
        without_program(school)
        desk, student_id = school.coordinator(), school.world.other_student_id

        desk.get(
            desk.get("/").expect("No program in this course yet").link(action="set-up-program")
        )
        desk.submit("program", **PROGRAM).expect("The program was saved", "Career Explorations")
        mentor_id = add_mentor(desk)
        desk.page.expect("Not ready yet", "Start the mentor's clearance.")
        open_gate(desk, mentor_id).expect("Ready to mentor", "Recorded by Grace Hopkins")
        page = propose(desk, mentor_id, student_id)
        assert codes(page) == ["no-objective-agreed", "consent-missing", "consent-missing"]
        pairing = page.url
        desk.get(f"/consent/{student_id}")
        desk.submit("consent", guardian_name="Pat Johnson", channels=["in-person", "video"]).expect(
            "recorded with your name", "Pat Johnson", "Grace Hopkins"
        )
        desk.get(pairing)
        desk.submit("objective", text="I can say what a nurse does on a working day.")
        desk.submit("agree-objective")
        desk.submit("activate-pairing").expect("The pairing is active")

        desk.get("/pairings").expect("Liam Johnson", "Rosa Lind", "Active")
        actions = self._actions(school)
        assert {
            "program-set-up",
            "mentor-added",
            "clearance-recorded",
            "pairing-activated",
        } <= actions

    @staticmethod
    def _actions(school: School) -> set[str]:
        with school.database.reading() as session:
            return set(session.scalars(select(AuditRecord.action)))


class TestActivation:
    def test_lists_everything_again_when_posted_without_the_button(self, school: School) -> None:
        desk = school.coordinator()
        mentor_id = add_mentor(desk)
        page = propose(desk, mentor_id, school.world.other_student_id)
        token = desk.page.form("objective").fields["csrf_token"]
        pairing_id = person_at_end_of(page)

        refused = desk.post(f"/pairings/{pairing_id}/activate", {"csrf_token": token})

        assert refused.status == 422
        assert codes(refused) == [
            "no-objective-agreed",
            "clearance-missing",
            "training-missing",
            "agreement-missing",
            "consent-missing",
            "consent-missing",
        ]
        assert "activate-pairing" not in refused.form_names

    def test_at_a_distance_waits_for_the_coordinators_word(self, school: School) -> None:
        desk, world = school.coordinator(), school.world
        desk.get("/pairings/propose")
        page = desk.submit(
            "pairing",
            mentors=[str(world.mentor_id)],
            mentees=[str(world.student_id)],
            channels=["video"],
        )
        assert "virtual-start-not-approved" in codes(page)
        assert "approve-virtual-start" not in school.teacher().get(page.url).form_names

        approved = desk.submit("approve-virtual-start")

        assert codes(approved) == ["no-objective-agreed"]


class TestSecondSubmits:
    def test_show_the_first_result(self, school: School) -> None:
        desk, world = school.coordinator(), school.world
        for path, name, given in (
            ("/pairings/propose", "pairing", self._pairing(school)),
            (f"/pairings/{world.pairing_id}", "objective", {"text": "I can write an application."}),
            (f"/consent/{world.other_student_id}", "consent", self._consent()),
            ("/mentors/add", "mentor", self._mentor()),
        ):
            form = desk.get(path).form(name)
            first = desk.post(form.action, form.values(given))
            second = desk.post(form.action, form.values(given))
            assert (second.status, second.url) == (200, first.url), name

        with school.database.reading() as session:
            counts = [
                session.scalar(select(func.count()).select_from(row))
                for row in (PairingRecord, ObjectiveRecord, ConsentRecord, MentorRecord)
            ]
        assert counts == [2, 2, 3, 2]

    @staticmethod
    def _pairing(school: School) -> dict[str, str | list[str]]:
        return {
            "mentors": [str(school.world.mentor_id)],
            "mentees": [str(school.world.student_id)],
            "channels": ["video"],
        }

    @staticmethod
    def _consent() -> dict[str, str | list[str]]:
        return {"guardian_name": "Pat", "channels": ["video"]}

    @staticmethod
    def _mentor() -> dict[str, str | list[str]]:
        return {"name": "R", "e_mail": "r@w.example", "employer": "W", "occupation": "N"}


class TestProgramForm:
    def test_keeps_what_was_typed_when_the_days_are_wrong(self, school: School) -> None:
        without_program(school)
        desk = school.teacher()
        desk.get("/program/new")

        page = desk.submit("program", **{**PROGRAM, "ends_on": "2026-08-01"})

        assert page.status == 422
        page.expect("Enter a last day that lies after the first.")
        assert page.form("program").fields["name"] == ["Mentoring 2026-27"]

    def test_shows_the_newer_state_to_a_stale_tab_and_keeps_its_words(self, school: School) -> None:
        path = f"/program/{school.world.program_id}/edit"
        first, second = school.teacher(), school.coordinator()
        first.get(path)
        second.get(path)
        first.submit("program", name="Changed first").expect("The program was saved")

        stale = second.submit("program", name="Changed second")

        assert stale.status == 409
        stale.expect("Somebody changed this program", "Changed first")
        assert stale.form("program").fields["name"] == ["Changed second"]
        second.submit("program").expect("Changed second")

    def test_stores_only_what_is_stricter_than_the_organization(self, school: School) -> None:
        desk = school.teacher()
        desk.get(f"/program/{school.world.program_id}/edit")
        desk.submit("program", students_per_adult_max="2", channels=["in-person"])

        with school.database.reading() as session:
            row = session.scalars(select(ProgramRecord)).one()
            assert row.policy == {"students_per_adult_max": 2, "channels": ["in-person"]}

    def test_lets_a_second_course_join(self, school: School) -> None:
        without_program(school)
        desk = school.teacher()
        desk.get("/program/new")

        desk.submit("link-program").expect("Career Explorations")

        with school.database.reading() as session:
            link = session.scalars(select(ProgramCourseRecord)).one()
            assert link.program_id == school.world.program_id


class TestProposal:
    def test_says_which_numbers_do_not_fit_and_keeps_the_choice(self, school: School) -> None:
        desk, world = school.teacher(), school.world
        desk.get("/pairings/propose")

        page = desk.submit(
            "pairing",
            mentors=[str(world.mentor_id)],
            mentees=[str(world.student_id), str(world.other_student_id)],
            channels=["video"],
        )

        assert page.status == 422
        page.expect("Add a mentor and choose a team, or split the group.")
        assert len(page.form("pairing").fields["mentees"]) == 2


class TestConsentForm:
    def test_proposes_the_local_day_at_school(self, school: School) -> None:
        desk = school.coordinator()
        page = desk.get(f"/consent/{school.world.other_student_id}")

        today = school.workshop.clock.now() - timedelta(hours=5)
        days = {str((today + timedelta(hours=offset)).date()) for offset in (0, 1)}
        assert page.form("consent").fields["given_on"][0] in days
