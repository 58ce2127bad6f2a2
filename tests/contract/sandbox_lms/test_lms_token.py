"""The token endpoint takes one kind of proof, and looks at all of it."""

import hashlib
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.contract.sandbox_lms.world import (
    MEMBERS_SCOPE,
    MEMBERS_TYPE,
    NRPS_CLAIM,
    SCORE_SCOPE,
    FakeTool,
    Registered,
    World,
)


def _refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]


def test_a_sound_assertion_earns_an_hour(platform: Registered) -> None:
    answer = platform.ask_token(f"{MEMBERS_SCOPE} {SCORE_SCOPE}")
    assert answer.status_code == 200
    assert answer.json()["expires_in"] == 3600
    assert answer.json()["token_type"] == "Bearer"
    assert answer.json()["scope"] == f"{MEMBERS_SCOPE} {SCORE_SCOPE}"


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "unheard-of"},
        {"sub": "somebody"},
        {"sub": None},
        {"aud": "https://elsewhere.example/token"},
        {"aud": None},
        {"iat": None},
        {"exp": None},
        {"iat": "now"},
        {"jti": None},
        {"jti": ""},
    ],
)
def test_an_assertion_with_a_wrong_claim_is_refused(
    platform: Registered, changed: dict[str, Any]
) -> None:
    assertion = platform.world.tool.sign(platform.assertion(**changed))
    assert _refusal(platform.ask_token(MEMBERS_SCOPE, assertion)) == (401, "invalid_client")


@pytest.mark.parametrize(("issued", "expires"), [(-600, -300), (0, 301), (120, 180), (-10, -10)])
def test_an_assertion_out_of_its_time_is_refused(
    platform: Registered, issued: int, expires: int
) -> None:
    now = int(time.time())
    claims = platform.assertion(iat=now + issued, exp=now + expires)
    answer = platform.ask_token(MEMBERS_SCOPE, platform.world.tool.sign(claims))
    assert _refusal(answer) == (401, "invalid_client")


def test_an_assertion_works_once(platform: Registered) -> None:
    assertion = platform.world.tool.sign(platform.assertion())
    assert platform.ask_token(MEMBERS_SCOPE, assertion).status_code == 200
    assert _refusal(platform.ask_token(MEMBERS_SCOPE, assertion)) == (401, "invalid_client")


def test_another_key_under_the_same_kid_is_refused(platform: Registered) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assertion = jwt.encode(platform.assertion(), key, "RS256", headers={"kid": "tool-key"})
    assert _refusal(platform.ask_token(MEMBERS_SCOPE, assertion)) == (401, "invalid_client")


@pytest.mark.parametrize("kid", ["unknown", None, ""])
def test_a_key_that_the_tool_does_not_publish_is_refused(
    platform: Registered, kid: str | None
) -> None:
    header = {"kid": kid} if kid is not None else {}
    key = platform.world.tool.key
    assertion = jwt.encode(platform.assertion(), key, "RS256", headers=header)
    assert _refusal(platform.ask_token(MEMBERS_SCOPE, assertion)) == (401, "invalid_client")


@pytest.mark.parametrize("algorithm", ["RS512", "PS256"])
def test_another_algorithm_is_refused(platform: Registered, algorithm: str) -> None:
    key, header = platform.world.tool.key, {"kid": "tool-key"}
    assertion = jwt.encode(platform.assertion(), key, algorithm, headers=header)
    assert _refusal(platform.ask_token(MEMBERS_SCOPE, assertion)) == (401, "invalid_client")


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"client_assertion_type": "jwt"}, "invalid_request"),
        ({"client_assertion": ""}, "invalid_request"),
        ({"scope": ""}, "invalid_scope"),
        ({"scope": f"{MEMBERS_SCOPE} https://elsewhere.example/all"}, "invalid_scope"),
    ],
)
def test_a_wrong_form_is_refused(platform: Registered, changed: dict[str, str], error: str) -> None:
    assert _refusal(platform.ask_token(MEMBERS_SCOPE, **changed)) == (400, error)


def test_a_scope_that_was_not_registered_is_refused(world: World) -> None:
    modest = world.register("canvas", scopes=[MEMBERS_SCOPE])
    assert _refusal(modest.ask_token(SCORE_SCOPE)) == (400, "invalid_scope")


def test_a_client_of_the_other_platform_is_refused(world: World) -> None:
    canvas, schoology = world.register("canvas"), world.register("schoology")
    claims = schoology.assertion(iss=canvas.client_id, sub=canvas.client_id)
    answer = schoology.ask_token(MEMBERS_SCOPE, world.tool.sign(claims))
    assert _refusal(answer) == (401, "invalid_client")


def test_a_tool_whose_key_set_is_out_of_order_is_refused(canvas: Registered) -> None:
    tool = canvas.world.tool
    sound = tool.key_set
    for broken in ({"keys": "none"}, {}, {"keys": [{**sound["keys"][0], "d": "secret"}]}):
        tool.key_set = broken
        answer = canvas.ask_token(MEMBERS_SCOPE)
        tool.key_set = sound
        assert _refusal(answer) == (401, "invalid_client")
    assert canvas.ask_token(MEMBERS_SCOPE).status_code == 200


def test_a_key_that_the_tool_adds_works_at_once(canvas: Registered) -> None:
    tool = canvas.world.tool
    added = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    sound = tool.key_set
    tool.key_set = {"keys": [*sound["keys"], FakeTool.public(added, "next")]}
    assertion = jwt.encode(canvas.assertion(), added, "RS256", headers={"kid": "next"})
    answer = canvas.ask_token(MEMBERS_SCOPE, assertion)
    tool.key_set = sound
    assert answer.status_code == 200


def test_a_token_opens_its_scope_on_its_platform_only(world: World) -> None:
    canvas, schoology = world.register("canvas"), world.register("schoology")
    roster = canvas.claims()[NRPS_CLAIM]["context_memberships_url"]
    other = schoology.claims()[NRPS_CLAIM]["context_memberships_url"]
    assert canvas.call("GET", roster, MEMBERS_SCOPE, accept=MEMBERS_TYPE).status_code == 200
    assert canvas.call("GET", roster, SCORE_SCOPE, accept=MEMBERS_TYPE).status_code == 403
    assert canvas.call("GET", other, MEMBERS_SCOPE, accept=MEMBERS_TYPE).status_code == 401


def test_a_token_expires(platform: Registered) -> None:
    roster = platform.claims()[NRPS_CLAIM]["context_memberships_url"]
    digest = hashlib.sha256(platform.token(MEMBERS_SCOPE).encode()).hexdigest()
    held = platform.world.store.get("bearer", digest)
    assert held is not None
    past = {**held, "expires": "2026-01-01T00:00:00+00:00"}
    platform.world.store.put("bearer", digest, past)
    answer = platform.call("GET", roster, MEMBERS_SCOPE, accept=MEMBERS_TYPE)
    assert answer.status_code == 401


def test_tokens_are_counted(world: World) -> None:
    registered = world.register("canvas")
    before = world.get("/control/tokens")
    registered.ask_token(MEMBERS_SCOPE)
    registered.ask_token("nonsense")
    after = world.get("/control/tokens")
    assert after["requests"] - before["requests"] == 2
    assert after["issued"] - before["issued"] == 1
    assert after["by_client"][registered.client_id] == 1
