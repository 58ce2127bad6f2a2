"""A launch that goes well, from the login to the tab's token."""

from lti_tool.models.people import SignInRecord
from tests.functional.launch.world import Registered, World, page_data


def test_a_teacher_enters_the_course(world: World, platform: Registered) -> None:
    browser = world.browser()
    entered = world.enter(browser, platform, "rivera")
    assert entered["landing"] == "/"
    assert entered["token"]
    assert world.count(SignInRecord) == 1


def test_login_page_goes_on_by_a_link_without_script(world: World, canvas: Registered) -> None:
    page = world.log_in(world.browser(), canvas, "rivera")
    assert page.status_code == 200
    assert page_data(page)["mode"] == "login"
    assert "Continue" in page.text
