"""What holds on every route of the tool, whoever adds it; the tests walk the URL map."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Blueprint
from sqlalchemy import Connection, event
from werkzeug.test import TestResponse

from lti_tool import db
from lti_tool.domain.permissions import READ_ONLY
from lti_tool.models.people import SignInRecord
from lti_tool.web import blueprints
from lti_tool.web.security import ENTRY_ENDPOINTS
from tests.functional.guard.campus import (
    EVERYBODY,
    READS,
    WRITES,
    Campus,
    Knocker,
    Persona,
)

PUBLIC = frozenset(
    {
        "launch.login",
        "launch.again",
        "launch.cookie",
        "launch.launch",
        "launch.exchange",
        "launch.jwks",
        "launch.canvas_json",
        "sign_in.ask",
        "sign_in.send_code",
        "sign_in.check",
        "sign_in.use_code",
        "sign_in.link",
        "sign_in.use_link",
        "demo_mail.index",
        "meetings.bare",
    }
)
"""Open to everybody, each for a reason; a new one is added here on purpose or not at all."""
WITHOUT_FORM_TOKEN = frozenset({"launch.login", "launch.launch", "launch.exchange"})
TAB_AND_COOKIE = ("coordinator in the course", "coordinator")
REFUSED = frozenset({401, 403})
SERVER_ERROR = 500


@pytest.fixture(params=sorted(EVERYBODY))
def persona(request: pytest.FixtureRequest) -> Persona:
    return EVERYBODY[str(request.param)]


@pytest.fixture
def writes(campus: Campus) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(connection: Connection) -> None:
        if connection.get_execution_options().get(db._WRITES):
            seen.append("a writing transaction")

    event.listen(campus.workshop.database.engine, "begin", note)
    yield seen
    event.remove(campus.workshop.database.engine, "begin", note)


class TestViews:
    def test_say_who_may_call_them(self, campus: Campus) -> None:
        silent = {
            rule.endpoint
            for rule, _ in campus.rules(*READS, *WRITES)
            if not campus.is_public(rule) and not hasattr(campus.view(rule), "permissions")
        }
        assert silent == set()

    def test_are_open_to_everybody_only_where_that_was_decided(self, campus: Campus) -> None:
        found = {
            rule.endpoint for rule, _ in campus.rules(*READS, *WRITES) if campus.is_public(rule)
        }
        assert found <= PUBLIC, found - PUBLIC

    def test_belong_to_the_listed_blueprints(self, campus: Campus) -> None:
        listed = {blueprint.name for blueprint in blueprints.ALL}
        found = {rule.endpoint.partition(".")[0] for rule, _ in campus.rules(*READS, *WRITES)}
        assert found == listed
        assert all(isinstance(blueprint, Blueprint) for blueprint in blueprints.ALL)

    def test_do_without_a_form_token_only_where_that_was_decided(self, campus: Campus) -> None:
        views = {name.rpartition(".")[2] for name in blueprints.WITHOUT_FORM_TOKEN}
        assert {f"launch.{view}" for view in views} == WITHOUT_FORM_TOKEN
        assert ENTRY_ENDPOINTS < WITHOUT_FORM_TOKEN

    def test_write_by_post_alone(self, campus: Campus) -> None:
        odd = [f"{method} {rule}" for rule, method in campus.rules("PUT", "PATCH", "DELETE")]
        assert odd == []


class TestRoles:
    def test_open_exactly_what_the_permission_table_grants(
        self, campus: Campus, persona: Persona
    ) -> None:
        assert list(_departures(campus, persona)) == []


def _departures(campus: Campus, persona: Persona) -> Iterator[str]:
    for rule, method in campus.rules("GET", "POST"):
        if campus.is_public(rule):
            continue
        knocker = campus.knock(persona)
        answer = _call(knocker, method, campus.path(rule, campus.here))
        if answer.status_code >= SERVER_ERROR:
            yield f"{method} {rule.rule}: {answer.status_code}"
        granted = persona.may(campus.needed(rule), READ_ONLY)
        if persona.is_masquerade and method == "POST":
            granted = False
        if granted == (answer.status_code in REFUSED):
            yield f"{method} {rule.rule}: {answer.status_code}, the table says {granted}"


def _call(knocker: Knocker, method: str, path: str, **fields: Any) -> TestResponse:
    if method == "GET":
        return knocker.ask(method, path)
    return knocker.write(method, path, **fields)


class TestReading:
    def test_writes_nothing(self, campus: Campus, persona: Persona, writes: list[str]) -> None:
        knocker = campus.knock(persona)
        writes.clear()
        before = campus.kept()
        guilty = []
        for rule, method in campus.rules(*READS):
            knocker.ask(method, campus.path(rule, campus.here))
            if writes:
                guilty.append(f"{method} {rule.rule}")
                writes.clear()
        assert guilty == []
        assert campus.kept() == before


class TestMasquerade:
    @pytest.mark.parametrize(
        "name", [name for name, each in EVERYBODY.items() if each.is_masquerade]
    )
    def test_changes_nothing_about_anybody(self, campus: Campus, name: str) -> None:
        knocker, estate = campus.knock(EVERYBODY[name]), campus.here.estate
        with campus.workshop.database.transaction() as session:
            # A browser of the very person whose place is taken: signing it out is a change too.
            session.get_one(SignInRecord, estate.sign_in_id).person_id = getattr(
                campus.here.world, EVERYBODY[name].person
            )
        before = campus.kept()
        for rule, method in campus.rules("POST"):
            if not campus.is_public(rule):
                knocker.write(method, campus.path(rule, campus.here))
        assert campus.kept() == before


class TestWriting:
    @pytest.mark.parametrize("name", TAB_AND_COOKIE)
    @pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
    def test_is_refused_when_another_site_sends_it(
        self, campus: Campus, name: str, site: str
    ) -> None:
        knocker = campus.knock(EVERYBODY[name])
        before, token = campus.kept(), knocker.form_token()
        let_in = []
        for rule, method in campus.rules(*WRITES):
            if rule.endpoint in ENTRY_ENDPOINTS:
                continue
            answer = knocker.ask(
                method,
                campus.path(rule, campus.here),
                data={"csrf_token": token},
                headers={"Sec-Fetch-Site": site},
            )
            if answer.status_code != 403:
                let_in.append(f"{method} {rule.rule}: {answer.status_code}")
        assert let_in == []
        assert campus.kept() == before

    @pytest.mark.parametrize("name", TAB_AND_COOKIE)
    @pytest.mark.parametrize("token", ["none", "made up", "another sign-in's"])
    def test_is_refused_without_the_form_token_of_this_sign_in(
        self, campus: Campus, name: str, token: str
    ) -> None:
        knocker = campus.knock(EVERYBODY[name])
        stranger = campus.knock(EVERYBODY[name])
        sent = {
            "none": {},
            "made up": {"csrf_token": "ImEi.aaaa.bbbb"},
            "another sign-in's": {"csrf_token": stranger.form_token()},
        }[token]
        before = campus.kept()
        let_in = []
        for rule, method in campus.rules(*WRITES):
            if rule.endpoint in WITHOUT_FORM_TOKEN:
                continue
            answer = knocker.ask(
                method,
                campus.path(rule, campus.here),
                data=sent,
                headers={"Sec-Fetch-Site": "same-origin"},
            )
            if answer.status_code != 400:
                let_in.append(f"{method} {rule.rule}: {answer.status_code}")
        assert let_in == []
        assert campus.kept() == before
