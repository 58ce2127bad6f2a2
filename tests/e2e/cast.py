"""The journey's people, the stage that they share, and what can be asked of the stand-ins."""

from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Playwright

from sandbox.scenario.stage import COURSE, Stage
from tests.e2e.onlooker import HEIGHT, Onlooker
from tests.e2e.people import Person
from tests.servers.browser import launch_arguments, profile_blocking

# A launch takes the frame from site to site and back within a moment. With a process for each site,
# Playwright now and then loses the frame on the way. Cookies and storage go by site all the same.
ONE_PROCESS = "--disable-site-isolation-trials"
PATIENCE = 60_000.0
"""Milliseconds; only a step that falls short ever takes so long."""


@dataclass(slots=True, kw_only=True)
class Cast:
    """Everybody whose browser is open."""

    stage: Stage
    playwright: Playwright
    chromium: str
    folder: Path
    closing: ExitStack
    people_by_name: dict[str, Person] = field(default_factory=dict)
    rooms: dict[str, Page] = field(default_factory=dict)
    """Each person's tab with the room."""

    @property
    def client_id(self) -> str:
        """Return under which registration the course knows the tool."""
        return str(self.stage.registration["client_id"])

    def in_course(self, user: str, width: int = 1280) -> Person:
        """Return somebody whose browser blocks cookies and storage of the tool."""
        if user not in self.people_by_name:
            profile = profile_blocking(self.folder / user, self.stage.tool_url)
            person = self._person(user, profile, width)
            person.lms_url, person.client_id = self.stage.lms.url, self.client_id
            self.people_by_name[user] = person
        return self.people_by_name[user]

    def outside(self, name: str) -> Person:
        """Return somebody who comes to the tool by its own address."""
        if name not in self.people_by_name:
            self.people_by_name[name] = self._person(name, self.folder / name, 1280)
        return self.people_by_name[name]

    def _person(self, name: str, profile: Path, width: int) -> Person:
        context = self.closing.enter_context(
            self.playwright.chromium.launch_persistent_context(
                profile,
                executable_path=self.chromium,
                args=[*launch_arguments(), ONE_PROCESS],
                viewport={"width": width, "height": HEIGHT},
            )
        )
        context.set_default_timeout(PATIENCE)
        onlooker = Onlooker(tool_url=self.stage.tool_url)
        onlooker.follow(context)
        page = context.pages[0] if context.pages else context.new_page()
        return Person(name=name, context=context, page=page, onlooker=onlooker)

    # ------------------------------------------------------------ the stand-ins

    def people(self) -> list[dict[str, Any]]:
        """Return what the LMS knows of the people in the course."""
        found = self.stage.lms.get(f"courses/{COURSE}/people", client_id=self.client_id)
        rows: list[dict[str, Any]] = found["people"] if isinstance(found, dict) else found
        return rows

    def google_user(self, address: str) -> str:
        """Return Google's id of a person."""
        found = self.stage.google.get("users")
        rows = found["users"] if isinstance(found, dict) else found
        return next(str(row["id"]) for row in rows if row["email"] == address)
