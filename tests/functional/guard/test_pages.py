"""What every page holds, and what it never holds."""

import re
from collections.abc import Iterator

import pytest
from bs4 import BeautifulSoup
from werkzeug.test import TestResponse

from lti_tool.web.sessions import BROWSER_COOKIE, SESSION_COOKIE
from tests.functional.guard.campus import EVERYBODY, FRAME, NAMES, READS, Campus, Persona
from tests.functional.guard.tour import Tour

NONCE = re.compile(r'nonce="[^"]+"')
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
SHOWS_THE_DEMO = frozenset({"demo_mail.index"})
"""Shows every mail of the demo to everybody who plays in it; does not exist in production."""


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
    def test_never_see_a_row(self, tour: Tour) -> None:
        assert tour.stops
        assert tour.rows == ()


class TestHeaders:
    def test_of_every_page_keep_scripts_frames_and_caches_out(self, tour: Tour) -> None:
        framed = FRAME if tour.persona.is_tab else "'none'"
        faults = []
        for stop in tour.stops:
            if not stop.is_public:
                faults += [f"{stop.rule}: {each}" for each in _header_faults(stop.answer, framed)]
                faults += [
                    f"{stop.rule}: {each}" for each in _cookie_faults(stop.answer, tour.persona)
                ]
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
    def test_has_no_style_attribute_and_no_inline_script(self, tour: Tour) -> None:
        faults = [
            f"{stop.rule}: {fault}"
            for stop in tour.stops
            if stop.answer.mimetype == "text/html"
            for fault in _markup_faults(stop.answer.text)
        ]
        assert faults == []

    def test_never_holds_the_credential(self, tour: Tour) -> None:
        for stop in tour.stops:
            assert tour.token not in stop.answer.text, stop.rule
            assert tour.token not in str(stop.answer.headers), stop.rule


def _told(campus: Campus, text: str) -> list[str]:
    return [word for word in (*NAMES, *sorted(campus.here.ids())) if word in text]


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
