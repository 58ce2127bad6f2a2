"""What tests of the pages outside the LMS do with the school."""

from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from typing import Any
from uuid import UUID

from bs4 import BeautifulSoup
from bs4.element import Tag
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from lti_tool.bootstrap import Workshop
from lti_tool.models.people import StaffRecord
from lti_tool.services import people
from lti_tool.services.people import IdentityKind
from lti_tool.web.sessions import SESSION_COOKIE
from tasks.keepers import Relay
from tasks.registry import KEEPERS
from tests.factories.world import World, cookie_token, tab_token

SECURE = "https://localhost"


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    app: Flask
    workshop: Workshop
    world: World

    def now(self) -> datetime:
        return self.workshop.clock.now()

    def browser(self) -> FlaskClient:
        return self.app.test_client()

    def address(self, person_id: UUID) -> str:
        with self.workshop.database.reading() as session:
            found = people.subject(
                session, self.world.organization_id, person_id, IdentityKind.e_mail
            )
        assert found is not None
        return found

    def deliver(self) -> None:
        """Send every mail that is promised."""
        self.relay().drain("mail")

    def relay(self) -> Relay:
        return Relay(
            database=self.workshop.database,
            clock=self.workshop.clock,
            ports=self.workshop.ports,
            keepers=KEEPERS,
        )

    def mails(self) -> list[tuple[str, str, str]]:
        """Return (to, subject, text) of every mail in the folder, the newest last."""
        folder = self.workshop.settings.mail.folder
        assert folder is not None
        files = sorted(folder.glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
        return [_read(file.read_bytes()) for file in files]

    def signed_in(self, person_id: UUID) -> FlaskClient:
        """Return a browser in which a mentor or member of staff is signed in."""
        with self.workshop.database.transaction() as session:
            token = cookie_token(session, self.world, person_id, now=self.now())
        browser = self.browser()
        browser.set_cookie(SESSION_COOKIE, token, secure=True)
        return browser

    def in_course(self, person_id: UUID, role: str) -> dict[str, str]:
        """Return the headers of a tab in which somebody opened the tool from the course."""
        with self.workshop.database.transaction() as session:
            token = tab_token(session, self.world, person_id, role, now=self.now())
        return {"Authorization": f"Bearer {token}"}

    def leaves_roster(self, person_id: UUID) -> None:
        with self.workshop.database.transaction() as session:
            row = session.scalars(
                select(StaffRecord).where(StaffRecord.person_id == person_id)
            ).one()
            row.removed_at = self.now()


def get(browser: FlaskClient, path: str, **more: Any) -> TestResponse:
    return browser.get(path, base_url=SECURE, **more)


def submit(browser: FlaskClient, page: TestResponse, name: str, **given: str) -> TestResponse:
    """Fill in the form of that name on the page and send it."""
    form = form_of(page, name)
    fields = {
        str(each["name"]): str(each.get("value") or "")
        for each in form.find_all("input")
        if each.get("name")
    }
    return browser.post(
        str(form["action"]), data={**fields, **given}, base_url=SECURE, headers=page_headers(page)
    )


def csrf_token(page: TestResponse) -> str:
    found = BeautifulSoup(page.text, "html.parser").find("input", attrs={"name": "csrf_token"})
    assert isinstance(found, Tag), page.text
    return str(found["value"])


def page_headers(page: TestResponse) -> dict[str, str]:
    bearer = page.request.headers.get("Authorization")
    return {"Authorization": bearer} if bearer else {}


def form_of(page: TestResponse, name: str) -> Tag:
    form = BeautifulSoup(page.text, "html.parser").find("form", attrs={"data-form": name})
    assert isinstance(form, Tag), page.text
    return form


def has_form(page: TestResponse, name: str) -> bool:
    return f'data-form="{name}"' in page.text


def _read(raw: bytes) -> tuple[str, str, str]:
    mail = message_from_bytes(raw, policy=policy.default)
    body = mail.get_body(("plain",))
    assert body is not None
    return str(mail["To"]), str(mail["Subject"]), body.get_content()
