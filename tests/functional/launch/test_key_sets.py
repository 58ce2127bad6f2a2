"""64: the platform's keys, when its key set address misbehaves."""

import pytest

from tests.functional.launch.world import Registered, World


@pytest.fixture
def one(world: World) -> Registered:
    return world.register("schoology")


@pytest.mark.parametrize("mode", ["503", "html", "huge", "drop-after"])
def test_64_without_keys_nobody_enters_and_the_next_launch_recovers(
    world: World, one: Registered, mode: str
) -> None:
    world.control("POST", "/faults", {"endpoint": "jwks", "mode": mode, "times": 1})
    page = world.launch(world.browser(), one, "maya")
    assert page.status_code == 503
    assert world.nobody_came()
    assert world.enter(world.browser(), one, "maya")["token"]


def test_64_a_redirect_into_the_cloud_metadata_is_not_followed(
    world: World, one: Registered
) -> None:
    world.control(
        "POST",
        "/faults",
        {
            "endpoint": "jwks",
            "mode": "redirect",
            "times": 1,
            "location": "http://169.254.169.254/latest/meta-data",
        },
    )
    assert world.launch(world.browser(), one, "maya").status_code == 503
    assert world.nobody_came()


def test_64_keys_that_were_known_outlive_an_outage(world: World, one: Registered) -> None:
    world.enter(world.browser(), one, "maya")
    world.control("POST", "/faults", {"endpoint": "jwks", "mode": "500", "times": 1})
    assert world.enter(world.browser(), one, "maya")["token"]
    world.control("DELETE", "/faults")


def test_64_a_rotated_key_is_fetched(world: World, one: Registered) -> None:
    world.enter(world.browser(), one, "maya")
    world.control("POST", "/platforms/schoology/rotate", {"surprise": True})
    assert world.enter(world.browser(), one, "maya")["token"]


def test_one_fetch_serves_many_launches(world: World, one: Registered) -> None:
    before = world.control("GET", "/requests")["jwks"]
    for _ in range(3):
        world.enter(world.browser(), one, "maya")
    assert world.control("GET", "/requests")["jwks"] == before + 1
