"""The whole path of an activity: people of the LMS, the tool's pages and its worker."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests

from lti_tool.bootstrap import Workshop
from sandbox.scenario.visitor import Page
from tasks.keepers import Relay
from tasks.registry import KEEPERS
from tests.factories.desk import Desk
from tests.functional.launch.served import served
from tests.functional.launch.world import COURSE, TIMEOUT, Registered, World


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """One registration and what a test does on it."""

    world: World
    platform: Registered

    @property
    def workshop(self) -> Workshop:
        return self.world.workshop

    def open(self, user: str, **wishes: Any) -> Desk:
        """Launch as `user` and return the tab on its landing page."""
        browser = self.world.browser()
        entered = self.world.enter(browser, self.platform, user, **wishes)
        desk = Desk(client=browser, token=entered["token"], page=Page("", 0, ""))
        desk.get(entered["landing"])
        return desk

    def choose(self, *names: str, **fields: str) -> list[dict[str, Any]]:
        """Have the teacher choose activities; return the LMS's links."""
        desk = self.open("rivera", placement="deep_linking")
        page = desk.submit("choose-activities", chosen=list(names), **fields)
        assert page.status == 200, page.text
        self.post_back(page)
        return self.links()

    def post_back(self, page: Page) -> None:
        """Send the tool's answer to the LMS, as the browser does by itself."""
        form = page.soup.find("form", attrs={"data-submit-now": True})
        assert form is not None, page.text
        token = form.find("input", attrs={"name": "JWT"})
        assert token is not None
        with served(self.world):
            answer = requests.post(
                str(form["action"]), data={"JWT": str(token["value"])}, timeout=TIMEOUT
            )
        assert answer.status_code == 200, answer.text

    def links(self) -> list[dict[str, Any]]:
        """Return the course's links as the LMS has them."""
        found: list[dict[str, Any]] = self.world.control(
            "GET", f"/courses/{COURSE}/links?client_id={self.platform.client_id}"
        )
        return found

    def gradebook(self, user: str) -> dict[str, Any]:
        """Return what the LMS's gradebook holds for one student."""
        book = self.world.control(
            "GET", f"/courses/{COURSE}/gradebook?client_id={self.platform.client_id}"
        )
        row: dict[str, Any] = next(each for each in book["students"] if each["user"] == user)
        return row

    def scores(self) -> list[dict[str, Any]]:
        """Return every score that was posted to the LMS."""
        found: list[dict[str, Any]] = self.world.control(
            "GET", f"/scores?client_id={self.platform.client_id}"
        )
        return found

    def work(self) -> int:
        """Let a worker keep what was promised to the LMS."""
        relay = Relay(
            database=self.workshop.database,
            clock=self.workshop.clock,
            ports=self.workshop.ports,
            keepers=KEEPERS,
        )
        with served(self.world):
            return relay.drain("lms")


def path_of(page: Page) -> str:
    """Return the path of a page."""
    return urlsplit(page.url).path
