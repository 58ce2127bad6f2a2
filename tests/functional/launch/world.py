"""The tool in this process, the stand-in LMS in its own, and a visitor between them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

import requests
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import ColumnElement, func, select
from werkzeug.test import TestResponse

from lti_tool.bootstrap import Workshop
from lti_tool.db import Base
from lti_tool.models.course import MembershipRecord
from lti_tool.models.people import (
    IdentityRecord,
    OrganizationRecord,
    SignInRecord,
)
from lti_tool.services import people
from lti_tool.services import registration as registrations
from lti_tool.services.registration import Approval, NewRegistration

TIMEOUT = 30
COURSE = "pathways-a"
Json = dict[str, Any]
Row = TypeVar("Row", bound=Base)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """A registration known to both sides."""

    id: UUID
    client_id: str
    deployment_id: str
    issuer: str
    profile: str


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Both sides, and what a test does with them."""

    lms_url: str
    app: Flask
    workshop: Workshop

    @property
    def public_url(self) -> str:
        return self.workshop.settings.public_url

    def browser(self) -> FlaskClient:
        return self.app.test_client()

    def control(self, method: str, path: str, body: Json | None = None) -> Any:
        answer = requests.request(
            method, f"{self.lms_url}/control{path}", json=body, timeout=TIMEOUT
        )
        assert answer.ok, answer.text
        return answer.json() if answer.content else None

    def register(self, profile: str, *, is_approved: bool = True, **wishes: Any) -> Registered:
        known = self.control("POST", "/registrations", {"profile": profile, **wishes})
        now = self.workshop.clock.now()
        with self.workshop.database.transaction() as session:
            new_id = registrations.register(
                session,
                NewRegistration(
                    name=known["name"],
                    profile=profile,
                    issuer=known["issuer"],
                    client_id=known["client_id"],
                    auth_login_url=known["auth_login_url"],
                    token_url=known["token_url"],
                    jwks_url=known["jwks_url"],
                ),
                now=now,
            )
        registered = Registered(
            id=new_id,
            client_id=known["client_id"],
            deployment_id=known["deployment_id"],
            issuer=known["issuer"],
            profile=profile,
        )
        self.tell_platform(registered)
        if is_approved:
            self.approve(registered)
        return registered

    def tell_platform(self, registered: Registered, **more: Any) -> None:
        target = f"{self.public_url}/lti/launch"
        self.control(
            "PATCH",
            f"/registrations/{registered.client_id}",
            {
                "initiate_login_url": f"{self.public_url}/lti/login/{registered.id}",
                "redirect_uris": [target],
                "jwks_url": f"{self.public_url}/lti/jwks",
                "target_link_uri": target,
                "deep_linking_url": target,
                **more,
            },
        )

    def approve(self, registered: Registered, organization: str = "Harbor District") -> None:
        now = self.workshop.clock.now()
        with self.workshop.database.transaction() as session:
            deployment = registrations.seen_deployment(
                session, registered.id, registered.deployment_id, now=now
            )
            registrations.approve(
                session,
                deployment.id,
                Approval(
                    organization=organization,
                    school="Harbor Career High School",
                    time_zone="America/New_York",
                    coordinators=(self.subject(registered, "okafor"),),
                ),
                now=now,
            )

    def subject(self, registered: Registered, user: str) -> str:
        people = self.control("GET", f"/courses/{COURSE}/people?client_id={registered.client_id}")
        return next(str(each["sub"]) for each in people if each["user"] == user)

    def initiation(self, registered: Registered, user: str, **wishes: Any) -> Json:
        wish = {"client_id": registered.client_id, "course": COURSE, "user": user, **wishes}
        begun: Json = self.control("POST", "/launches", wish)
        return begun

    def log_in(
        self, browser: FlaskClient, registered: Registered, user: str, **wishes: Any
    ) -> TestResponse:
        begun = self.initiation(registered, user, **wishes)
        return browser.post(urlsplit(begun["login_url"]).path, data=begun["fields"])

    def authorize(self, login_page: TestResponse) -> dict[str, str]:
        answer = requests.get(page_data(login_page)["auth_url"], timeout=TIMEOUT)
        assert answer.ok, answer.text
        inputs = BeautifulSoup(answer.text, "html.parser").find_all("input")
        return {str(each["name"]): str(each["value"]) for each in inputs}

    def prepare(
        self, browser: FlaskClient, registered: Registered, user: str, **wishes: Any
    ) -> dict[str, str]:
        """Go as far as the form that the platform would post to us."""
        return self.authorize(self.log_in(browser, registered, user, **wishes))

    def launch(
        self, browser: FlaskClient, registered: Registered, user: str, **wishes: Any
    ) -> TestResponse:
        form = self.prepare(browser, registered, user, **wishes)
        return browser.post("/lti/launch", data=form)

    def enter(self, browser: FlaskClient, registered: Registered, user: str, **wishes: Any) -> Json:
        """Launch and exchange; return token and landing."""
        page = self.launch(browser, registered, user, **wishes)
        assert page.status_code == 200, page.text
        answer = browser.post("/lti/exchange", json={"code": page_data(page)["code"]})
        assert answer.status_code == 200, answer.text
        entered: Json = answer.get_json()
        return entered

    def only(self, row: type[Row], *where: ColumnElement[bool]) -> Row:
        """Return the only row of its kind (that fits), as it was committed."""
        with self.workshop.database.reading() as session:
            found = session.scalars(select(row).where(*where)).one()
            session.expunge(found)
        return found

    def count(self, row: type[Any]) -> int:
        with self.workshop.database.reading() as session:
            return session.scalars(select(func.count()).select_from(row)).one()

    def role_of(self, registered: Registered, user: str) -> str:
        identity = people.lti(registered.id, self.subject(registered, user))
        with self.workshop.database.reading() as session:
            rows = session.execute(
                select(MembershipRecord.role)
                .join(IdentityRecord, IdentityRecord.person_id == MembershipRecord.person_id)
                .where(IdentityRecord.namespace == identity.namespace)
                .where(
                    MembershipRecord.person_id.in_(
                        [
                            people.find(session, organization_id, identity)
                            for organization_id in session.scalars(select(OrganizationRecord.id))
                        ]
                    )
                )
            ).all()
        return str(rows[0][0])

    def nobody_came(self) -> bool:
        return self.count(SignInRecord) == 0


def page_data(page: TestResponse) -> Json:
    block = BeautifulSoup(page.text, "html.parser").find(id="launch")
    assert block is not None, page.text
    data: Json = json.loads(block.get_text())
    return data


def bearer(entered: Mapping[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {entered['token']}"}
