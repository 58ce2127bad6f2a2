"""One launch per login, in the browser that began it, for deployments that are approved."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from lti_tool.models.people import PersonRecord, SignInRecord
from lti_tool.models.registration import DeploymentRecord
from tests.functional.launch.world import Registered, World, page_data

LTI = "https://purl.imsglobal.org/spec/lti/claim"
CONCURRENT = 20


def test_57_the_same_post_again_in_the_same_browser_is_refused(
    world: World, canvas: Registered
) -> None:
    browser = world.browser()
    form = world.prepare(browser, canvas, "maya")
    assert browser.post("/lti/launch", data=form).status_code == 200
    again = browser.post("/lti/launch", data=form)
    assert again.status_code == 401
    assert "used before" in again.text
    assert world.count(SignInRecord) == 1


def test_57_a_nonce_of_an_earlier_login_is_refused(world: World, canvas: Registered) -> None:
    browser = world.browser()
    world.enter(browser, canvas, "maya")
    page = world.launch(browser, canvas, "maya", misbehavior={"replay": True})
    assert page.status_code == 401
    assert "nonce" in page.text


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_57_of_twenty_posts_at_once_exactly_one_opens_a_tab(
    new_world: Callable[[str], World], request: pytest.FixtureRequest, kind: str
) -> None:
    world = new_world(str(request.getfixturevalue(f"{kind}_url")))
    canvas = world.register("canvas")
    form = world.prepare(world.browser(), canvas, "maya")

    def post(_: int) -> int:
        return world.browser().post("/lti/launch", data=form).status_code

    with ThreadPoolExecutor(CONCURRENT) as pool:
        statuses = list(pool.map(post, range(CONCURRENT)))
    assert sorted(statuses) == [200] + [401] * (CONCURRENT - 1)
    assert world.count(SignInRecord) == 1


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_whole_class_may_open_a_new_course_at_once(
    new_world: Callable[[str], World], request: pytest.FixtureRequest, kind: str
) -> None:
    world = new_world(str(request.getfixturevalue(f"{kind}_url")))
    canvas = world.register("canvas")
    users = ["maya", "maya", "liam", "rivera", "chen", "okafor"]
    forms = [world.prepare(world.browser(), canvas, user) for user in users]

    def post(form: dict[str, str]) -> int:
        return world.browser().post("/lti/launch", data=form).status_code

    with ThreadPoolExecutor(len(forms)) as pool:
        assert set(pool.map(post, forms)) == {200}
    assert world.count(PersonRecord) == len(set(users))


def test_58_another_browser_has_no_proof_and_gets_no_token(
    world: World, canvas: Registered
) -> None:
    form = world.prepare(world.browser(), canvas, "maya")
    victim = world.browser()
    page = victim.post("/lti/launch", data=form)
    data = page_data(page)
    assert data["needs_proof"] is True
    for proof in (None, "", "made-up"):
        refused = victim.post("/lti/exchange", json={"code": data["code"], "proof": proof})
        assert refused.status_code == 401


def test_67_platform_storage_proves_the_browser_without_a_cookie(
    world: World, platform: Registered
) -> None:
    login = world.log_in(world.browser(), platform, "maya")
    kept = page_data(login)["storage"]
    assert kept["origin"] == world.lms_url
    frame = world.browser()
    data = page_data(frame.post("/lti/launch", data=world.authorize(login)))
    assert data["needs_proof"] is True
    assert data["storage"] == {name: kept[name] for name in ("target", "origin", "key")}
    answer = frame.post("/lti/exchange", json={"code": data["code"], "proof": kept["value"]})
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers


def test_67_without_proof_the_same_wish_begins_again_in_a_new_tab(
    world: World, canvas: Registered
) -> None:
    begun = page_data(world.log_in(world.browser(), canvas, "maya"))
    tab = world.browser()
    login = tab.get(begun["new_tab_url"])
    assert login.status_code == 200
    launched = tab.post("/lti/launch", data=world.authorize(login))
    data = page_data(launched)
    assert data["needs_proof"] is False
    assert tab.post("/lti/exchange", json={"code": data["code"]}).status_code == 200


def test_67_a_new_tab_address_that_was_changed_is_refused(world: World) -> None:
    assert world.browser().get("/lti/again?login=abcd").status_code == 400


def test_the_cookie_check_tells_whether_the_browser_kept_the_secret(
    world: World, canvas: Registered
) -> None:
    browser = world.browser()
    address = page_data(world.log_in(browser, canvas, "maya"))["cookie_check_url"]
    assert browser.get(address).get_json() == {"kept": True}
    assert world.browser().get(address).get_json() == {"kept": False}


def test_59_state_and_nonce_of_two_logins_do_not_mix(world: World, canvas: Registered) -> None:
    browser = world.browser()
    one = world.prepare(browser, canvas, "maya")
    other = world.prepare(browser, canvas, "maya")
    mixed = {**one, "state": other["state"]}
    assert browser.post("/lti/launch", data=mixed).status_code == 401
    assert world.nobody_came()


def test_55_a_token_of_another_registration_is_refused(world: World) -> None:
    browser = world.browser()
    one, other = world.register("schoology"), world.register("schoology")
    assert one.issuer == other.issuer
    token = world.prepare(browser, one, "maya")["id_token"]
    state = world.prepare(browser, other, "maya")["state"]
    page = browser.post("/lti/launch", data={"id_token": token, "state": state})
    assert page.status_code == 401
    assert world.nobody_came()


def test_60_an_unknown_deployment_waits_and_nobody_is_stored(world: World) -> None:
    canvas = world.register("canvas", is_approved=False)
    page = world.launch(world.browser(), canvas, "maya")
    assert "Waiting for approval" in page.text
    assert world.count(DeploymentRecord) == 1
    assert world.count(PersonRecord) == 0
    world.approve(canvas)
    assert world.enter(world.browser(), canvas, "maya")["token"]


def test_60_a_deployment_of_another_client_is_not_this_ones(
    world: World, canvas: Registered
) -> None:
    other = world.register("canvas")
    wish = {"claims": {f"{LTI}/deployment_id": other.deployment_id}}
    page = world.launch(world.browser(), canvas, "maya", misbehavior=wish)
    assert "Waiting for approval" in page.text
    assert world.nobody_came()


def test_63_login_begins_by_get_as_well(world: World, platform: Registered) -> None:
    begun = world.initiation(platform, "maya")
    page = world.browser().get(f"/lti/login/{platform.id}", query_string=begun["fields"])
    assert page_data(page)["mode"] == "login"


def test_a_code_is_exchanged_once(world: World, canvas: Registered) -> None:
    browser = world.browser()
    data = page_data(world.launch(browser, canvas, "maya"))
    assert browser.post("/lti/exchange", json={"code": data["code"]}).status_code == 200
    assert browser.post("/lti/exchange", json={"code": data["code"]}).status_code == 401


def test_a_code_cannot_be_exchanged_from_another_site(world: World, canvas: Registered) -> None:
    browser = world.browser()
    data = page_data(world.launch(browser, canvas, "maya"))
    answer = browser.post(
        "/lti/exchange", json={"code": data["code"]}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403


@pytest.mark.parametrize("body", [[], {"code": 1}, {"code": "x", "proof": 3}, None])
def test_a_code_of_another_shape_is_refused(world: World, body: object) -> None:
    assert world.browser().post("/lti/exchange", json=body).status_code == 400


def test_the_only_cookie_is_the_proof_and_it_is_partitioned(
    world: World, canvas: Registered
) -> None:
    browser = world.browser()
    login = world.log_in(browser, canvas, "maya")
    launched = browser.post("/lti/launch", data=world.authorize(login))
    code = page_data(launched)["code"]
    exchanged = browser.post("/lti/exchange", json={"code": code})
    cookies = [
        cookie for page in (login, launched) for cookie in page.headers.getlist("Set-Cookie")
    ]
    assert exchanged.headers.getlist("Set-Cookie") == []
    assert len(cookies) == 2
    for cookie in cookies:
        assert cookie.startswith("__Host-lti-")
        for word in ("Secure", "HttpOnly", "SameSite=None", "Partitioned", "Path=/"):
            assert word in cookie


def test_few_proofs_are_kept_in_one_browser(world: World, canvas: Registered) -> None:
    browser = world.browser()
    for _ in range(7):
        world.log_in(browser, canvas, "maya")
    page = world.log_in(browser, canvas, "maya")
    sent = browser.post("/lti/launch", data=world.authorize(page)).request.headers["Cookie"]
    assert sent.count("__Host-lti-") <= 4


def test_login_and_launch_pages_are_framed_by_the_platform_only(
    world: World, canvas: Registered
) -> None:
    browser = world.browser()
    login = world.log_in(browser, canvas, "maya")
    launched = browser.post("/lti/launch", data=world.authorize(login))
    for page in (login, launched):
        policy = page.headers["Content-Security-Policy"]
        assert f"frame-ancestors {world.lms_url}" in policy
        assert page.headers["Cache-Control"] == "no-store"
        assert "Location" not in page.headers
