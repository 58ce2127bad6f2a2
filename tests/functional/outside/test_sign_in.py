import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from lti_tool.models.people import SignInRecord
from lti_tool.web.sessions import SESSION_COOKIE
from tests.functional.outside.school import SECURE, School, csrf_token, get, submit


def ask(school: School, browser: FlaskClient, address: str, next_path: str = "/") -> TestResponse:
    page = get(browser, f"/sign-in?next={next_path}")
    answer = submit(browser, page, "sign-in-ask", email=address)
    school.deliver()
    return answer


def code_in(school: School) -> str:
    found = re.search(r"code is: (\d{6})", school.mails()[-1][2])
    assert found is not None
    return found[1]


def secret_in(school: School) -> str:
    found = re.search(r"/sign-in/link#(\S+)", school.mails()[-1][2])
    assert found is not None
    return found[1]


def enter(browser: FlaskClient, code: str, email: str = "") -> TestResponse:
    return submit(browser, get(browser, "/sign-in/code"), "sign-in-code", code=code, email=email)


def is_in(browser: FlaskClient) -> bool:
    return browser.get_cookie(SESSION_COOKIE, path="/") is not None


class TestCode:
    def test_signs_the_mentor_in_and_leads_where_they_wanted_to_go(self, school: School) -> None:
        browser = school.browser()
        asked = ask(school, browser, school.address(school.world.mentor_id), "/devices")
        assert (asked.status_code, asked.location) == (303, "/sign-in/code?said=code-sent")
        entered = enter(browser, code_in(school))
        assert (entered.status_code, entered.location) == (303, "/devices")
        assert "This browser" in get(browser, "/devices").text

    def test_works_once(self, school: School) -> None:
        browser, other = school.browser(), school.browser()
        address = school.address(school.world.mentor_id)
        ask(school, browser, address)
        assert enter(browser, code_in(school)).status_code == 303
        assert enter(other, code_in(school), address).status_code == 422
        assert not is_in(other)

    def test_works_in_another_browser_with_the_address(self, school: School) -> None:
        address = school.address(school.world.mentor_id)
        ask(school, school.browser(), address)
        other = school.browser()
        assert enter(other, code_in(school)).status_code == 422
        assert enter(other, code_in(school), address.upper()).status_code == 303

    def test_is_worthless_after_five_wrong_ones(self, school: School) -> None:
        browser = school.browser()
        ask(school, browser, school.address(school.world.mentor_id))
        right = code_in(school)
        wrong = f"{(int(right) + 1) % 10**6:06}"
        for _ in range(5):
            assert enter(browser, wrong).status_code == 422
        assert enter(browser, right).status_code == 422

    def test_may_be_typed_with_a_blank(self, school: School) -> None:
        browser = school.browser()
        ask(school, browser, school.address(school.world.mentor_id))
        code = code_in(school)
        assert enter(browser, f"{code[:3]} {code[3:]}").status_code == 303


class TestAsking:
    def test_answers_the_same_for_an_unknown_address(self, school: School) -> None:
        browser = school.browser()
        asked = ask(school, browser, "nobody@nowhere.example")
        assert asked.location == "/sign-in/code?said=code-sent"
        assert school.mails() == []
        assert enter(browser, "123456").status_code == 422

    def test_refuses_what_is_no_address_and_keeps_it(self, school: School) -> None:
        refused = ask(school, school.browser(), "jordan")
        assert refused.status_code == 422
        assert 'value="jordan"' in refused.text

    def test_sends_a_mailbox_no_more_than_five_mails(self, school: School) -> None:
        for _ in range(7):
            ask(school, school.browser(), school.address(school.world.mentor_id))
        assert len(school.mails()) == 5

    @pytest.mark.parametrize(
        "elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example", "evil"]
    )
    def test_leads_nowhere_else(self, school: School, elsewhere: str) -> None:
        browser = school.browser()
        ask(school, browser, school.address(school.world.mentor_id), elsewhere)
        assert enter(browser, code_in(school)).location == "/"

    def test_mails_neither_name_nor_secret_in_the_subject(self, school: School) -> None:
        ask(school, school.browser(), school.address(school.world.mentor_id))
        ((to, subject, text),) = school.mails()
        assert to == school.address(school.world.mentor_id)
        assert not re.search(r"\d|Jordan", subject)
        assert "We only meet in supervised meetings of the school" in text


class TestLink:
    def test_signs_in_where_it_was_asked_for(self, school: School) -> None:
        browser = school.browser()
        ask(school, browser, school.address(school.world.mentor_id), "/devices")
        page = get(browser, "/sign-in/link")
        entered = submit(browser, page, "sign-in-link", secret=secret_in(school))
        assert (entered.status_code, entered.location) == (303, "/devices")

    def test_lets_a_scanner_in_nowhere_and_stays_usable(self, school: School) -> None:
        browser, scanner = school.browser(), school.browser()
        ask(school, browser, school.address(school.world.mentor_id))
        secret = secret_in(school)
        for _ in range(7):
            page = get(scanner, "/sign-in/link")
            assert submit(scanner, page, "sign-in-link", secret=secret).status_code == 422
        assert not is_in(scanner)
        page = get(browser, "/sign-in/link")
        assert submit(browser, page, "sign-in-link", secret=secret).status_code == 303

    def test_does_not_work_once_the_code_was_used(self, school: School) -> None:
        browser = school.browser()
        ask(school, browser, school.address(school.world.mentor_id))
        enter(browser, code_in(school))
        page = get(browser, "/sign-in/link")
        assert submit(browser, page, "sign-in-link", secret=secret_in(school)).status_code == 422


class TestDevices:
    def test_can_be_signed_out_from_another_one(self, school: School) -> None:
        lost, browser = (school.signed_in(school.world.mentor_id) for _ in range(2))
        page = get(browser, "/devices")
        assert "Another browser" in page.text
        submit(browser, page, "forget-device")
        assert "Another browser" not in get(lost, "/devices").text
        assert "Welcome" in get(lost, "/devices").text

    def test_of_somebody_else_are_out_of_reach(self, school: School) -> None:
        theirs = school.signed_in(school.world.rivera_id)
        page = get(theirs, "/devices")
        assert "This browser" in page.text
        mine = school.signed_in(school.world.mentor_id)
        with school.workshop.database.reading() as session:
            theirs_id = session.scalars(
                select(SignInRecord.id).where(SignInRecord.person_id == school.world.rivera_id)
            ).one()
        fields = {"csrf_token": csrf_token(get(mine, "/devices"))}
        forged = mine.post(f"/devices/{theirs_id}/forget", data=fields, base_url=SECURE)
        assert forged.status_code == 404
        assert "This browser" in get(theirs, "/devices").text

    def test_forget_the_sign_in_on_signing_out(self, school: School) -> None:
        browser = school.signed_in(school.world.mentor_id)
        left = submit(browser, get(browser, "/devices"), "sign-out")
        assert left.location == "/sign-in?said=signed-out"
        assert not is_in(browser)
