import json
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.ports.google import FormResponse
from lti_tool.services import feedback_responses, google
from lti_tool.services.feedback_responses import COLLECT
from lti_tool.services.outbox import Claim
from tests.functional.outside.meetings import add_meeting, make_forms_ready
from tests.functional.outside.school import SECURE, School, get, has_form, submit

USEFUL, LEARNED = "1fee0010", "1fee0012"
TOKEN = "1fee0001"


@pytest.fixture
def meeting_id(school: School) -> UUID:
    with school.workshop.database.transaction() as session:
        google.connect(
            session,
            organization_id=school.world.organization_id,
            domain="harbor.example",
            key_text=json.dumps({"client_email": "a", "private_key": "b", "token_uri": "c"}),
            actor_id=None,
            now=school.now(),
        )
        return add_meeting(
            session, school.world, status="ended", starts_at=school.now() - timedelta(hours=2)
        )


@pytest.fixture
def teacher(school: School) -> dict[str, str]:
    return school.in_course(school.world.teacher_id, "teacher")


@pytest.fixture
def student(school: School) -> dict[str, str]:
    return school.in_course(school.world.student_id, "student")


@pytest.fixture
def forms(school: School, meeting_id: UUID, teacher: dict[str, str]) -> dict[str, UUID]:
    browser = school.browser()
    submit(browser, get(browser, "/feedback", headers=teacher), "ask-feedback")
    with school.workshop.database.transaction() as session:
        return make_forms_ready(session, meeting_id, now=school.now())


def respond(school: School, form_id: UUID, **answers: str) -> None:
    with school.workshop.database.transaction() as session:
        response = FormResponse(
            response_id=uuid4().hex,
            submitted_at=school.now(),
            respondent_address=None,
            answers={key: (text,) for key, text in answers.items()},
        )
        claim = Claim(
            organization_id=school.world.organization_id,
            promise_id=uuid4(),
            topic=COLLECT.name,
            key=form_id,
            version=1,
            attempts=1,
            fence=1,
            owner="test",
        )
        work = feedback_responses.collect_to_do(session, claim, school.now())
        assert work is not None
        feedback_responses.collect_done(session, claim, work, (response,), school.now())


def open_form(browser: FlaskClient, headers: dict[str, str], path: str = "/feedback") -> str:
    page = get(browser, path, headers=headers)
    answer: TestResponse = submit(browser, page, "give-feedback")
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def token_in(url: str) -> str:
    return parse_qs(urlsplit(url).query)[f"entry.{int(TOKEN, 16)}"][0]


class TestAsking:
    def test_leads_to_a_page_that_says_the_forms_are_being_made(
        self, school: School, meeting_id: UUID, teacher: dict[str, str]
    ) -> None:
        browser = school.browser()
        page = get(browser, f"/feedback/{meeting_id}", headers=teacher)
        asked = submit(browser, page, "ask-feedback")
        assert asked.location == f"/feedback/{meeting_id}?said=feedback-asked"
        shown = get(browser, asked.location, headers=teacher)
        assert shown.text.count("The form is being made") == 2
        assert not has_form(shown, "ask-feedback")

    def test_explains_what_is_missing_while_google_is_not_connected(
        self, school: School, teacher: dict[str, str]
    ) -> None:
        with school.workshop.database.transaction() as session:
            add_meeting(
                session, school.world, status="ended", starts_at=school.now() - timedelta(hours=2)
            )
        browser = school.browser()
        refused = submit(browser, get(browser, "/feedback", headers=teacher), "ask-feedback")
        assert refused.status_code == 422
        assert "Ask in class instead" in refused.text

    @pytest.mark.parametrize("who", ["student", "mentor"])
    def test_is_not_for_those_who_were_in_the_meeting(
        self, school: School, meeting_id: UUID, student: dict[str, str], who: str
    ) -> None:
        browser = school.browser()
        headers = student
        if who == "mentor":
            browser, headers = school.signed_in(school.world.mentor_id), {}
        assert get(browser, f"/feedback/{meeting_id}", headers=headers).status_code == 403
        assert not has_form(get(browser, "/feedback", headers=headers), "ask-feedback")


