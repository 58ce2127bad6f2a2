from dataclasses import replace

from config.settings import Environment
from lti_tool.app import build_app
from tests.functional.outside.school import School, get, submit


def test_people_of_the_demo_read_their_mail_there(school: School) -> None:
    browser = school.browser()
    address = school.address(school.world.mentor_id)
    submit(browser, get(browser, "/sign-in"), "sign-in-ask", email=address)
    school.deliver()
    page = get(browser, "/demo/mail").text
    assert address in page
    assert "Your code is:" in page


def test_there_is_no_such_page_in_production(school: School) -> None:
    settings = replace(school.workshop.settings, environment=Environment.production)
    app = build_app(settings, school.workshop)
    assert app.test_client().get("/demo/mail").status_code == 404
