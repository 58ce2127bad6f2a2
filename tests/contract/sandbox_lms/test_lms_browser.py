"""The pages in a real browser: signing in, the tool in its frame, storage, adding content."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from sandbox.store import Store
from tests.contract.sandbox_lms.browser_tool import browsable
from tests.contract.sandbox_lms.world import Registered, World, running_world

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def school() -> Iterator[World]:
    store = Store()
    with running_world(store, host="localhost", make_tool=browsable) as running:
        yield running
    store.close()


@pytest.fixture
def canvas(school: World) -> Registered:
    return school.register("canvas")


def _sign_in(page: Page, registered: Registered, user: str) -> None:
    page.goto(
        f"{registered.world.url}/courses/pathways-a?as={user}&registration={registered.client_id}"
    )


def test_a_person_chosen_on_the_first_page_opens_the_course(page: Page, canvas: Registered) -> None:
    page.goto(canvas.world.url)
    page.get_by_label("Person").select_option("maya")
    page.get_by_role("button", name="Open the course").click()
    expect(page.get_by_role("heading", name="Career Pathways, Section A")).to_be_visible()
    expect(page.get_by_text("Signed in as Maya Torres")).to_be_visible()


def test_the_tool_opens_in_its_frame_with_storage_and_fits_it(
    page: Page, canvas: Registered
) -> None:
    _sign_in(page, canvas, "maya")
    page.get_by_role("link", name="Career Mentoring").click()
    tool = page.frame_locator("iframe[name=tool]")
    expect(tool.locator("#who")).to_have_text("Maya")
    expect(tool.locator("#kept")).not_to_have_text("nothing")
    expect(tool.locator("#refused")).to_have_text("unsupported_subject")
    frame = page.locator("iframe[name=tool]")
    expect(frame).to_have_css("height", "911px")
    expect(frame).to_have_attribute("allow", "microphone *")


def test_a_teacher_adds_an_assignment_and_a_student_finds_it(
    page: Page, canvas: Registered
) -> None:
    _sign_in(page, canvas, "rivera")
    page.get_by_role("link", name="Add from Career Mentoring").click()
    page.frame_locator("iframe[name=tool]").get_by_role("button").click()
    expect(page.get_by_role("heading", name="Career Pathways, Section A")).to_be_visible()
    expect(page.get_by_role("link", name="My first meeting")).to_be_visible()
    link = canvas.world.get("/control/courses/pathways-a/links", client_id=canvas.client_id)[0]
    item = {"id": f"{canvas.line_items_url()}/{link['line_items'][0]}"}
    canvas.score(item, "maya", scoreGiven=16, comment="Good questions.")
    _sign_in(page, canvas, "maya")
    expect(page.get_by_text("Grade: 4 of 5")).to_be_visible()
    page.get_by_role("link", name="My grades").click()
    expect(page.get_by_text("Good questions.")).to_be_visible()
    expect(page.get_by_text("Liam Brooks")).to_have_count(0)


def test_another_site_gets_nothing_from_storage(page: Page, canvas: Registered) -> None:
    page.goto(f"{canvas.world.url}/storage/{canvas.client_id}")
    code = page.evaluate(
        """() => new Promise((resolve) => {
          addEventListener("message", (event) => {
            if (event.data.error) { resolve(event.data.error.code); }
          });
          window.postMessage({ subject: "lti.get_data", key: "state", message_id: "1" }, "*");
        })"""
    )
    assert code == "wrong_origin"


@pytest.mark.parametrize("path", ["", "?placement=deep_linking", "/open", "/gradebook"])
def test_pages_fit_a_phone_and_pass_the_accessibility_rules(
    page: Page, canvas: Registered, path: str
) -> None:
    canvas.score(canvas.add_line_item(label="First reflection"), "maya", comment="Well done.")
    page.set_viewport_size({"width": 390, "height": 800})
    _sign_in(page, canvas, "rivera")
    page.goto(f"{canvas.world.url}/courses/pathways-a{path}")
    if path == "/open":
        expect(page.frame_locator("iframe[name=tool]").locator("#who")).to_have_text("Elena")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    outside_the_tool = {"exclude": [["iframe"]]}
    found = Axe().run(page, context=outside_the_tool)
    assert found.violations_count == 0, found.generate_report()
