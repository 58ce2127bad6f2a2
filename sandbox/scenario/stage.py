"""What every step of the story shares: addresses, controls, the clock, and what was found."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sandbox import clock
from sandbox.scenario import world
from sandbox.scenario.controls import Control
from sandbox.scenario.visitor import Page, StoryError, Visitor

COURSE = "pathways-a"


@dataclass(slots=True, kw_only=True)
class Stage:
    """One run of the story on one registration."""

    tool_url: str
    lms: Control
    google: Control
    profile: str
    privacy: str
    clock_file: Path
    registration: dict[str, Any]
    run: str
    """A short word, new in every run, that tells a second run on the same data apart."""
    found: dict[str, Any] = field(default_factory=dict)
    """What earlier steps found and later ones need: ids, addresses."""
    visitors: dict[str, Visitor] = field(default_factory=dict)
    """People whose browser stays open between steps."""
    report: dict[str, Any] = field(default_factory=dict)
    """Figures for whoever measures."""

    def visitor(self, name: str) -> Visitor:
        """Return somebody with a fresh browser."""
        return Visitor(self.tool_url, name)

    def open_course(
        self, user: str, *, placement: str = "course_navigation", **more: Any
    ) -> Visitor:
        """Launch the tool from the course as `user` and return the visitor in the frame."""
        visitor = self.visitor(user)
        visitor.launch(
            self.lms.post(
                "launches",
                client_id=self.registration["client_id"],
                course=COURSE,
                user=user,
                placement=placement,
                **more,
            )
        )
        return visitor

    def person(self, user: str) -> dict[str, Any]:
        """Return what the LMS knows of a user in the course."""
        people = self.lms.get(f"courses/{COURSE}/people", client_id=self.registration["client_id"])
        rows: list[dict[str, Any]] = people["people"] if isinstance(people, dict) else people
        for row in rows:
            if row.get("user") == user or row.get("id") == user:
                return row
        raise StoryError(f"the LMS knows no {user} in {COURSE}")

    # ------------------------------------------------------------ time

    def now(self) -> datetime:
        """Return the story's time in the school's zone."""
        return clock.now().astimezone(ZoneInfo(world.TIME_ZONE))

    def move_to(self, moment: datetime) -> None:
        """Move every process of the demo to `moment`; time never runs backwards."""
        ahead = moment - clock.real_now()
        if ahead < clock.offset():
            raise StoryError(f"the story cannot go back to {moment}")
        unfinished = self.clock_file.with_suffix(".tmp")
        unfinished.write_text(str(ahead.total_seconds()))
        unfinished.replace(self.clock_file)


def say(step: str, *seen: str) -> None:
    """Print a step and what was seen on the other side."""
    print(f"  {step}", flush=True)
    for line in seen:
        print(f"      {line}", flush=True)


def need(condition: object, what: str, page: Page | None = None) -> None:
    """Go on only if `condition` holds.

    :raises StoryError: saying what fell short
    """
    if not condition:
        words = f": {page.text[:1200]}" if page else ""
        raise StoryError(f"{what}{words}")
