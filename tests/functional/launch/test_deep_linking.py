"""Choosing content: what the platform asked for, and what it gets back."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import jwt
import pytest
import requests
from bs4 import BeautifulSoup
from flask import g

from lti_tool.queries import sign_ins as queries
from lti_tool.queries.sign_ins import Actor
from lti_tool.services.sign_ins import TAB_IDLE
from lti_tool.web.launch import deep_linking
from lti_tool.web.launch.deep_linking import ChosenActivity, NothingToReturnToError
from tests.functional.launch.served import served
from tests.functional.launch.world import COURSE, TIMEOUT, Json, Registered, World

DL = "https://purl.imsglobal.org/spec/lti-dl/claim"
LTI = "https://purl.imsglobal.org/spec/lti/claim"
ESSAY = ChosenActivity(activity_id=uuid4(), title="My first interview", points=10)
TALK = ChosenActivity(activity_id=uuid4(), title="What I noticed <b>today</b>")


def _actor(world: World, entered: Json) -> Actor:
    with world.workshop.database.reading() as session:
        actor = queries.actor(
            session, entered["token"], kind="tab", idle=TAB_IDLE, now=world.workshop.clock.now()
        )
    assert actor is not None
    return actor


def _choose(world: World, registered: Registered, **misbehavior: Json) -> Actor:
    entered = world.enter(
        world.browser(),
        registered,
        "rivera",
        placement="deep_linking",
        misbehavior=misbehavior,
    )
    assert entered["landing"] == "/activities/choose"
    return _actor(world, entered)


def _returned(world: World, actor: Actor) -> tuple[str, str]:
    with world.app.test_request_context("/activities/choose", method="POST"):
        return deep_linking.deep_linking_response(actor, [ESSAY, TALK])


def test_31_to_37_what_was_chosen_becomes_links_in_the_course(
    world: World, platform: Registered
) -> None:
    actor = _choose(world, platform)
    return_url, token = _returned(world, actor)
    with served(world):
        answer = requests.post(return_url, data={"JWT": token}, timeout=TIMEOUT)
    assert answer.status_code == 200, answer.text
    links = world.control("GET", f"/courses/{COURSE}/links?client_id={platform.client_id}")
    assert [link["title"] for link in links] == [ESSAY.title, TALK.title]
    assert [bool(link["line_items"]) for link in links] == [True, False]


def test_38_a_returned_link_opens_its_activity(world: World, platform: Registered) -> None:
    return_url, token = _returned(world, _choose(world, platform))
    with served(world):
        requests.post(return_url, data={"JWT": token}, timeout=TIMEOUT)
    links = world.control("GET", f"/courses/{COURSE}/links?client_id={platform.client_id}")
    entered = world.enter(
        world.browser(), platform, "maya", placement="link", link_id=links[0]["id"]
    )
    assert entered["landing"] == f"/activities/{ESSAY.activity_id}"


def test_33_to_36_the_message_has_the_claims_of_the_standard(
    world: World, canvas: Registered
) -> None:
    _, token = _returned(world, _choose(world, canvas))
    keys = jwt.PyJWKSet.from_dict(world.browser().get("/lti/jwks").get_json())
    kid = jwt.get_unverified_header(token)["kid"]
    key = next(each for each in keys.keys if each.key_id == kid)
    message = jwt.decode(token, key, algorithms=["RS256"], audience=canvas.issuer)
    assert message["iss"] == canvas.client_id
    assert message["aud"] == canvas.issuer
    assert message[f"{LTI}/message_type"] == "LtiDeepLinkingResponse"
    assert message[f"{LTI}/deployment_id"] == canvas.deployment_id
    assert message[f"{DL}/data"]
    assert message["nonce"]
    assert 0 < message["exp"] - datetime.now(UTC).timestamp() <= 300  # noqa: TID251 - real time


def _settings(world: World, **changed: object) -> Json:
    settings = {
        "deep_link_return_url": f"{world.lms_url}/back",
        "accept_types": ["ltiResourceLink"],
        "accept_presentation_document_targets": ["iframe"],
        **changed,
    }
    kept = {name: value for name, value in settings.items() if value is not None}
    return {f"{DL}/deep_linking_settings": kept}


def test_36_data_is_not_echoed_unless_it_was_sent(world: World, canvas: Registered) -> None:
    actor = _choose(world, canvas, claims=_settings(world))
    message = jwt.decode(_returned(world, actor)[1], options={"verify_signature": False})
    assert f"{DL}/data" not in message


def test_68_one_item_where_one_is_accepted_and_no_column_where_none_is(
    world: World, canvas: Registered
) -> None:
    claims = _settings(world, accept_multiple="false", accept_lineitem=False)
    actor = _choose(world, canvas, claims=claims)
    message = jwt.decode(_returned(world, actor)[1], options={"verify_signature": False})
    items = message[f"{DL}/content_items"]
    assert [UUID(item["custom"]["activity_id"]) for item in items] == [ESSAY.activity_id]
    assert "lineItem" not in items[0]


def test_68_quotes_in_the_return_address_stay_inside_their_attribute(
    world: World, canvas: Registered
) -> None:
    hostile = f'{world.lms_url}/back?"><script>alert(1)</script>'
    actor = _choose(world, canvas, claims=_settings(world, deep_link_return_url=hostile))
    with world.app.test_request_context("/activities/choose", method="POST"):
        g.actor = actor
        page = world.app.make_response(deep_linking.return_page(actor, [TALK]))
        world.app.process_response(page)
    form = BeautifulSoup(page.get_data(as_text=True), "html.parser").find("form")
    assert form is not None
    assert form["action"] == hostile
    assert "<script>alert" not in page.get_data(as_text=True)
    policy = page.headers["Content-Security-Policy"]
    assert f"form-action 'self' {world.lms_url};" in policy


@pytest.mark.parametrize(
    "changed",
    [
        {"deep_link_return_url": "javascript:alert(1)"},
        {"deep_link_return_url": None},
        {"accept_types": ["link"]},
        {"accept_types": "ltiResourceLink"},
    ],
    ids=str,
)
def test_68_a_request_that_cannot_be_answered_is_refused(
    world: World, canvas: Registered, changed: Json
) -> None:
    page = world.launch(
        world.browser(),
        canvas,
        "rivera",
        placement="deep_linking",
        misbehavior={"claims": _settings(world, **changed)},
    )
    assert page.status_code == 401
    assert world.nobody_came()


def test_the_launch_page_may_post_back_to_the_platform(world: World, canvas: Registered) -> None:
    page = world.launch(world.browser(), canvas, "rivera", placement="deep_linking")
    assert f"form-action 'self' {world.lms_url};" in page.headers["Content-Security-Policy"]


def test_a_tab_opened_for_other_ends_returns_nothing(world: World, canvas: Registered) -> None:
    actor = _actor(world, world.enter(world.browser(), canvas, "rivera"))
    with (
        world.app.test_request_context("/activities/choose"),
        pytest.raises(NothingToReturnToError),
    ):
        deep_linking.deep_linking_response(actor, [ESSAY])
