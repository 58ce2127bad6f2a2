"""People at the pages of the tool: signed in to a tab, reading pages and filling in forms."""

from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.bootstrap import Workshop
from lti_tool.db import Database
from sandbox.scenario.visitor import Page
from tests.factories.world import World, tab_token


@dataclass(slots=True, kw_only=True)
class Desk:
    """One person's tab; the last page stays open."""

    client: FlaskClient
    token: str
    page: Page

    def get(self, path: str) -> Page:
        """Open a page, following where it sends."""
        return self._open(self.client.get(path, headers=self._headers(), follow_redirects=True))

    def submit(self, name: str, /, **given: str | list[str]) -> Page:
        """Fill in the form of that name on the open page and send it."""
        form = self.page.form(name)
        return self.post(form.action, form.values(given))

    def post(self, path: str, fields: dict[str, list[str]]) -> Page:
        """Send fields as a form does, following where it leads."""
        answer = self.client.post(
            urlsplit(path).path, data=fields, headers=self._headers(), follow_redirects=True
        )
        return self._open(answer)

    def _open(self, answer: TestResponse) -> Page:
        self.page = Page(answer.request.url, answer.status_code, answer.get_data(as_text=True))
        return self.page

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Sec-Fetch-Site": "same-origin"}


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """A running tool with one school in it."""

    app: Flask
    workshop: Workshop
    world: World

    @property
    def database(self) -> Database:
        """Return the tool's database."""
        return self.workshop.database

    def desk(self, person_id: UUID, course_role: str = "teacher") -> Desk:
        """Sign a person in inside the course."""
        now = self.workshop.clock.now()
        with self.database.transaction() as session:
            token = tab_token(session, self.world, person_id, course_role, now=now)
        return Desk(client=self.app.test_client(), token=token, page=Page("", 0, ""))

    def coordinator(self) -> Desk:
        """Sign the coordinator in, who also teaches in the course."""
        return self.desk(self.world.coordinator_id)

    def teacher(self) -> Desk:
        """Sign the teacher in, who coordinates nothing."""
        return self.desk(self.world.teacher_id)

    def student(self) -> Desk:
        """Sign the paired student in."""
        return self.desk(self.world.student_id, "student")
