"""What is looked at on every page that somebody opens, and in all that a browser asks for."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request

WIDTHS = (1280, 700, 390)
HEIGHT = 900
# What Chromium writes when the server refuses something; steps that provoke it say so.
REFUSED = re.compile(r"Failed to load resource.* status of (\d{3})")
FORM_TOKENS = """() =>
  [...document.querySelectorAll("input[name=csrf_token]")].map((each) => each.value)"""
TOO_WIDE = """() => {
  const most = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= most) return [];
  return [...document.querySelectorAll("body *")]
    .filter((each) => each.getBoundingClientRect().right > most + 1)
    .map((each) => `${each.tagName}.${each.className}: ${each.textContent.trim().slice(0, 40)}`);
}"""


@dataclass(kw_only=True)
class Onlooker:
    """Everything seen in one browser; without slots, because Playwright marks its listeners."""

    tool_url: str
    looked_at: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)
    tolerated: set[str] = field(default_factory=set)
    """Statuses that a step provokes on purpose."""

    def follow(self, context: BrowserContext) -> None:
        """Note from now on what the browser asks for and complains of."""
        context.on("request", self._asked)
        context.on("console", self._said)
        context.on("weberror", lambda error: self.wrong.append(f"script: {error.error}"))

    def _asked(self, request: Request) -> None:
        headers = request.headers
        self.addresses |= {request.url, headers.get("referer", "")}
        if bearer := headers.get("authorization"):
            self.secrets.add(bearer.removeprefix("Bearer "))
        posted = request.post_data if request.url.startswith(self.tool_url) else None
        if posted and request.url.endswith("/lti/exchange"):
            self.secrets |= {value for value in json.loads(posted).values() if value}
        elif posted and (id_token := re.search(r"id_token=([^&]+)", posted)):
            self.secrets.add(id_token[1])

    def _said(self, message: ConsoleMessage) -> None:
        refused = REFUSED.search(message.text)
        if message.type not in ("error", "warning") or (refused and refused[1] in self.tolerated):
            return
        self.wrong.append(f"console of {message.location.get('url')}: {message.text}")

    def look(self, page: Page, root: Locator) -> None:
        """Look at the document of `root`: accessible, and nowhere wider than the window."""
        page.bring_to_front()
        address, title = root.evaluate("() => [location.href, document.title]")
        self.addresses.add(address)
        seen = f"{title} ({address})"
        self.looked_at.append(seen)
        self.secrets |= set(root.evaluate(FORM_TOKENS))
        found = Axe().run(root)
        if found.violations_count:
            self.wrong.append(f"{seen}: {found.generate_report()}")
        before = page.viewport_size
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": HEIGHT})
            if too_wide := root.evaluate(TOO_WIDE):
                self.wrong.append(f"{seen} at {width}: {too_wide}")
        if before:
            page.set_viewport_size(before)

    def note_history(self, pages: list[Page]) -> None:
        """Take the addresses under which the open pages can be gone back to."""
        for page in pages:
            session = page.context.new_cdp_session(page)
            entries = session.send("Page.getNavigationHistory")["entries"]
            self.addresses |= {entry["url"] for entry in entries}
            self.addresses |= {frame.url for frame in page.frames}

    def leaks(self) -> Iterator[str]:
        """Give every address that holds something secret."""
        for address in self.addresses:
            for secret in self.secrets:
                if secret in address:
                    yield address
