"""Faults come as often as asked, at the endpoint asked, and leave the rest alone."""

import time

import pytest
import requests

from tests.contract.sandbox_lms.world import (
    MEMBERS_SCOPE,
    MEMBERS_TYPE,
    NRPS_CLAIM,
    TIMEOUT,
    Json,
    Registered,
    World,
)


def _break(world: World, endpoint: str, mode: str, **more: object) -> None:
    answer = world.post("/control/faults", {"endpoint": endpoint, "mode": mode, **more})
    assert answer.status_code == 201, answer.text


def _keys(registered: Registered) -> requests.Response:
    return requests.get(registered.about["jwks_url"], timeout=TIMEOUT, allow_redirects=False)


def _roster(registered: Registered, query: str = "") -> requests.Response:
    address = registered.claims()[NRPS_CLAIM]["context_memberships_url"] + query
    return registered.call("GET", address, MEMBERS_SCOPE, accept=MEMBERS_TYPE)


@pytest.mark.parametrize(
    ("mode", "status", "header"),
    [
        ("500", 500, "Content-Type"),
        ("503", 503, "Content-Type"),
        ("401", 401, "WWW-Authenticate"),
        ("403-rate", 403, "X-Rate-Limit-Remaining"),
        ("429", 429, "Retry-After"),
        ("html", 200, "Content-Type"),
        ("redirect", 302, "Location"),
    ],
)
def test_a_fault_comes_as_often_as_asked(
    canvas: Registered, mode: str, status: int, header: str
) -> None:
    _break(canvas.world, "jwks", mode, times=2)
    for _ in range(2):
        broken = _keys(canvas)
        assert broken.status_code == status
        assert header in broken.headers
        assert "keys" not in broken.text
    assert _keys(canvas).json()["keys"]


def test_a_huge_answer_is_huge(canvas: Registered) -> None:
    _break(canvas.world, "jwks", "huge")
    assert len(_keys(canvas).content) > 10_000_000


def test_a_slow_answer_is_slow_and_right(canvas: Registered) -> None:
    _break(canvas.world, "jwks", "slow", seconds=0.2)
    before = time.monotonic()
    assert _keys(canvas).json()["keys"]
    assert time.monotonic() - before >= 0.2


def test_a_fault_can_be_kept_to_one_platform(world: World) -> None:
    canvas, schoology = world.register("canvas"), world.register("schoology")
    _break(world, "jwks", "500", profile="schoology")
    assert _keys(canvas).status_code == 200
    assert _keys(schoology).status_code == 500


def test_the_line_can_drop_once_the_score_is_stored(platform: Registered) -> None:
    item = platform.add_line_item()
    platform.token("https://purl.imsglobal.org/spec/lti-ags/scope/score")
    _break(platform.world, "scores", "drop-after")
    with pytest.raises(requests.ConnectionError):
        platform.score(item, "maya")
    assert platform.cell(item, "maya")["posts"] == 1


def test_a_roster_can_come_back_empty(platform: Registered) -> None:
    _break(platform.world, "names-roles", "empty")
    assert _roster(platform).json()["members"] == []
    assert _roster(platform).json()["members"]


@pytest.mark.parametrize(
    ("mode", "host"), [("loop-next", "127.0.0.1"), ("foreign-next", "elsewhere.example")]
)
def test_the_way_on_can_lead_astray(platform: Registered, mode: str, host: str) -> None:
    _break(platform.world, "names-roles", mode)
    answer = _roster(platform, "?limit=5")
    assert host in answer.links["next"]["url"]
    assert "limit=5" in answer.links["next"]["url"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": "moon"},
        {"mode": "melt"},
        {"times": 0},
        {"times": "often"},
        {"profile": "moodle"},
    ],
)
def test_a_fault_nobody_knows_is_refused(world: World, wrong: Json) -> None:
    body = {"endpoint": "jwks", "mode": "500", **wrong}
    assert world.post("/control/faults", body).status_code == 400


def test_faults_can_be_called_off(canvas: Registered) -> None:
    _break(canvas.world, "jwks", "500", times=9)
    assert canvas.world.get("/control/faults")[-1]["times"] == 9
    requests.delete(f"{canvas.world.url}/control/faults", timeout=TIMEOUT)
    assert canvas.world.get("/control/faults") == []
    assert _keys(canvas).status_code == 200


def test_requests_are_counted_by_endpoint(canvas: Registered) -> None:
    before = canvas.world.get("/control/requests")
    _keys(canvas)
    after = canvas.world.get("/control/requests")
    assert after["jwks"] == before["jwks"] + 1
    assert after["scores"] == before["scores"]
