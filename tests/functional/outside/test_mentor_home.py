from datetime import timedelta

from lti_tool.models.pairings import AgreementRecord
from tests.functional.outside.meetings import add_meeting
from tests.functional.outside.school import School, get


def test_shows_the_next_meeting_with_its_agenda_and_the_objectives(school: School) -> None:
    with school.workshop.database.transaction() as session:
        add_meeting(
            session,
            school.world,
            status="scheduled",
            starts_at=school.now() + timedelta(days=1),
            agenda="Look at a drawing together.",
        )
    page = get(school.signed_in(school.world.mentor_id), "/mentor").text
    for text in (
        "Look at a drawing together.",
        "Ana Rivera",
        "Mentoring with Maya Torres",
        "Explain what an engineer does in a week.",
        "You are ready to mentor",
    ):
        assert text in page


def test_says_what_is_missing_from_the_mentor(school: School) -> None:
    with school.workshop.database.transaction() as session:
        session.query(AgreementRecord).delete()
    page = get(school.signed_in(school.world.mentor_id), "/mentor").text
    assert "Before you can mentor" in page
    assert "You sign the mentoring agreement together with the school." in page


def test_tells_a_mentor_whose_meeting_is_on_hold_not_to_come(school: School) -> None:
    with school.workshop.database.transaction() as session:
        add_meeting(
            session, school.world, status="on-hold", starts_at=school.now() + timedelta(days=1)
        )
    page = get(school.signed_in(school.world.mentor_id), "/mentor").text
    assert "Please do not go there or dial in" in page


def test_is_closed_to_students_and_staff(school: School) -> None:
    browser = school.browser()
    student = school.in_course(school.world.student_id, "student")
    assert get(browser, "/mentor", headers=student).status_code == 403
    assert get(school.signed_in(school.world.rivera_id), "/mentor").status_code == 403


def test_is_where_the_start_page_leads_mentors(school: School) -> None:
    assert get(school.signed_in(school.world.mentor_id), "/").location == "/mentor"
