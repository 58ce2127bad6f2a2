"""A real browser, the stand-in LMS and the real tool: from the course page to the start page."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, FrameLocator, Page, Playwright, expect

from config.settings import Environment, parse_settings
from lti_tool.app import build_app
from lti_tool.bootstrap import build_workshop
from lti_tool.cli.local import Backing, local_settings
from tests.functional.launch.served import served
from tests.functional.launch.world import COURSE, Registered, World
from tests.servers.browser import launch_arguments, profile_blocking
from tests.servers.sandbox import Sandbox

pytestmark = pytest.mark.e2e

Browse = Callable[[Path | None], Page]


@pytest.fixture
def world(sandbox: Sandbox, sqlite_url: str, tmp_path: Path) -> Iterator[World]:
    settings = parse_settings(
        local_settings(
            tmp_path / "tool",
            environment=Environment.test,
            tool_url=sandbox.tool_url,
            google_url=sandbox.google_url,
            backing=Backing(database_url=sqlite_url),
        )
    )
    workshop = build_workshop(settings)
    workshop.database.wake = None
    running = World(lms_url=sandbox.lms_url, app=build_app(settings, workshop), workshop=workshop)
    with served(running):
        yield running
    workshop.database.engine.dispose()


@pytest.fixture
def browse(playwright: Playwright, chromium: str, tmp_path: Path) -> Iterator[Browse]:
    with ExitStack() as stack:

        def open_page(profile: Path | None) -> Page:
            context: BrowserContext = stack.enter_context(
                playwright.chromium.launch_persistent_context(
                    profile or tmp_path / "plain",
                    executable_path=chromium,
                    args=launch_arguments(),
                )
            )
            return context.new_page()

        yield open_page


def _open(page: Page, world: World, registered: Registered, user: str) -> FrameLocator:
    page.goto(f"{world.lms_url}/courses/{COURSE}?as={user}&registration={registered.client_id}")
    page.get_by_role("link", name="Career Mentoring", exact=True).click()
    return page.frame_locator("iframe[name=tool]")


@pytest.mark.parametrize("profile", ["canvas", "schoology"])
def test_67_with_the_tools_cookies_blocked_platform_storage_is_enough(
    world: World, browse: Browse, tmp_path: Path, profile: str
) -> None:
    page = browse(profile_blocking(tmp_path / "blocking", world.public_url))
    tool = _open(page, world, world.register(profile), "rivera")
    expect(tool.locator("header .place")).to_contain_text("Career Pathways, Section A")


@pytest.mark.parametrize("storage", ["silent", "absent", "wrong-origin"])
def test_67_without_platform_storage_the_partitioned_cookie_is_enough(
    world: World, browse: Browse, storage: str
) -> None:
    tool = _open(browse(None), world, world.register("canvas", storage=storage), "rivera")
    expect(tool.locator("header .place")).to_contain_text("Career Pathways, Section A")


def test_67_with_neither_a_new_tab_opens_the_course(
    world: World, browse: Browse, tmp_path: Path
) -> None:
    canvas = world.register("canvas", storage="absent")
    page = browse(profile_blocking(tmp_path / "blocking", world.public_url))
    tool = _open(page, world, canvas, "rivera")
    link = tool.get_by_role("link", name="Open in a new tab")
    expect(link).to_be_visible()
    address = world.public_url + (link.get_attribute("href") or "")
    tab = browse(None)
    tab.goto(f"{world.lms_url}/courses/{COURSE}?as=rivera&registration={canvas.client_id}")
    tab.goto(address)
    expect(tab.locator("header .place")).to_contain_text("Career Pathways, Section A")
    assert "login=" not in tab.url
