"""The tool's pages over a school that is connected to a stand-in Google."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from config.settings import Environment, parse_settings
from lti_tool.app import build_app
from lti_tool.bootstrap import build_workshop
from lti_tool.cli.local import Backing, local_settings
from lti_tool.web.sessions import SESSION_COOKIE
from tests.factories.meetings import TOOL_URL, Scene, make_scene
from tests.factories.world import cookie_token, tab_token
from tests.servers.google import GoogleServer, running_google

CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass(kw_only=True)
class Visitor:
    """Somebody signed in, with a client of their own."""

    client: FlaskClient
    headers: dict[str, str]
    page: str = ""

    def get(self, path: str, **headers: str) -> TestResponse:
        answer = self.client.get(path, headers={**self.headers, **headers})
        self.page = answer.text
        return answer

    def post(self, path: str, **fields: str) -> TestResponse:
        found = CSRF.search(self.page)
        assert found, "the page before this form had no form token"
        answer = self.client.post(
            path, data={"csrf_token": found.group(1), **fields}, headers=self.headers
        )
        if answer.status_code >= 400:
            self.page = answer.text
        return answer


@dataclass(kw_only=True)
class Site:
    """The tool, and the school behind it."""

    app: Flask
    scene: Scene

    def in_course(self, person_id: UUID, course_role: str) -> Visitor:
        with self.scene.database.transaction() as session:
            token = tab_token(
                session, self.scene.world, person_id, course_role, now=self.scene.clock.now()
            )
        headers = {"Authorization": f"Bearer {token}"}
        return Visitor(client=self.app.test_client(), headers=headers)

    def outside(self, person_id: UUID) -> Visitor:
        with self.scene.database.transaction() as session:
            token = cookie_token(session, self.scene.world, person_id, now=self.scene.clock.now())
        client = self.app.test_client(use_cookies=False)
        return Visitor(client=client, headers={"Cookie": f"{SESSION_COOKIE}={token}"})

    def teacher(self) -> Visitor:
        return self.in_course(self.scene.world.teacher_id, "teacher")

    def student(self) -> Visitor:
        return self.in_course(self.scene.world.student_id, "student")

    def mentor(self) -> Visitor:
        return self.outside(self.scene.world.mentor_id)

    def supervisor(self) -> Visitor:
        return self.outside(self.scene.world.rivera_id)


@pytest.fixture(scope="session")
def server() -> Iterator[GoogleServer]:
    with running_google() as running:
        yield running


@pytest.fixture
def site(sqlite_url: str, server: GoogleServer, tmp_path: Path) -> Iterator[Site]:
    settings = parse_settings(
        local_settings(
            tmp_path / "tool",
            environment=Environment.test,
            tool_url=TOOL_URL,
            google_url=server.url,
            backing=Backing(database_url=sqlite_url),
        )
    )
    workshop = build_workshop(settings)
    workshop.database.wake = None
    scene = make_scene(workshop.database, settings.keyring, server)
    timed = replace(workshop, clock=scene.clock)  # type: ignore[arg-type]  # the test's hands
    app = build_app(settings, timed)
    app.testing = True
    yield Site(app=app, scene=scene)
    workshop.database.engine.dispose()
