"""What the tool returns becomes a link only if the answer holds in every point."""

import time
from typing import Any

import pytest
import requests

from tests.contract.sandbox_lms.world import (
    AGS_CLAIM,
    DL,
    LTI,
    TIMEOUT,
    Json,
    Registered,
    fault_of,
)

LINK: Json = {"type": "ltiResourceLink", "title": "Reflection"}


def _links(registered: Registered) -> list[Json]:
    links: list[Json] = registered.world.get(
        "/control/courses/pathways-a/links", client_id=registered.client_id
    )
    return links


def test_the_request_says_where_to_answer(platform: Registered) -> None:
    claims = platform.claims("rivera", placement="deep_linking")
    settings = claims[f"{DL}/deep_linking_settings"]
    assert claims[f"{LTI}/message_type"] == "LtiDeepLinkingRequest"
    assert claims[f"{LTI}/target_link_uri"] == f"{platform.world.tool.url}/choose"
    assert f"{LTI}/resource_link" not in claims
    assert "ltiResourceLink" in settings["accept_types"]
    assert settings["data"]


def test_items_become_links_and_columns(canvas: Registered) -> None:
    link = canvas.add_link()
    claims = canvas.claims("maya", placement="link", link_id=link["id"])
    assert claims[f"{LTI}/resource_link"] == {"id": link["id"], "title": link["title"]}
    assert claims[f"{LTI}/custom"]["activity"] == "42"
    assert claims[f"{LTI}/custom"]["link"] == link["id"]
    assert claims[f"{LTI}/custom"]["user"] == "7108"
    assert claims[AGS_CLAIM]["lineitem"].startswith(claims[AGS_CLAIM]["lineitems"])


def test_on_schoology_only_the_items_own_parameters_reach_it(schoology: Registered) -> None:
    link = schoology.add_link(custom={"Activity": "42"})
    claims = schoology.claims("maya", placement="link", link_id=link["id"])
    assert claims[f"{LTI}/custom"] == {"activity": "42"}


def test_several_items_come_at_once_and_none_may_come(platform: Registered) -> None:
    assert platform.deep_link([]).status_code == 200
    page = platform.deep_link([LINK, {**LINK, "title": "Check-in"}])
    assert [link["title"] for link in _links(platform)] == ["Reflection", "Check-in"]
    assert "Check-in" in page.text


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"iss": "somebody"}, "iss"),
        ({"aud": "https://elsewhere.example"}, "aud"),
        ({"aud": None}, "aud"),
        ({"azp": "somebody"}, "azp"),
        ({"nonce": None}, "nonce"),
        ({"exp": None}, "exp"),
        ({"iat": None}, "iat"),
        ({"iat": int(time.time()) + 600, "exp": int(time.time()) + 900}, "iat"),
        ({"iat": 11111, "exp": 22222}, "exp"),
        ({"exp": int(time.time()) + 86400}, "exp"),
        ({f"{LTI}/message_type": "LtiDeepLinkingRequest"}, "message_type"),
        ({f"{LTI}/version": "1.1"}, "version"),
        ({f"{LTI}/deployment_id": "other"}, "deployment_id"),
        ({f"{DL}/data": "invented"}, "data"),
        ({f"{DL}/data": None}, "data"),
    ],
)
def test_a_wrong_claim_is_refused(platform: Registered, changed: Json, named: str) -> None:
    assert named in fault_of(platform.deep_link([LINK], **changed))
    assert _links(platform) == []


@pytest.mark.parametrize("header", [{"kid": "unknown"}, {"kid": None}])
def test_a_key_not_published_is_refused(platform: Registered, header: Json) -> None:
    sent = {name: value for name, value in header.items() if value} or {"kid": ""}
    assert "kid" in fault_of(platform.deep_link([LINK], header=sent))


@pytest.mark.parametrize(
    "items",
    [
        None,
        "a link",
        [{"type": "file", "title": "Slides"}],
        [{**LINK, "title": 7}],
        [{**LINK, "url": "https://elsewhere.example/launch"}],
        [{**LINK, "url": "javascript:alert(1)"}],
        [{**LINK, "custom": {"activity": 42}}],
        [{**LINK, "custom": ["activity"]}],
        [{**LINK, "lineItem": {"label": "no maximum"}}],
        [{**LINK, "lineItem": {"scoreMaximum": -1}}],
        [{"type": "link", "title": "A page"}],
        [{"type": "link", "title": "A page", "url": "javascript:alert(1)"}],
        [{**LINK, "sparkle": True}],
        [LINK, {"type": "unheard-of"}],
    ],
)
def test_wrong_items_are_refused_all_together(platform: Registered, items: Any) -> None:
    fault_of(platform.deep_link(items))
    assert _links(platform) == []


def test_a_nonce_works_once(platform: Registered) -> None:
    assert platform.deep_link([LINK], nonce="the-same").status_code == 200
    assert "nonce" in fault_of(platform.deep_link([LINK], nonce="the-same"))


def test_a_visit_is_answered_once(platform: Registered) -> None:
    visit = platform.claims("rivera", placement="deep_linking")[f"{DL}/deep_linking_settings"]
    assert platform.deep_link([LINK], visit=visit).status_code == 200
    assert "answered before" in fault_of(platform.deep_link([LINK], visit=visit))
    assert len(_links(platform)) == 1


def test_data_of_another_visit_is_refused(platform: Registered) -> None:
    visit = platform.claims("rivera", placement="deep_linking")[f"{DL}/deep_linking_settings"]
    assert "data" in fault_of(platform.deep_link([LINK], **{f"{DL}/data": visit["data"]}))


def test_an_answer_without_a_token_or_to_nowhere_is_refused(platform: Registered) -> None:
    visit = platform.claims("rivera", placement="deep_linking")[f"{DL}/deep_linking_settings"]
    address = visit["deep_link_return_url"]
    assert "JWT" in fault_of(requests.post(address, data={}, timeout=TIMEOUT))
    nowhere = address.replace("deep-linking/", "deep-linking/x")
    assert "unknown" in fault_of(requests.post(nowhere, timeout=TIMEOUT))
