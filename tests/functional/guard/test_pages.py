"""What every page holds, and what it never holds."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import template_rendered
from jinja2 import Template
from werkzeug.test import TestResponse

from lti_tool.db import Base
from lti_tool.web.sessions import BROWSER_COOKIE, SESSION_COOKIE
from tests.functional.guard.campus import EVERYBODY, FRAME, NAMES, READS, Campus, Persona

NONCE = re.compile(r'nonce="[^"]+"')
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
SHOWS_THE_DEMO = frozenset({"demo_mail.index"})
"""Shows every mail of the demo to everybody who plays in it; does not exist in production."""
DEEPEST = 6


@pytest.fixture(params=sorted(EVERYBODY))
def persona(request: pytest.FixtureRequest) -> Persona:
    return EVERYBODY[str(request.param)]


class TestSomebodyNotSignedIn:
    @pytest.mark.parametrize("method", READS)
    @pytest.mark.parametrize("cookie", ["", "made-up"])
    def test_gets_the_same_empty_shell_everywhere(
        self, campus: Campus, method: str, cookie: str
    ) -> None:
        client = campus.app.test_client()
        if cookie:
            client.set_cookie(SESSION_COOKIE, cookie, domain="localhost")
        shells = set()
        for rule, _ in campus.rules("GET"):
            if not campus.is_public(rule):
                answer = client.open(campus.path(rule, campus.here), method=method)
                assert answer.status_code == 200, rule.rule
                assert "Set-Cookie" not in answer.headers, rule.rule
                shells.add(NONCE.sub("", answer.text))
        assert len(shells) == 1
        assert _told(campus, shells.pop()) == []

    def test_is_told_nothing_by_a_token_that_is_not_ours(self, campus: Campus) -> None:
        client = campus.app.test_client()
        for rule, _ in campus.rules("GET"):
            if not campus.is_public(rule):
                answer = client.get(
                    campus.path(rule, campus.here), headers={"Authorization": "Bearer made-up"}
                )
                assert answer.status_code == 401, rule.rule
                assert _told(campus, answer.text) == [], rule.rule

    def test_writes_nowhere(self, campus: Campus) -> None:
        before = campus.kept()
        client = campus.app.test_client()
        for rule, _ in campus.rules("POST"):
            if not campus.is_public(rule):
                answer = client.post(campus.path(rule, campus.here))
                assert answer.status_code in {400, 401}, rule.rule
                assert _told(campus, answer.text) == [], rule.rule
        assert campus.kept() == before

    def test_reads_about_nobody_on_the_public_pages(self, campus: Campus) -> None:
        client = campus.app.test_client()
        for rule, _ in campus.rules("GET"):
            if campus.is_public(rule) and rule.endpoint not in SHOWS_THE_DEMO:
                path = campus.path(rule, campus.here)
                answer = client.get(path)
                asked_for = set(UUID.findall(path))
                assert set(_told(campus, answer.text)) <= asked_for, rule.rule


class TestTemplates:
    def test_never_see_a_row(self, campus: Campus, persona: Persona) -> None:
        knocker = campus.knock(persona)
        seen: list[str] = []

        def look(_app: object, template: Template, context: Mapping[str, Any], **_: object) -> None:
            seen.extend(f"{template.name}: {row}" for row in _rows(dict(context), DEEPEST))

        with template_rendered.connected_to(look, campus.app):
            for rule, _ in campus.rules("GET"):
                knocker.ask("GET", campus.path(rule, campus.here))
        assert seen == []


class TestHeaders:
    def test_of_every_page_keep_scripts_frames_and_caches_out(
        self, campus: Campus, persona: Persona
    ) -> None:
        knocker, faults = campus.knock(persona), []
        for rule, _ in campus.rules("GET"):
            if not campus.is_public(rule):
                answer = knocker.ask("GET", campus.path(rule, campus.here))
                framed = FRAME if persona.is_tab else "'none'"
                faults += [f"{rule.rule}: {fault}" for fault in _header_faults(answer, framed)]
                faults += [f"{rule.rule}: {fault}" for fault in _cookie_faults(answer, persona)]
        assert faults == []

    def test_of_the_shell_let_it_resume_in_any_frame(self, campus: Campus) -> None:
        answer = campus.app.test_client().get("/")
        assert list(_header_faults(answer, "*")) == []

    def test_of_an_error_are_those_of_a_page(self, campus: Campus) -> None:
        knocker = campus.knock(EVERYBODY["student"])
        for path in ("/nowhere", "/mentors"):
            assert list(_header_faults(knocker.ask("GET", path), FRAME)) == []

    def test_of_the_login_page_name_the_registration_s_frames(self, campus: Campus) -> None:
        registration = campus.here.world.registration_id
        answer = campus.app.test_client().get(
            f"/lti/login/{registration}",
            query_string={
                "iss": f"https://canvas.example/{registration}",
                "login_hint": "1",
                "client_id": "1",
                "target_link_uri": "http://localhost:9100/lti/launch",
            },
        )
        assert answer.status_code == 200
        policy = _policy(answer)
        assert policy["frame-ancestors"] == FRAME
        assert "unsafe" not in " ".join(policy.values())


class TestMarkup:
    def test_has_no_style_attribute_and_no_inline_script(
        self, campus: Campus, persona: Persona
    ) -> None:
        knocker, faults = campus.knock(persona), []
        for rule, _ in campus.rules("GET"):
            answer = knocker.ask("GET", campus.path(rule, campus.here))
            if answer.mimetype == "text/html":
                faults += [f"{rule.rule}: {fault}" for fault in _markup_faults(answer.text)]
        assert faults == []

    def test_never_holds_the_credential(self, campus: Campus, persona: Persona) -> None:
        knocker = campus.knock(persona)
        for rule, _ in campus.rules("GET"):
            answer = knocker.ask("GET", campus.path(rule, campus.here))
            assert knocker.token not in answer.text, rule.rule
            assert knocker.token not in str(answer.headers), rule.rule


def _told(campus: Campus, text: str) -> list[str]:
    return [word for word in (*NAMES, *sorted(campus.here.ids())) if word in text]


def _rows(value: object, depth: int) -> Iterator[str]:
    if isinstance(value, Base):
        yield type(value).__name__
    elif depth:
        for inner in _parts(value):
            yield from _rows(inner, depth - 1)


def _parts(value: object) -> Iterator[object]:
    if isinstance(value, Mapping):
        yield from value.values()
    elif isinstance(value, list | tuple | set | frozenset):
        yield from value
    elif is_dataclass(value):
        yield from (getattr(value, field.name) for field in fields(value))


def _policy(answer: TestResponse) -> dict[str, str]:
    parts = (
        part.strip().partition(" ") for part in answer.headers["Content-Security-Policy"].split(";")
    )
    return {name: sources for name, _, sources in parts}


def _header_faults(answer: TestResponse, framed: str) -> Iterator[str]:
    policy = _policy(answer)
    expected = {
        "default-src": "'none'",
        "style-src": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": framed,
    }
    for name, sources in expected.items():
        if policy.get(name) != sources:
            yield f"{name} {policy.get(name)}"
    if not re.fullmatch(r"'self' 'nonce-[\w-]{20,}'", policy.get("script-src", "")):
        yield f"script-src {policy.get('script-src')}"
    if "unsafe" in " ".join(policy.values()):
        yield "unsafe sources"
    for name, value in {
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }.items():
        if answer.headers.get(name) != value:
            yield f"{name}: {answer.headers.get(name)}"


def _cookie_faults(answer: TestResponse, persona: Persona) -> Iterator[str]:
    for cookie in answer.headers.getlist("Set-Cookie"):
        allowed = not persona.is_tab and cookie.startswith((SESSION_COOKIE, BROWSER_COOKIE))
        if not allowed or "HttpOnly" not in cookie or "Secure" not in cookie:
            yield f"Set-Cookie {cookie.partition('=')[0]}"


def _markup_faults(html: str) -> Iterator[str]:
    soup = BeautifulSoup(html, "html.parser")
    for tag in soup.find_all(True):
        for name in tag.attrs:
            if name == "style" or name.startswith("on"):
                yield f"<{tag.name} {name}>"
    for script in soup.find_all("script"):
        if not script.get("src") and script.get("type") != "application/json":
            yield "inline <script>"
    if soup.find("style"):
        yield "<style>"
