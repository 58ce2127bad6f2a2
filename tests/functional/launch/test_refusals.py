"""What a launch must not be, by the numbers of the certification list (docs: LTI reference, 5)."""

from typing import Any

import pytest

from lti_tool.models.registration import ConsumedStateRecord
from tests.functional.launch.world import Json, Registered, World

LTI = "https://purl.imsglobal.org/spec/lti/claim"
YEAR = 365 * 24 * 3600
MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"

# number and name -> what the platform does wrong
REFUSED: dict[str, Json] = {
    "1 no kid": {"header": {"kid": None}},
    "2 unknown kid": {"header": {"kid": "nobody-knows"}},
    "3 wrong version": {"claims": {f"{LTI}/version": "11.3"}},
    "4 version missing": {"drop": [f"{LTI}/version"]},
    "5 not a launch": {"payload": {"name": "badltilaunch"}},
    "6 required claims missing": {
        "drop": ["aud", "iss", "sub", f"{LTI}/deployment_id", f"{LTI}/roles"]
    },
    "7 wrong times": {"claims": {"iat": 11111, "exp": 22222}},
    "7 times a year ago": {"shift": {"iat": -YEAR, "exp": -YEAR + 300}},
    "8 message type missing": {"drop": [f"{LTI}/message_type"]},
    "9 roles missing": {"drop": [f"{LTI}/roles"]},
    "10 deployment missing": {"drop": [f"{LTI}/deployment_id"]},
    "11 resource link missing": {"drop": [f"{LTI}/resource_link"]},
    "11 resource link without id": {"claims": {f"{LTI}/resource_link": {"title": "x"}}},
    "12 sub missing": {"drop": ["sub"]},
    "52 foreign key": {"sign_with": "foreign"},
    "52 key of another platform": {"sign_with": "other-platform"},
    "53 alg none": {"sign_with": "none"},
    "53 hs256 with the public key": {"sign_with": "hs256"},
    "54 aud wrong": {"claims": {"aud": "somebody-else"}},
    "54 aud list without us": {"claims": {"aud": ["a", "b"]}},
    "54 azp foreign": {"claims": {"azp": "somebody-else"}},
    "54 several in aud and no azp": {"claims": {"aud": ["CLIENT", "b"]}, "drop": ["azp"]},
    "55 iss wrong": {"claims": {"iss": "https://elsewhere.example"}},
    "56 exp missing": {"drop": ["exp"]},
    "56 iat missing": {"drop": ["iat"]},
    "56 iat ten minutes ahead": {"shift": {"iat": 600, "exp": 900}},
    "56 exp far ahead": {"shift": {"exp": 10 * YEAR}},
    "56 iat a truth value": {"claims": {"iat": "yesterday"}},
    "57 nonce missing": {"drop": ["nonce"]},
    "57 nonce unknown": {"claims": {"nonce": "never-given"}},
    "57 nonce not a text": {"claims": {"nonce": ["a"]}},
    "58 state missing": {"state": ""},
    "58 state unknown": {"state": "bm90LW91cnM"},
    "61 target on another host": {
        "claims": {f"{LTI}/target_link_uri": "https://elsewhere.example/lti/launch"}
    },
    "61 target with script": {"claims": {f"{LTI}/target_link_uri": "javascript:alert(1)"}},
    "61 target missing": {"drop": [f"{LTI}/target_link_uri"]},
    "62 roles a text": {"claims": {f"{LTI}/roles": "Instructor"}},
    "62 roles with numbers": {"claims": {f"{LTI}/roles": [1]}},
    "62 context a list": {"claims": {f"{LTI}/context": ["x"]}},
    "62 context without id": {"claims": {f"{LTI}/context": {"title": "x"}}},
    "62 context id a number": {"claims": {f"{LTI}/context": {"id": 5}}},
    "62 custom a text": {"claims": {f"{LTI}/custom": "x"}},
    "62 name a list": {"claims": {"name": ["Ms.", "Rivera"]}},
    "62 sub a number": {"claims": {"sub": 7}},
    "62 deployment a list": {"claims": {f"{LTI}/deployment_id": ["1"]}},
    "62 a megabyte": {"pad": 1_000_000},
    "62 payload a list": {"payload": [1, 2]},
    "62 message type we do not serve": {
        "claims": {f"{LTI}/message_type": "LtiDataPrivacyLaunchRequest"}
    },
}


def _with_client(wish: Any, client_id: str) -> Any:
    if isinstance(wish, dict):
        return {name: _with_client(value, client_id) for name, value in wish.items()}
    if isinstance(wish, list):
        return [_with_client(value, client_id) for value in wish]
    return client_id if wish == "CLIENT" else wish