class TestGiving:
    def test_leads_the_student_to_a_prefilled_form(
        self, school: School, forms: dict[str, UUID], student: dict[str, str]
    ) -> None:
        url = open_form(school.browser(), student)
        assert url.startswith("https://forms.example/mentee/viewform?usp=pp_url&entry.")
        assert str(school.world.student_id) not in url

    def test_leads_the_mentor_there_from_the_start_page(
        self, school: School, forms: dict[str, UUID]
    ) -> None:
        url = open_form(school.signed_in(school.world.mentor_id), {}, "/mentor")
        assert url.startswith("https://forms.example/mentor/")

    @pytest.mark.parametrize("path", ["/", "/meetings/{}"])
    def test_is_offered_on_the_students_start_page_and_at_the_meeting(
        self,
        school: School,
        meeting_id: UUID,
        forms: dict[str, UUID],
        student: dict[str, str],
        path: str,
    ) -> None:
        url = open_form(school.browser(), student, path.format(meeting_id))
        assert url.startswith("https://forms.example/mentee/")

    def test_answers_the_frame_with_the_address_to_open(
        self, school: School, forms: dict[str, UUID], student: dict[str, str]
    ) -> None:
        browser = school.browser()
        page = get(browser, "/feedback", headers=student)
        fields = {"csrf_token": page.text.split('name="csrf_token" value="')[1].split('"')[0]}
        answer = browser.post(
            f"/feedback/forms/{forms['mentee']}",
            data=fields,
            headers={**student, "Accept": "application/json"},
            base_url=SECURE,
        )
        assert answer.get_json()["open"].startswith("https://forms.example/mentee/")

    def test_says_thank_you_once_the_answer_is_there(
        self, school: School, forms: dict[str, UUID], student: dict[str, str]
    ) -> None:
        browser = school.browser()
        token = token_in(open_form(browser, student))
        respond(school, forms["mentee"], **{TOKEN: token, USEFUL: "5"})
        assert (
            "Thank you, your answer has arrived" in get(browser, "/feedback", headers=student).text
        )


class TestReading:
    def test_shows_who_answered_with_averages_and_texts(
        self,
        school: School,
        meeting_id: UUID,
        forms: dict[str, UUID],
        teacher: dict[str, str],
        student: dict[str, str],
    ) -> None:
        token = token_in(open_form(school.browser(), student))
        respond(school, forms["mentee"], **{TOKEN: token, USEFUL: "4", LEARNED: "Bridges bend."})
        respond(school, forms["mentee"], **{USEFUL: "1"})
        page = get(school.browser(), f"/feedback/{meeting_id}", headers=teacher)
        for text in ("Maya Torres", "Unknown respondent", "2.5 of 5", "Bridges bend."):
            assert text in page.text
        assert token not in page.text

    def test_keeps_students_words_from_the_mentor(
        self, school: School, meeting_id: UUID, forms: dict[str, UUID]
    ) -> None:
        respond(school, forms["mentee"], **{USEFUL: "1", LEARNED: "Nothing at all."})
        mentor = school.signed_in(school.world.mentor_id)
        for path in ("/mentor", "/feedback", f"/feedback/{meeting_id}/state"):
            assert "Nothing at all." not in get(mentor, path).text

    def test_answers_the_same_state_with_not_modified(
        self, school: School, meeting_id: UUID, forms: dict[str, UUID], teacher: dict[str, str]
    ) -> None:
        browser, path = school.browser(), f"/feedback/{meeting_id}/state"
        first = get(browser, path, headers=teacher)
        again = get(browser, path, headers={**teacher, "If-None-Match": first.headers["ETag"]})
        assert again.status_code == 304

    def test_of_another_school_is_not_there(
        self, school: School, forms: dict[str, UUID], teacher: dict[str, str]
    ) -> None:
        assert get(school.browser(), f"/feedback/{uuid4()}", headers=teacher).status_code == 404
