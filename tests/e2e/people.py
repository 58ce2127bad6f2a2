"""People with a browser each: what they can do on a page, and where they come from."""

import re
from contextlib import suppress
from dataclasses import dataclass

from playwright.sync_api import BrowserContext, FrameLocator, Locator, Page, expect
from playwright.sync_api import Error as PlaywrightError

from sandbox.scenario.stage import COURSE
from tests.e2e.onlooker import Onlooker

TOOL = "iframe[name=tool]"
ATTEMPT, ATTEMPTS = 1_000.0, 40
IS_AT = """(root, address) => new Promise((there, elsewhere) => {
  const ends = Date.now() + 1000;
  const look = () => {
    if (new RegExp(address).test(location.href)) there();
    else if (Date.now() > ends) elsewhere(new Error(location.href));
    else setTimeout(look, 50);
  };
  look();
})"""


@dataclass(slots=True, kw_only=True)
class Person:
    """Somebody at a browser; `page` is the tab in front of them."""

    name: str
    context: BrowserContext
    page: Page
    onlooker: Onlooker
    lms_url: str = ""
    client_id: str = ""

    # ------------------------------------------------------------ where they are

    @property
    def tool(self) -> Page | FrameLocator:
        """Return where the tool is shown: in the course's frame, or in the tab itself."""
        return self.page.frame_locator(TOOL) if self.lms_url else self.page

    @property
    def root(self) -> Locator:
        """Return the tool's document; found anew each time, since a launch changes frames."""
        return self.tool.locator("html")

    def go_to_course(self) -> None:
        """Open the course in the LMS."""
        self.page.goto(
            f"{self.lms_url}/courses/{COURSE}?as={self.name}&registration={self.client_id}"
        )

    def open_tool(self) -> None:
        """Open the tool from the course's navigation."""
        self.go_to_course()
        course = self.page.get_by_role("navigation", name="Course")
        course.get_by_role("link", name=re.compile("Career Mentoring")).click()
        self.arrives("/")

    def arrives(self, path: str) -> None:
        """Wait until the tool shows the page at `path`; a star stands for one id."""
        pattern = re.escape(path).replace(r"\*", "[0-9a-f-]{36}")
        address = f"^{re.escape(self.onlooker.tool_url)}{pattern}([?#].*)?$"
        for _ in range(ATTEMPTS):
            # While a launch goes from site to site, the document of a moment ago is gone.
            with suppress(PlaywrightError):
                self.root.evaluate(IS_AT, address, timeout=2 * ATTEMPT)
                break
        else:
            raise AssertionError(f"{self.name} is at {self.path}, not at {path}: {self.words}")
        expect(self.find("main h1")).to_be_visible()
        expect(self.find("html[aria-busy]")).to_have_count(0)

    @property
    def path(self) -> str:
        """Return the path of the tool's page."""
        return str(self.root.evaluate("() => location.pathname"))

    @property
    def words(self) -> str:
        """Return what the page says."""
        return " ".join(self.tool.locator("main").inner_text().split())

    # ------------------------------------------------------------ what they do

    def find(self, selector: str) -> Locator:
        """Return a part of the tool's page."""
        return self.tool.locator(selector)

    def form(self, name: str) -> Locator:
        """Return the form of that name."""
        return self.find(f'form[data-form="{name}"]')

    def look(self) -> None:
        """Let the onlooker look at the page."""
        expect(self.find("main h1")).to_be_visible()
        self.onlooker.look(self.page, self.root)

    def look_around(self) -> None:
        """Let the onlooker look at a page that is not the tool's."""
        self.onlooker.look(self.page, self.page.locator("html"))

    def follow(self, action: str, text: str = "") -> None:
        """Follow the link of that action, the one that says `text` if there are several."""
        self.find(f'a[data-action="{action}"]').filter(has_text=text).first.click()

    def go(self, path: str) -> None:
        """Follow the link to `path` in the navigation, and arrive there."""
        self.find(f'nav:not([aria-label="Course"]) a[href="{path}"]').first.click()
        self.arrives(path)

    def go_back(self) -> None:
        """Press the browser's Back button; it may move the frame alone."""
        self.page.evaluate("() => { setTimeout(() => history.back()); }")

    def go_forward(self) -> None:
        """Press the browser's Forward button."""
        self.page.evaluate("() => { setTimeout(() => history.forward()); }")

    def fill(self, form: str, **values: str) -> None:
        """Fill in fields by name: type, choose from a list, or tick the option of that label."""
        for name, value in values.items():
            fields = self.form(form).locator(f'[name="{name}"]')
            kind = fields.first.evaluate("(field) => field.type")
            if kind in ("radio", "checkbox"):
                self.form(form).locator(f'[name="{name}"][value="{value}"]').check()
            elif kind == "select-one":
                fields.select_option(value)
            else:
                fields.fill(value)

    def tick(self, form: str, name: str, text: str) -> None:
        """Tick the option whose label says `text`."""
        options = self.form(form).locator(".form-check").filter(has_text=text)
        options.locator(f'[name="{name}"]').first.check()

    def choose(self, form: str, name: str, text: str) -> None:
        """Choose from a list what says `text`."""
        chosen = self.form(form).locator(f'select[name="{name}"]')
        value = chosen.locator("option").filter(has_text=text).first.get_attribute("value")
        chosen.select_option(value)

    def send(self, form: str, value: str = "") -> None:
        """Press the form's button, the one of that value, as hurried people do: twice."""
        which = f'[value="{value}"]' if value else ""
        button = self.form(form).locator(f"button[type=submit]{which}")
        button.first.dblclick(no_wait_after=True)

    def confirm(self, form: str) -> None:
        """Unfold the question that stands before the form, and answer it."""
        self.find("details.confirm").filter(has=self.form(form)).locator("summary").first.click()
        self.send(form)

    def open_tab_by(self, form: str) -> Page:
        """Send a form that opens an address outside, and return the new tab."""
        with self.context.expect_page() as opened:
            self.send(form)
        opened.value.wait_for_url(re.compile("^http"))
        opened.value.wait_for_load_state()
        return opened.value

    def sees(self, text: str) -> None:
        """Wait until the page says `text`."""
        expect(self.find("main")).to_contain_text(text, ignore_case=True)