@pytest.mark.parametrize("user", ["rivera", "maya"])
@pytest.mark.parametrize("case", REFUSED)
def test_a_bad_message_opens_nothing(
    world: World, canvas: Registered, case: str, user: str
) -> None:
    wish = _with_client(REFUSED[case], canvas.client_id)
    page = world.launch(world.browser(), canvas, user, misbehavior=wish)
    assert page.status_code in {400, 401}, page.text
    assert "For your administrator" in page.text
    assert "Reference" in page.text
    assert "badltilaunch" not in page.text
    assert world.nobody_came()
    assert world.count(ConsumedStateRecord) == 0


ACCEPTED: dict[str, Json] = {
    "13 instructor": {"claims": {f"{LTI}/roles": [f"{MEMBERSHIP}#Instructor"]}},
    "14 several roles": {
        "claims": {
            f"{LTI}/roles": [
                f"{MEMBERSHIP}#Instructor",
                "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Staff",
                "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Other",
            ]
        }
    },
    "15 short role": {"claims": {f"{LTI}/roles": ["Instructor"]}},
    "18 e-mail only": {"drop": ["name", "given_name", "family_name"]},
    "19 names only": {"drop": ["email"]},
    "20 nothing personal": {"drop": ["name", "given_name", "family_name", "email"]},
    "54 aud list with us first": {"claims": {"aud": ["CLIENT", "b"]}},
    "54 aud list with us second": {"claims": {"aud": ["b", "CLIENT"]}},
    "56 iat two seconds ahead": {"shift": {"iat": 2}},
}
ROLES = {
    "16 unknown role only": (["http://example.org/role#Wizard"], "other"),
    "17 an empty role": ([""], "other"),
    "22 learner": ([f"{MEMBERSHIP}#Learner"], "student"),
    "23 several": ([f"{MEMBERSHIP}#Learner", "Student", f"{MEMBERSHIP}#Mentor"], "student"),
    "24 short learner": (["Learner"], "student"),
    "25 learner and unknown": ([f"{MEMBERSHIP}#Learner", "http://x.org/y#Z"], "student"),
    "26 no role": ([], "other"),
    "70 mentor": ([f"{MEMBERSHIP}#Mentor"], "observer"),
    "70 assistant": (
        [
            f"{MEMBERSHIP}#Instructor",
            "http://purl.imsglobal.org/vocab/lis/v2/membership/Instructor#TeachingAssistant",
        ],
        "teaching-assistant",
    ),
    "70 instructor of the institution, student here": (
        [
            "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Instructor",
            f"{MEMBERSHIP}#Learner",
        ],
        "student",
    ),
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_a_good_message_lets_somebody_in(world: World, canvas: Registered, case: str) -> None:
    wish = _with_client(ACCEPTED[case], canvas.client_id)
    assert world.enter(world.browser(), canvas, "rivera", misbehavior=wish)["token"]


@pytest.mark.parametrize("case", ROLES)
def test_only_roles_in_the_course_count(world: World, canvas: Registered, case: str) -> None:
    roles, expected = ROLES[case]
    wish = {"claims": {f"{LTI}/roles": roles}}
    world.enter(world.browser(), canvas, "rivera", misbehavior=wish)
    assert world.role_of(canvas, "rivera") == expected


@pytest.mark.parametrize("user", ["rivera", "maya"])
def test_21_and_30_a_launch_without_a_course_says_so(
    world: World, canvas: Registered, user: str
) -> None:
    wish = {"drop": [f"{LTI}/context"]}
    page = world.launch(world.browser(), canvas, user, misbehavior=wish)
    assert page.status_code == 200
    assert "Open this in a course" in page.text
    assert world.nobody_came()


INITIATIONS: dict[str, Json] = {
    "61 target elsewhere": {"target_link_uri": "https://elsewhere.example/lti/launch"},
    "61 target with script": {"target_link_uri": "javascript:alert(1)"},
    "61 target with a path we do not know": {"target_link_uri": "OWN/static/style.css"},
    "61 target missing": {"target_link_uri": None},
    "63 issuer unknown": {"iss": "https://elsewhere.example"},
    "63 client of another": {"client_id": "somebody-else"},
    "63 login hint missing": {"login_hint": None},
}


@pytest.mark.parametrize("case", INITIATIONS)
def test_a_bad_login_goes_nowhere(world: World, canvas: Registered, case: str) -> None:
    changed = {
        name: value.replace("OWN", world.public_url) if value else value
        for name, value in INITIATIONS[case].items()
    }
    page = world.log_in(world.browser(), canvas, "rivera", misbehavior={"initiation": changed})
    assert page.status_code == 400
    assert "Set-Cookie" not in page.headers
