"""The onlooker of the journey sees what is wrong; otherwise its silence would prove nothing."""

import pytest
from playwright.sync_api import Playwright

from tests.e2e.onlooker import Onlooker
from tests.servers.browser import launch_arguments

pytestmark = pytest.mark.e2e

TOOL = "http://localhost:9100"
WRONG = (
    '<!doctype html><html lang="en"><title>Wrong</title><main><h1>Wrong</h1>'
    '<img src="data:,"><div class="wide">Too wide</div></main>'
)


def test_an_inaccessible_or_wide_page_and_a_complaint_are_noted(
    playwright: Playwright, chromium: str
) -> None:
    onlooker = Onlooker(tool_url=TOOL)
    browser = playwright.chromium.launch(executable_path=chromium, args=launch_arguments())
    page = browser.new_page()
    onlooker.follow(page.context)
    page.set_content(WRONG)
    page.add_style_tag(content=".wide { width: 600px }")
    page.evaluate("console.error('a complaint')")
    onlooker.look(page, page.locator("html"))
    browser.close()
    assert "a complaint" in onlooker.wrong[0]
    assert "image-alt" in onlooker.wrong[1]
    assert " at 390: ['DIV.wide" in onlooker.wrong[2]
    assert len(onlooker.wrong) == 3


def test_a_secret_in_an_address_is_noted() -> None:
    onlooker = Onlooker(tool_url=TOOL, secrets={"s3cret"})
    onlooker.addresses = {f"{TOOL}/meetings", f"{TOOL}/meetings?token=s3cret"}
    assert list(onlooker.leaks()) == [f"{TOOL}/meetings?token=s3cret"]
