"""Two districts and three schools with one row of every kind, and everybody who may knock."""

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from sqlalchemy import update
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from lti_tool.bootstrap import Workshop
from lti_tool.domain.permissions import Permission, ProgramRole, permissions_of
from lti_tool.models.people import GrantRecord, PersonRecord
from lti_tool.models.registration import DeploymentRecord
from lti_tool.services import people, sign_ins
from lti_tool.services.sign_ins import Tab
from lti_tool.web.sessions import SESSION_COOKIE
from tests.factories.estate import Estate, make_estate
from tests.factories.world import World, cookie_token, make_school, make_world

READS = ("GET", "HEAD")
WRITES = ("POST", "PUT", "PATCH", "DELETE")
NOT_PAGES = frozenset({"static", "bootstrap.static"})
SITE = "http://localhost:9100"
FRAME = "https://canvas.example"
"""The origin that signed claims named: the only one that may frame a tab's pages."""
CALLED = {"form_id": "feedback_form_id"}
"""Arguments of addresses that have another name in the estate."""
NAMES = (
    "Grace Hopkins",
    "Tom Becker",
    "Ana Rivera",
    "David Chen",
    "Ngozi Okafor",
    "Jordan Ellis",
    "Maya Torres",
    "Liam Johnson",
    "Elena Torres",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A school and everything in it."""

    world: World
    estate: Estate
    mark: str
    """Ends every name of the school's people."""

    def value(self, endpoint: str, argument: str) -> UUID:
        """Return the school's own id for an argument of a view's address.

        :raises AssertionError: for an argument that nobody told the guard about
        """
        blueprint = endpoint.partition(".")[0]
        if argument == "person_id":
            return self._person(blueprint)
        name = CALLED.get(argument, argument)
        for source in (self.estate, self.world):
            if hasattr(source, name):
                return UUID(str(getattr(source, name)))
        raise AssertionError(f"the guard knows no {argument}, as {endpoint} wants it")

    def ids(self) -> frozenset[str]:
        """Return every id of the school, as text."""
        found = (
            str(getattr(source, name))
            for source in (self.world, self.estate)
            for name in source.__slots__
        )
        return frozenset(found)

    def _person(self, blueprint: str) -> UUID:
        return {
            "mentors": self.world.mentor_id,
            "consent": self.world.student_id,
            "staff": self.world.rivera_id,
            "meetings": self.world.student_id,
        }[blueprint]


@dataclass(frozen=True, slots=True, kw_only=True)
class Persona:
    """Somebody who knocks: who they are, and what the permission table grants them."""

    name: str
    person: str
    """The field of the world that holds the person."""
    roles: frozenset[ProgramRole]
    course_role: str | None = None
    """Set for a tab inside the LMS; others hold the cookie of a first-party page."""
    is_masquerade: bool = False
    is_test: bool = False

    @property
    def is_tab(self) -> bool:
        """Tell whether the persona came by a launch."""
        return self.course_role is not None

    def may(self, needed: tuple[Permission, ...], read_only: frozenset[Permission]) -> bool:
        """Tell what the table says about views that need one of these permissions."""
        held = permissions_of(self.roles)
        if self.is_masquerade:
            held &= read_only
        return not needed or bool(held & set(needed))


def _tab(name: str, person: str, course_role: str, *roles: ProgramRole, **more: bool) -> Persona:
    return Persona(
        name=name, person=person, course_role=course_role, roles=frozenset(roles), **more
    )


def _outside(name: str, person: str, *roles: ProgramRole) -> Persona:
    return Persona(name=name, person=person, roles=frozenset(roles))


R = ProgramRole
PERSONAS = (
    _tab("student", "student_id", "student", R.student),
    _tab("student without a pairing", "other_student_id", "student", R.student),
    _tab("test student", "other_student_id", "student", R.student, is_test=True),
    _tab("teacher", "teacher_id", "teacher", R.teacher),
    _tab(
        "teaching assistant", "okafor_id", "teaching-assistant", R.teaching_assistant, R.supervisor
    ),
    _tab("observer", "other_student_id", "observer", R.observer),
    _tab("somebody without a role", "other_student_id", "other"),
    _tab("masquerade as the teacher", "teacher_id", "teacher", R.teacher, is_masquerade=True),
    _tab("masquerade as the student", "student_id", "student", R.student, is_masquerade=True),
    _tab("coordinator in the course", "coordinator_id", "teacher", R.coordinator, R.teacher),
    _outside("coordinator", "coordinator_id", R.coordinator),
    _outside("IT administrator", "other_student_id", R.it_administrator),
    _outside("supervisor", "rivera_id", R.supervisor),
    _outside("mentor", "mentor_id", R.mentor),
    _outside("nobody in particular", "other_student_id"),
)
EVERYBODY = {persona.name: persona for persona in PERSONAS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Knocker:
    """A persona at the door, signed in."""

    campus: "Campus"
    persona: Persona
    token: str

    def ask(self, method: str, path: str, **arguments: Any) -> TestResponse:
        """Send one request as this person's browser would."""
        headers = {**self.headers(), **arguments.pop("headers", {})}
        return self.client().open(path, method=method, headers=headers, **arguments)

    def write(self, method: str, path: str, **fields: Any) -> TestResponse:
        """Send a form with its form token."""
        data = {"csrf_token": self.form_token(), **fields}
        return self.ask(method, path, data=data, headers={"Sec-Fetch-Site": "same-origin"})

    def form_token(self) -> str:
        """Return a genuine form token of this sign-in."""
        environ: Mapping[str, str] = {}
        if not self.persona.is_tab:
            environ = {"HTTP_COOKIE": f"{SESSION_COOKIE}={self.token}"}
        with self.campus.app.test_request_context(
            base_url=SITE, headers=self.headers(), environ_overrides=dict(environ)
        ):
            return str(generate_csrf())

    def headers(self) -> dict[str, str]:
        """Return what the frame's script sends along."""
        return {"Authorization": f"Bearer {self.token}"} if self.persona.is_tab else {}

    def client(self) -> FlaskClient:
        """Return a browser with this person's cookie, if they have one."""
        client = self.campus.app.test_client()
        if not self.persona.is_tab:
            client.set_cookie(SESSION_COOKIE, self.token, domain="localhost")
        return client


@dataclass(frozen=True, slots=True, kw_only=True)
class Campus:
    """A running tool with three schools: here, next door (same district) and abroad."""

    app: Flask
    workshop: Workshop
    here: Place
    next_door: Place
    abroad: Place

    def knock(self, persona: Persona) -> Knocker:
        """Sign somebody in afresh, here."""
        now = self.workshop.clock.now()
        with self.workshop.database.transaction() as session:
            world = self.here.world
            person_id: UUID = getattr(world, persona.person)
            if ProgramRole.it_administrator in persona.roles:
                person_id = self._administrator(session)
            if persona.is_test:
                session.get_one(PersonRecord, (world.organization_id, person_id)).is_test = True
            if not persona.is_tab:
                token = cookie_token(session, world, person_id, now=now)
            else:
                code = sign_ins.open_tab(
                    session, tab_of(world, person_id, persona), browser_proof=None, now=now
                )
                session.flush()
                token, _ = sign_ins.exchange(session, code, browser_proof=None, now=now)
        return Knocker(campus=self, persona=persona, token=token)

    def rules(self, *methods: str) -> Iterator[tuple[Rule, str]]:
        """Yield every address of the tool's own views with each of its methods."""
        for rule in self.app.url_map.iter_rules():
            if rule.endpoint not in NOT_PAGES:
                for method in sorted((rule.methods or set()) & set(methods)):
                    yield rule, method

    def view(self, rule: Rule) -> Any:
        """Return the view behind a rule."""
        return self.app.view_functions[rule.endpoint]

    def is_public(self, rule: Rule) -> bool:
        """Tell whether the view says that it is open to everybody."""
        return bool(getattr(self.view(rule), "is_public", False))

    def needed(self, rule: Rule) -> tuple[Permission, ...]:
        """Return the permissions of which the view needs one."""
        return tuple(self.view(rule).permissions)

    def path(self, rule: Rule, place: Place, **others: Place) -> str:
        """Return the address of a view for a school's own rows, but for those of `others`."""
        values = {
            argument: "word"
            if argument == "short"
            else others.get(argument, place).value(rule.endpoint, argument)
            for argument in rule.arguments
        }
        return self.app.url_map.bind("localhost").build(rule.endpoint, values)

    @property
    def file(self) -> Path:
        """Return the file that holds the database."""
        return Path(str(self.workshop.database.engine.url.database))

    def kept(self) -> str:
        """Return a digest of all that is stored."""
        with sqlite3.connect(self.file) as connection:
            dump = "\n".join(connection.iterdump())
        connection.close()
        return hashlib.sha256(dump.encode()).hexdigest()

    def _administrator(self, session: Any) -> UUID:
        world, now = self.here.world, self.workshop.clock.now()
        person_id = people.add(
            session, world.organization_id, identities=(), name="Ida Quinn", now=now
        )
        session.add(
            GrantRecord(
                organization_id=world.organization_id,
                id=uuid4(),
                person_id=person_id,
                school_id=world.school_id,
                role="it-administrator",
                granted_at=now,
            )
        )
        session.flush()
        return person_id


def build_campus(app: Flask, workshop: Workshop) -> Campus:
    """Write the three schools into the database of the tool."""
    now, keyring = workshop.clock.now(), workshop.settings.keyring
    with workshop.database.transaction() as session:
        home = make_world(session, keyring, now=now)
        beside = make_school(session, home.organization_id, now=now, mark=" Nextdoor")
        away = make_world(session, keyring, now=now, mark=" Abroad")
        session.execute(update(DeploymentRecord).values(frame_origins=[FRAME]))
        here, next_door, abroad = (
            Place(world=world, estate=make_estate(session, world, now=now), mark=mark)
            for world, mark in ((home, ""), (beside, " Nextdoor"), (away, " Abroad"))
        )
    return Campus(app=app, workshop=workshop, here=here, next_door=next_door, abroad=abroad)


def tab_of(world: World, person_id: UUID, persona: Persona) -> Tab:
    """Return what a launch of the persona has proven."""
    tab = Tab(
        organization_id=world.organization_id,
        school_id=world.school_id,
        person_id=person_id,
        deployment_id=world.deployment_id,
        course_id=world.course_id,
        resource_link_id=None,
        course_role=persona.course_role or "other",
        masquerading_person_id=None,
        landing_path="/",
        deep_linking=None,
    )
    if not persona.is_masquerade:
        return tab
    return replace(tab, masquerading_person_id=world.coordinator_id)
