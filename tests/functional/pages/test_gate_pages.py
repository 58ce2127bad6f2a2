import pytest
from sqlalchemy import select

from lti_tool.models.messages import NoticeRecord
from lti_tool.models.pairings import ClearanceRecord
from lti_tool.models.people import IdentityRecord, StaffRecord
from tests.factories.desk import School


class TestClearancePage:
    def test_refuses_a_number_that_looks_like_a_social_security_number(
        self, school: School
    ) -> None:
        desk = school.coordinator()
        desk.get(f"/mentors/{school.world.mentor_id}/clearance")

        page = desk.submit("clearance", status="eligible", reference="123-45-6789")

        assert page.status == 422
        page.expect("Use the clearance system's own reference number.")
        with school.database.reading() as session:
            assert session.scalars(select(ClearanceRecord.reference)).one() == "CLR-1"

    def test_offers_only_the_steps_that_follow(self, school: School) -> None:
        page = school.coordinator().get(f"/mentors/{school.world.mentor_id}/clearance")

        values = [option["value"] for option in page.soup.select("select[name=status] option")]

        assert values == ["eligible", "recheck", "ineligible", "withdrawn"]

    def test_tells_a_stale_form_what_stands_now(self, school: School) -> None:
        first, second = school.coordinator(), school.coordinator()
        path = f"/mentors/{school.world.mentor_id}/clearance"
        first.get(path)
        second.get(path)
        first.submit("clearance", status="recheck")

        stale = second.submit("clearance", status="ineligible", reference="MY-NOTE")

        assert stale.status == 409
        stale.expect("Somebody recorded something", "To be checked again")
        assert stale.form("clearance").fields["reference"] == ["MY-NOTE"]


class TestRevokingAClearance:
    def test_puts_the_mentor_on_hold_and_tells_staff(self, school: School) -> None:
        desk, mentor_id = school.coordinator(), school.world.mentor_id
        desk.get(f"/mentors/{mentor_id}")
        desk.get(desk.page.link(action="revoke-clearance")).expect("What happens at once")

        desk.submit("revoke-clearance").expect("The mentor is on hold", "Not ready yet")

        desk.get(f"/pairings/{school.world.pairing_id}").expect("On hold", "Jordan Ellis")
        home = desk.get("/").expect("Jordan Ellis is on hold as a mentor")
        assert len(home.soup.select("[data-code=mentor_on_hold]")) == 1

    def test_is_told_no_more_once_the_mentor_is_eligible_again(self, school: School) -> None:
        desk, mentor_id = school.coordinator(), school.world.mentor_id
        desk.get(f"/mentors/{mentor_id}/clearance/revoke")
        desk.submit("revoke-clearance")
        for status in ("applied", "submitted", "eligible"):
            desk.get(f"/mentors/{mentor_id}/clearance")
            desk.submit("clearance", status=status).expect("recorded with your name")

        assert "on hold" not in desk.get("/").text

    def test_can_be_marked_as_seen_to(self, school: School) -> None:
        desk = school.coordinator()
        desk.get(f"/mentors/{school.world.mentor_id}/clearance/revoke")
        desk.submit("revoke-clearance")
        desk.get("/")

        desk.submit("settle-notice").expect("off the list")

        with school.database.reading() as session:
            notice = session.scalars(select(NoticeRecord)).one()
            assert notice.settled_by == school.world.coordinator_id


class TestWithdrawingConsent:
    def test_closes_that_channel_from_this_moment_on(self, school: School) -> None:
        desk, student_id = school.coordinator(), school.world.student_id
        desk.get(f"/consent/{student_id}")

        desk.submit("withdraw-consent").expect("The consent is withdrawn", "No consent now")

        desk.get(f"/pairings/{school.world.pairing_id}").expect("On hold", "Maya Torres")


class TestStaffRoster:
    def test_confirms_a_teacher_of_the_course(self, school: School) -> None:
        desk, teacher_id = school.coordinator(), school.world.teacher_id
        desk.get("/staff").expect("not confirmed yet", "Tom Becker")
        desk.get(f"/staff/{teacher_id}")

        desk.submit(
            "staff-member", google_address="Becker@Harbor.example", google_user="users/9"
        ).expect("Added to the staff roster", "becker@harbor.example", "Known")

        with school.database.reading() as session:
            kinds = session.scalars(
                select(IdentityRecord.kind).where(IdentityRecord.person_id == teacher_id)
            ).all()
            assert sorted(kinds) == ["e-mail", "lti"]

    def test_adds_somebody_who_is_in_no_course(self, school: School) -> None:
        desk = school.coordinator()
        desk.get("/staff/add")

        desk.submit(
            "staff-outsider",
            name="Noor Haddad",
            google_address="haddad@harbor.example",
            staff_role="counselor",
        ).expect("Noor Haddad", "Counselor", "Confirmed by Grace Hopkins")

    def test_refuses_an_address_of_another_person(self, school: School) -> None:
        desk = school.coordinator()
        with school.database.reading() as session:
            mentor = f"mentor-{school.world.mentor_id.hex[:6]}@brightworks.example"
            assert session.scalars(select(StaffRecord)).all()
        desk.get(f"/staff/{school.world.teacher_id}")

        page = desk.submit("staff-member", google_address=mentor)

        assert page.status == 422
        page.expect("on record for another person")

    def test_takes_somebody_off(self, school: School) -> None:
        desk = school.coordinator()
        desk.get("/staff")

        page = desk.submit("remove-staff")

        page.expect("Removed from the staff roster")
        assert len(page.soup.select("form[data-form=remove-staff]")) == 2


class TestWhoMayDoWhat:
    @pytest.mark.parametrize("path", ["/mentors", "/staff", "/consent"])
    def test_keeps_the_coordinators_pages_from_a_teacher(self, school: School, path: str) -> None:
        assert school.teacher().get(path).status == 403

    @pytest.mark.parametrize("path", ["/pairings", "/people", "/program/new", "/mentors"])
    def test_keeps_staff_pages_from_a_student(self, school: School, path: str) -> None:
        assert school.student().get(path).status == 403

    def test_tells_an_observer_nothing_of_anybody(self, school: School) -> None:
        page = school.desk(school.world.other_student_id, "observer").get("/")

        assert page.status == 200
        for name in ("Maya", "Jordan", "Liam", "Explain what"):
            assert name not in page.text

    def test_shows_a_student_their_own_mentor_and_objective(self, school: School) -> None:
        school.student().get("/").expect(
            "Your mentor: Jordan Ellis", "Explain what an engineer does", "No meeting is planned"
        )
        other = school.desk(school.world.other_student_id, "student").get("/")
        assert "Jordan" not in other.text
