"""The authorization endpoint refuses whatever is not exactly right."""

from typing import Any

import pytest
import requests

from tests.contract.sandbox_lms.world import TIMEOUT, Registered, World, fault_of, form_fields


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"client_id": "unheard-of"}, "client_id"),
        ({"client_id": None}, "client_id"),
        ({"redirect_uri": "http://127.0.0.1:1/launch"}, "redirect_uri"),
        ({"redirect_uri": None}, "redirect_uri"),
        ({"response_type": "code"}, "response_type"),
        ({"response_mode": "query"}, "response_mode"),
        ({"scope": "openid profile"}, "scope"),
        ({"prompt": "login"}, "prompt"),
        ({"prompt": None}, "prompt"),
        ({"state": None}, "state"),
        ({"nonce": ""}, "nonce"),
        ({"login_hint": "somebody"}, "login_hint"),
        ({"login_hint": None}, "login_hint"),
        ({"lti_message_hint": "something"}, "lti_message_hint"),
        ({"lti_message_hint": None}, "lti_message_hint"),
        ({"state": ["one", "two"]}, "state"),
    ],
)
def test_a_wrong_request_is_refused_and_the_fault_is_named(
    platform: Registered, changed: dict[str, Any], named: str
) -> None:
    fields = platform.request_fields(platform.begin("maya"), **changed)
    assert named in fault_of(platform.authorize(fields))


def test_a_redirect_uri_that_only_begins_right_is_refused(canvas: Registered) -> None:
    longer = f"{canvas.world.tool.url}/launch/more"
    fields = canvas.request_fields(canvas.begin("maya"), redirect_uri=longer)
    assert "redirect_uri" in fault_of(canvas.authorize(fields))


def test_a_message_hint_works_once(platform: Registered) -> None:
    login = platform.begin("maya")
    assert platform.authorize(platform.request_fields(login)).status_code == 200
    assert "used before" in fault_of(platform.authorize(platform.request_fields(login)))


def test_a_refused_request_leaves_the_hint_for_a_right_one(platform: Registered) -> None:
    login = platform.begin("maya")
    fault_of(platform.authorize(platform.request_fields(login, prompt="login")))
    assert platform.authorize(platform.request_fields(login)).status_code == 200


def test_hints_of_two_logins_cannot_be_crossed(platform: Registered) -> None:
    one, other = platform.begin("maya"), platform.begin("liam")
    fields = platform.request_fields(one, lti_message_hint=other["lti_message_hint"])
    assert "another login_hint" in fault_of(platform.authorize(fields))


def test_a_login_hint_of_another_registration_is_refused(world: World) -> None:
    one, other = world.register("schoology"), world.register("schoology")
    fields = one.request_fields(other.begin("maya"))
    assert "login_hint" in fault_of(one.authorize(fields))


def test_a_login_hint_expires(platform: Registered) -> None:
    login = platform.begin("maya")
    store, hint = platform.world.store, login["login_hint"]
    remembered = store.get("login_hint", hint)
    assert remembered is not None
    store.put("login_hint", hint, {**remembered, "expires": "2026-01-01T00:00:00+00:00"})
    assert "expired" in fault_of(platform.authorize(platform.request_fields(login)))


def test_somebody_who_left_meanwhile_is_not_launched(world: World) -> None:
    canvas = world.register("canvas")
    member = "/control/courses/pathways-b/members/dina"
    login = canvas.begin("dina", course="pathways-b")
    world.patch(member, {"status": "Deleted"})
    page = canvas.authorize(canvas.request_fields(login))
    world.patch(member, {"status": "Active"})
    assert "gone" in fault_of(page)


def test_a_nonce_works_once(platform: Registered) -> None:
    first = platform.request_fields(platform.begin("maya"), nonce="once")
    second = platform.request_fields(platform.begin("maya"), nonce="once")
    assert platform.authorize(first).status_code == 200
    assert "nonce" in fault_of(platform.authorize(second))


def test_the_request_may_be_posted(platform: Registered) -> None:
    fields = platform.request_fields(platform.begin("maya"))
    page = requests.post(platform.about["auth_login_url"], data=fields, timeout=TIMEOUT)
    posted = form_fields(page.text)
    assert posted["state"] == fields["state"]
    assert platform.verify(posted["id_token"])["nonce"] == fields["nonce"]


def test_a_registration_of_the_other_platform_is_unknown_here(world: World) -> None:
    canvas, schoology = world.register("canvas"), world.register("schoology")
    fields = canvas.request_fields(canvas.begin("maya"))
    page = requests.get(schoology.about["auth_login_url"], params=fields, timeout=TIMEOUT)
    assert "client_id" in fault_of(page)


class TestBrowser:
    def _opened(self, platform: Registered, browser: requests.Session, user: str) -> Any:
        page = browser.get(
            f"{platform.world.url}/courses/pathways-a/open",
            params={"as": user, "registration": platform.client_id},
            timeout=TIMEOUT,
        )
        assert page.status_code == 200, page.text
        login = form_fields(page.text)
        return platform.request_fields(login)

    def _cookies(self, browser: requests.Session) -> dict[str, str]:
        # The cookie is marked Secure, which this client takes at its word on plain http.
        return {cookie.name: str(cookie.value) for cookie in browser.cookies}

    def test_that_opened_the_page_may_go_on(self, platform: Registered) -> None:
        browser = requests.Session()
        fields = self._opened(platform, browser, "maya")
        page = platform.authorize(fields, cookies=self._cookies(browser))
        assert platform.verify(form_fields(page.text)["id_token"])["given_name"] == "Maya"

    def test_without_a_cookie_is_refused(self, platform: Registered) -> None:
        fields = self._opened(platform, requests.Session(), "maya")
        assert "another person" in fault_of(platform.authorize(fields))

    def test_where_somebody_else_signed_in_meanwhile_is_refused(self, platform: Registered) -> None:
        browser = requests.Session()
        fields = self._opened(platform, browser, "maya")
        self._opened(platform, browser, "liam")
        page = platform.authorize(fields, cookies=self._cookies(browser))
        assert "another person" in fault_of(page)
