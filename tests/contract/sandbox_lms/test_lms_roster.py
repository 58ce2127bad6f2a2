"""The roster comes in pages, to those who ask for it properly, and no fuller than agreed."""

import re
from typing import Any

import pytest
import requests

from tests.contract.sandbox_lms.world import (
    AGS_CLAIM,
    LTI,
    MEMBERS_SCOPE,
    MEMBERS_TYPE,
    NRPS_CLAIM,
    TIMEOUT,
    Registered,
    World,
)


def _address(registered: Registered, course: str = "pathways-a") -> str:
    user = "rivera" if course == "pathways-a" else "chen"
    claims = registered.claims(user, course=course)
    return str(claims[NRPS_CLAIM]["context_memberships_url"])


def _page(registered: Registered, address: str) -> requests.Response:
    return registered.call("GET", address, MEMBERS_SCOPE, accept=MEMBERS_TYPE)


def _next(page: requests.Response) -> str | None:
    return page.links.get("next", {}).get("url")


def _everybody(registered: Registered, address: str) -> list[dict[str, Any]]:
    members: list[dict[str, Any]] = []
    following: str | None = address
    while following:
        page = _page(registered, following)
        assert page.status_code == 200, page.text
        members += page.json()["members"]
        following = _next(page)
    return members


def test_a_small_page_size_takes_several_pages(world: World) -> None:
    registered = world.register("canvas", page_size=10)
    address = _address(registered)
    first = _page(registered, address)
    assert first.headers["Content-Type"].startswith(MEMBERS_TYPE)
    assert len(first.json()["members"]) == 10
    members = _everybody(registered, address)
    assert len({member["user_id"] for member in members}) == len(members) == 34


@pytest.mark.parametrize(("profile", "most"), [("canvas", 50), ("schoology", 100)])
def test_no_page_is_larger_than_the_product_gives(world: World, profile: str, most: int) -> None:
    registered = world.register(profile, page_size=1000)
    page = _page(registered, f"{_address(registered)}?limit=5")
    assert len(page.json()["members"]) == 5
    assert "limit=5" in (_next(page) or "")
    whole = _page(registered, f"{_address(registered)}?limit=1000")
    assert len(whole.json()["members"]) <= most


def test_a_lower_cased_link_loses_its_place(world: World) -> None:
    registered = world.register("canvas", page_size=10)
    following = _next(_page(registered, _address(registered)))
    assert following is not None
    assert following != following.lower()
    assert _page(registered, following.lower()).status_code == 400


def test_the_roster_leaves_out_administrators_and_the_test_student(platform: Registered) -> None:
    subs = {member["user_id"] for member in _everybody(platform, _address(platform))}
    assert {platform.sub("maya"), platform.sub("rivera"), platform.sub("torres")} <= subs
    assert not {platform.sub("novak"), platform.sub("test-student")} & subs


def test_names_are_given_only_where_they_were_agreed(world: World) -> None:
    named = _everybody(public := world.register("canvas"), _address(public))
    bare = _everybody(private := world.register("canvas", privacy="anonymous"), _address(private))
    assert "maya.torres@students.example" in {member["email"] for member in named}
    assert {tuple(sorted(member)) for member in bare} == {("roles", "status", "user_id")}


@pytest.mark.parametrize(
    "role", ["Learner", "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"]
)
def test_a_role_may_be_asked_for(platform: Registered, role: str) -> None:
    page = _page(platform, f"{_address(platform)}?limit=50&role={role.replace('#', '%23')}")
    assert len(page.json()["members"]) == 29


@pytest.mark.parametrize("accept", ["application/json", "*/*", None])
def test_the_media_type_must_be_named(platform: Registered, accept: str | None) -> None:
    answer = platform.call("GET", _address(platform), MEMBERS_SCOPE, accept=accept)
    assert answer.status_code == 406


@pytest.mark.parametrize("header", [None, "Bearer nothing", "Basic abc", "Bearer"])
def test_a_bearer_is_needed(platform: Registered, header: str | None) -> None:
    headers = {"Accept": MEMBERS_TYPE} | ({"Authorization": header} if header else {})
    answer = requests.get(_address(platform), headers=headers, timeout=TIMEOUT)
    assert answer.status_code == 401
    assert "WWW-Authenticate" in answer.headers


@pytest.mark.parametrize("query", ["limit=0", "limit=many", "page=tomorrow", "rlid=unknown"])
def test_a_wrong_query_is_refused(platform: Registered, query: str) -> None:
    assert _page(platform, f"{_address(platform)}?{query}").status_code == 400


def test_an_unknown_course_is_not_found(platform: Registered) -> None:
    address = re.sub("[^/]+$", "elsewhere", _address(platform))
    assert _page(platform, address).status_code == 404


def test_asking_by_link_brings_the_custom_parameters(canvas: Registered) -> None:
    link = canvas.add_link()
    page = _page(canvas, f"{_address(canvas)}?rlid={link['id']}&limit=50")
    custom = page.json()["members"][0]["message"][0][f"{LTI}/custom"]
    assert custom["activity"] == "42"
    assert custom["link"] == link["id"]


def test_another_tools_link_is_refused(world: World) -> None:
    one, other = world.register("canvas"), world.register("canvas")
    link = other.add_link()
    answer = _page(one, f"{_address(one)}?rlid={link['id']}")
    assert answer.status_code == 400
    assert "does not have access" in answer.text


def test_who_leaves_is_gone_and_who_returns_is_back(world: World) -> None:
    registered = world.register("canvas")
    address = _address(registered, "pathways-b")
    member = "/control/courses/pathways-b/members/felix"
    world.patch(member, {"status": "Deleted"}).raise_for_status()
    without = _everybody(registered, address)
    world.patch(member, {"status": "Active"}).raise_for_status()
    assert len(_everybody(registered, address)) == len(without) + 1


def test_a_member_change_must_make_sense(world: World) -> None:
    member = "/control/courses/pathways-b/members/felix"
    for wrong in ({"role": "king"}, {"section": "none"}, {"status": "Gone"}, {"age": 16}):
        assert world.patch(member, wrong).status_code == 400
    unknown = "/control/courses/pathways-b/members/nobody"
    assert world.patch(unknown, {"status": "Active"}).status_code == 404


def test_a_registration_without_the_scope_hears_of_no_roster(world: World) -> None:
    claims = world.register("canvas", scopes=[]).claims()
    assert NRPS_CLAIM not in claims
    assert AGS_CLAIM not in claims
