"""The frame script in a real browser that blocks the tool's cookies and storage."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import BrowserContext, Frame, Page, Playwright, expect

from lti_tool.cli.processes import free_port
from tests.e2e.frame_site import (
    COOKIE,
    OTHER_KEY,
    PROOF,
    TOKEN,
    Seen,
    build_platform,
    build_tool,
    running,
)
from tests.servers.browser import launch_arguments, profile_blocking

pytestmark = pytest.mark.e2e

WIDTHS = (1280, 700, 390)


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers:
    tool: str
    platform: str
    app: Flask


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    tool_port, platform_port = free_port(), free_port()
    tool, platform = f"http://localhost:{tool_port}", f"http://127.0.0.1:{platform_port}"
    app = build_tool(tmp_path_factory.mktemp("tool"), tool, Seen(platform=platform))
    with ExitStack() as stack:
        stack.enter_context(running(app, tool_port))
        stack.enter_context(running(build_platform(tool), platform_port))
        yield Servers(tool=tool, platform=platform, app=app)


@pytest.fixture
def seen(servers: Servers) -> Seen:
    state = Seen(platform=servers.platform)
    state.hold.set()
    servers.app.extensions["seen"] = state
    return state


def opened(playwright: Playwright, chromium: str, profile: Path) -> BrowserContext:
    return playwright.chromium.launch_persistent_context(
        profile, executable_path=chromium, args=launch_arguments()
    )


@pytest.fixture(scope="module")
def blocking(
    playwright: Playwright,
    chromium: str,
    servers: Servers,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[BrowserContext]:
    folder = profile_blocking(tmp_path_factory.mktemp("blocking"), servers.tool)
    with opened(playwright, chromium, folder) as context:
        yield context


@pytest.fixture(scope="module")
def partitioning(
    playwright: Playwright, chromium: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BrowserContext]:
    with opened(playwright, chromium, tmp_path_factory.mktemp("plain")) as context:
        yield context


@pytest.fixture
def page(blocking: BrowserContext, servers: Servers, seen: Seen) -> Iterator[Page]:
    yield from watched(blocking)


@pytest.fixture
def own_storage(partitioning: BrowserContext, servers: Servers, seen: Seen) -> Iterator[Page]:
    yield from watched(partitioning)


def watched(context: BrowserContext) -> Iterator[Page]:
    page = context.new_page()
    refused: list[str] = []
    page.on(
        "console",
        lambda message: refused.append(message.text) if "Security Policy" in message.text else None,
    )
    page.on("pageerror", lambda error: refused.append(str(error)))
    yield page
    page.close()
    assert refused == []


def in_course(page: Page, servers: Servers, path: str = "/enter") -> Frame:
    page.goto(f"{servers.platform}/course?path={path}")
    frame = page.frame(name="tool")
    assert frame is not None
    expect(frame.locator("h1")).to_be_visible()
    return frame


def go(frame: Frame, address: str) -> None:
    """Follow a link to the address, as any page may have one."""
    frame.evaluate(
        "(href) => { const a = document.createElement('a'); a.href = href; a.id = 'go';"
        " a.textContent = 'go'; document.getElementById('main').append(a); }",
        address,
    )
    frame.locator("#go").click()


def path_of(frame: Frame) -> str:
    return str(frame.evaluate("location.pathname + location.search + location.hash"))


def test_links_are_followed_with_the_token_and_without_a_cookie(
    page: Page, servers: Servers, seen: Seen
) -> None:
    frame = in_course(page, servers)
    assert path_of(frame) == "/"
    frame.get_by_role("link", name="See the activities").click()
    expect(frame.locator("h1")).to_have_text("Activities")
    assert path_of(frame) == "/activities"
    assert frame.title() == "Activities · Career Mentoring"
    expect(frame.locator("#main")).to_be_focused()
    expect(frame.locator("#announcer")).to_have_text("Activities · Career Mentoring")
    expect(frame.locator("nav [aria-current]")).to_have_text("Activities")
    assert seen.authorizations == [f"Bearer {TOKEN}"]
    assert page.context.cookies(servers.tool) == []


def test_the_navigation_offers_only_what_exists_and_is_open(page: Page, servers: Servers) -> None:
    frame = in_course(page, servers)
    expect(frame.locator("nav li")).to_have_text(["Home", "Activities"])
    expect(frame.locator(".place-where")).to_have_text("Career and Financial Management, Period 3")


def test_a_fragment_is_scrolled_to_and_focused(page: Page, servers: Servers) -> None:
    frame = in_course(page, servers)
    frame.get_by_role("link", name="The last one").click()
    expect(frame.locator("#last")).to_be_focused()
    assert path_of(frame) == "/activities#last"


def test_redirects_are_followed_to_their_own_address(page: Page, servers: Servers) -> None:
    frame = in_course(page, servers)
    frame.get_by_role("link", name="Find").click()
    expect(frame.get_by_label("Words")).to_have_value("found")
    assert path_of(frame) == "/activities?words=found"


def test_a_double_click_posts_once_and_the_notice_is_said_once(
    page: Page, servers: Servers, seen: Seen
) -> None:
    frame = in_course(page, servers)
    seen.hold.clear()
    button = frame.get_by_role("button", name="Book it")
    button.dblclick()
    expect(button).to_have_attribute("aria-disabled", "true")
    button.dispatch_event("click")
    seen.hold.set()
    expect(frame.locator(".notice")).to_contain_text("The meeting is booked.")
    assert seen.booked == ["7"]
    assert path_of(frame) == "/"
    go(frame, "/activities")
    expect(frame.locator("h1")).to_have_text("Activities")
    frame.evaluate("history.back()")
    expect(frame.locator("h1")).to_have_text("Start")
    expect(frame.locator(".notice")).to_have_count(0)


def test_back_and_forward_fetch_again(page: Page, servers: Servers) -> None:
    frame = in_course(page, servers)
    frame.get_by_role("link", name="See the activities").click()
    expect(frame.locator("h1")).to_have_text("Activities")
    frame.evaluate("history.back()")
    expect(frame.locator("h1")).to_have_text("Start")
    assert path_of(frame) == "/"
    frame.evaluate("history.forward()")
    expect(frame.locator("h1")).to_have_text("Activities")


def test_a_search_form_keeps_its_words_and_its_button_in_the_address(
    page: Page, servers: Servers
) -> None:
    frame = in_course(page, servers)
    go(frame, "/activities")
    frame.get_by_label("Words").fill("bridge & road")
    frame.get_by_role("button", name="Find").click()
    expect(frame.get_by_label("Words")).to_have_value("bridge & roadtitles")
    assert path_of(frame) == "/activities?words=bridge+%26+road&in=titles"


def test_a_form_with_a_file_and_its_button_arrives_whole(
    page: Page, servers: Servers, seen: Seen
) -> None:
    frame = in_course(page, servers)
    go(frame, "/activities")
    frame.get_by_label("Title").fill("Bridges")
    frame.get_by_label("In a call").check()
    frame.get_by_label("Picture").set_input_files(
        {"name": "a.txt", "mimeType": "text/plain", "buffer": b"drawing"}
    )
    frame.get_by_role("button", name="Add it").click()
    expect(frame.locator(".notice")).to_contain_text("The program was saved.")
    assert seen.uploads == [("Bridges", "stay", "drawing")]


def test_a_form_with_errors_keeps_what_was_typed_and_leads_to_each_error(
    page: Page, servers: Servers
) -> None:
    frame = in_course(page, servers)
    go(frame, "/activities")
    frame.get_by_label("Note").fill("Bring a drawing.")
    frame.get_by_role("button", name="Add it").click()
    expect(frame.locator(".error-summary")).to_be_focused()
    expect(frame.get_by_label("Note")).to_have_value("Bring a drawing.")
    frame.get_by_role("link", name="Title: Please give it a title.").click()
    title = frame.get_by_label("Title")
    expect(title).to_be_focused()
    expect(title).to_have_accessible_description("Please give it a title.")
    assert path_of(frame).startswith("/activities")


def test_the_frame_tells_the_platform_how_high_it_is_on_every_page(
    page: Page, servers: Servers
) -> None:
    frame = in_course(page, servers)
    heard = "heard.filter((m) => m.subject === 'lti.frameResize').map((m) => m.height)"
    page.wait_for_function(f"{heard}.length > 0")
    go(frame, "/activities")
    expect(frame.locator("h1")).to_have_text("Activities")
    height = frame.evaluate("Math.ceil(document.body.getBoundingClientRect().height)")
    page.wait_for_function(f"{heard}.at(-1) === {height}")
    page.wait_for_function("heard.some((m) => m.subject === 'lti.scrollToTop')")


def test_polling_sends_the_tag_and_ends_at_the_final_state(
    page: Page, servers: Servers, seen: Seen
) -> None:
    frame = in_course(page, servers)
    expect(frame.locator("[data-poll]")).to_contain_text("3 of 3 fetched")
    expect(frame.locator("#announcer")).to_have_text("3 of 3 fetched")
    asked = len(seen.polls)
    assert asked == 6
    assert '"1"' in seen.polls
    go(frame, "/activities")
    expect(frame.locator("h1")).to_have_text("Activities")
    assert len(seen.polls) == asked


def test_a_draft_saves_itself_and_its_new_version_is_handed_in(
    page: Page, servers: Servers, seen: Seen
) -> None:
    frame = in_course(page, servers)
    go(frame, "/draft")
    text = frame.get_by_label("Your text")
    text.fill("I learned how bridges stand.")
    expect(frame.locator("[data-save-state]")).to_have_text("Not saved yet")
    expect(frame.locator("[data-save-state]")).to_have_text("Saved at 10:42 AM")
    text.fill("I learned how bridges stand up.")
    frame.get_by_role("button", name="Hand in").click()
    expect(frame.locator(".notice")).to_contain_text("Handed in.")
    assert seen.drafts == ["I learned how bridges stand."]
    assert seen.handed_in == [("I learned how bridges stand up.", "2")]


def test_leaving_a_page_saves_the_draft_first(page: Page, servers: Servers, seen: Seen) -> None:
    frame = in_course(page, servers)
    go(frame, "/draft")
    frame.get_by_label("Your text").fill("Half a sentence")
    frame.get_by_role("link", name="Home").click()
    expect(frame.locator("h1")).to_have_text("Start")
    assert seen.drafts == ["Half a sentence"]


def test_a_conflict_is_shown_and_resolved_and_never_overwrites(
    page: Page, servers: Servers, seen: Seen
) -> None:
    frame = in_course(page, servers)
    go(frame, "/draft")
    text = frame.get_by_label("Your text")
    expect(text).to_be_visible()
    seen.version, seen.drafts = 5, ["From my phone"]
    text.fill("From my laptop")
    expect(frame.locator(".conflict")).to_contain_text("There is a newer text: From my phone")
    expect(text).to_have_value("From my laptop")
    text.fill("From my laptop again")
    assert seen.drafts == ["From my phone"]
    frame.get_by_role("button", name="Keep mine").click()
    expect(frame.locator("[data-save-state]")).to_have_text("Saved at 10:42 AM")
    assert seen.drafts == ["From my phone", "From my laptop again"]


def test_an_unreachable_server_leaves_the_page_and_the_text(page: Page, servers: Servers) -> None:
    frame = in_course(page, servers)
    go(frame, "/draft")
    frame.get_by_label("Your text").fill("Not lost")
    page.route(f"{servers.tool}/**", lambda route: route.abort())
    frame.get_by_role("button", name="Hand in").click()
    expect(frame.locator("#connection")).to_contain_text("could not be reached")
    expect(frame.get_by_label("Your text")).to_have_value("Not lost")
    expect(frame.locator("[data-save-state]")).to_contain_text("Please keep this page open")
    page.unroute_all()


def test_unsaved_text_comes_back_to_its_author_and_to_nobody_else(
    own_storage: Page, servers: Servers, seen: Seen
) -> None:
    frame = in_course(own_storage, servers)
    go(frame, "/draft")
    seen.is_down = True
    frame.get_by_label("Your text").fill("Written in the bus")
    expect(frame.locator("[data-save-state]")).to_contain_text("kept in this tab")
    kept = frame.evaluate("JSON.stringify({...sessionStorage})")
    assert "bus" not in kept
    seen.key = OTHER_KEY
    frame = in_course(own_storage, servers)
    go(frame, "/draft")
    expect(frame.get_by_label("Your text")).to_have_value("")
    assert seen.drafts == []


def test_unsaved_text_is_saved_when_its_author_returns(
    own_storage: Page, servers: Servers, seen: Seen
) -> None:
    frame = in_course(own_storage, servers)
    go(frame, "/draft")
    seen.is_down = True
    frame.get_by_label("Your text").fill("Written in the bus")
    expect(frame.locator("[data-save-state]")).to_contain_text("kept in this tab")
    frame = in_course(own_storage, servers)
    seen.is_down = False
    go(frame, "/draft")
    expect(frame.get_by_label("Your text")).to_have_value("Written in the bus")
    expect(frame.locator("[data-save-state]")).to_have_text("Saved at 10:42 AM")
    assert seen.drafts == ["Written in the bus"]
    assert "draft:" not in frame.evaluate("JSON.stringify({...sessionStorage})")


def test_a_reloaded_tab_resumes_where_storage_is_allowed(
    own_storage: Page, servers: Servers
) -> None:
    frame = in_course(own_storage, servers)
    go(frame, "/activities?words=kept")
    expect(frame.get_by_label("Words")).to_have_value("kept")
    frame.evaluate("location.reload()")
    expect(frame.get_by_label("Words")).to_have_value("kept")


def test_a_tab_resumes_only_inside_the_page_it_was_launched_in(
    own_storage: Page, servers: Servers
) -> None:
    in_course(own_storage, servers)
    port = free_port()
    with running(build_platform(servers.tool), port):
        # Another port is the same site to the browser's storage, as another tool's page may be.
        own_storage.goto(f"http://127.0.0.1:{port}/course?path=/")
        tool = own_storage.frame_locator("iframe[name=tool]")
        expect(tool.locator("h1")).to_have_text("Welcome to Career Mentoring")
        assert "career-mentoring.tab" in own_storage.frames[-1].evaluate("({...sessionStorage})")
        expect(tool.locator("h1")).to_have_text("Welcome to Career Mentoring")


def test_a_reloaded_tab_offers_the_ways_in_where_storage_is_blocked(
    page: Page, servers: Servers
) -> None:
    frame = in_course(page, servers)
    frame.evaluate("location.reload()")
    expect(frame.locator("h1")).to_have_text("Welcome to Career Mentoring")
    expect(frame.get_by_text("Open Career Mentoring in your course").first).to_be_visible()


def test_a_token_that_ended_shows_the_ways_in(page: Page, servers: Servers) -> None:
    frame = in_course(page, servers)
    frame.get_by_role("link", name="Signed out elsewhere").click()
    expect(frame.locator("h1")).to_have_text("Please open this again")
    expect(frame.get_by_role("heading", name="Student or teacher?")).to_be_visible()


def test_a_file_is_downloaded_with_the_token(page: Page, servers: Servers) -> None:
    frame = in_course(page, servers)
    with page.expect_download() as download:
        frame.get_by_role("link", name="The report as a file").click()
    assert download.value.suggested_filename == "report.csv"
    expect(frame.locator("h1")).to_have_text("Start")


def test_a_room_opens_in_a_new_tab_from_a_logged_post(page: Page, servers: Servers) -> None:
    frame = in_course(page, servers)
    with page.context.expect_page() as room:
        frame.get_by_role("button", name="Join the room").click()
    room.value.wait_for_url(f"{servers.platform}/room")
    room.value.close()


def test_a_launch_proves_its_browser_by_platform_storage(
    page: Page, servers: Servers, seen: Seen
) -> None:
    seen.needs_proof = True
    frame = in_course(page, servers, "/login")
    expect(frame.locator("h1")).to_have_text("Start")
    assert seen.proofs == [PROOF]


def test_a_launch_without_a_proof_offers_a_new_tab(
    page: Page, servers: Servers, seen: Seen
) -> None:
    seen.needs_proof = True
    page.goto(f"{servers.platform}/course?path=/enter")
    link = page.frame_locator("iframe[name=tool]").get_by_role("link", name="Open in a new tab")
    expect(link).to_be_visible()
    expect(link).to_have_attribute("href", "/again")
    assert seen.proofs == []


def test_outside_the_platform_the_browser_navigates_and_posts_once(
    own_storage: Page, servers: Servers, seen: Seen
) -> None:
    own_storage.context.add_cookies([{"name": COOKIE, "value": TOKEN, "url": servers.tool}])
    own_storage.goto(servers.tool)
    seen.hold.clear()
    button = own_storage.get_by_role("button", name="Book it")
    button.dblclick(no_wait_after=True)
    seen.hold.set()
    expect(own_storage.locator(".notice")).to_contain_text("The meeting is booked.")
    assert seen.booked == ["7"]
    expect(own_storage).to_have_url(f"{servers.tool}/")
    own_storage.context.clear_cookies()


@pytest.mark.parametrize("width", WIDTHS)
def test_every_component_is_accessible_and_fits(
    own_storage: Page, servers: Servers, width: int
) -> None:
    own_storage.set_viewport_size({"width": width, "height": 900})
    own_storage.goto(f"{servers.tool}/gallery")
    found = Axe().run(own_storage)
    assert found.violations_count == 0, found.generate_report()
    assert own_storage.evaluate("document.documentElement.scrollWidth") <= width


def test_static_files_are_kept_for_good_only_under_their_hash(
    own_storage: Page, servers: Servers
) -> None:
    own_storage.goto(f"{servers.tool}/gallery")
    style = own_storage.locator("link[href*='style.css']").get_attribute("href") or ""
    assert re.search(r"\?v=[0-9a-f]{12}$", style)
    kept = own_storage.request.get(servers.tool + style)
    assert "immutable" in kept.headers["cache-control"]
    unknown = own_storage.request.get(f"{servers.tool}/static/style.css?v=other")
    assert "immutable" not in unknown.headers["cache-control"]
