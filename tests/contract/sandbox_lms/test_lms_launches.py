"""What the tool is told at login and in the id_token."""

import pytest

from tests.contract.sandbox_lms.world import AGS_CLAIM, LTI, NRPS_CLAIM, Registered, World

MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"


def test_canvas_names_client_and_deployment_at_login(canvas: Registered) -> None:
    login = canvas.begin("maya")
    assert login["client_id"] == canvas.client_id
    assert login["deployment_id"] == login["lti_deployment_id"] == canvas.about["deployment_id"]
    assert login["lti_storage_target"] == "lti_storage"


def test_schoology_names_neither(schoology: Registered) -> None:
    login = schoology.begin("maya")
    assert set(login) == {
        "iss",
        "target_link_uri",
        "login_hint",
        "lti_message_hint",
        "lti_storage_target",
    }


def test_registrations_of_schoology_share_their_issuer_and_their_people(world: World) -> None:
    one, other = world.register("schoology"), world.register("schoology")
    assert one.about["issuer"] == other.about["issuer"]
    assert one.sub("maya") == other.sub("maya")
    assert one.about["deployment_id"] != other.about["deployment_id"]


def test_an_issuer_of_ones_own_reaches_login_and_token(world: World) -> None:
    hosted = world.register("canvas", issuer="https://canvas.instructure.com")
    assert hosted.begin("maya")["iss"] == "https://canvas.instructure.com"
    assert hosted.claims("maya")["iss"] == "https://canvas.instructure.com"


def test_a_student_is_a_learner_with_both_services(platform: Registered) -> None:
    claims = platform.claims("maya")
    assert claims["sub"] == platform.sub("maya")
    assert claims["email"] == "maya.torres@students.example"
    assert f"{MEMBERSHIP}#Learner" in claims[f"{LTI}/roles"]
    assert claims[f"{LTI}/target_link_uri"] == platform.begin("maya")["target_link_uri"]
    assert "lineitem" not in claims[AGS_CLAIM]
    assert claims[NRPS_CLAIM]["service_versions"] == ["2.0"]


@pytest.mark.parametrize(
    ("user", "role"),
    [
        ("rivera", f"{MEMBERSHIP}#Instructor"),
        ("lopez", f"{MEMBERSHIP}/Instructor#TeachingAssistant"),
        ("novak", f"{MEMBERSHIP}#Administrator"),
        ("torres", f"{MEMBERSHIP}#Mentor"),
        ("test-student", "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"),
    ],
)
def test_everybody_has_the_role_of_their_enrollment(
    platform: Registered, user: str, role: str
) -> None:
    assert role in platform.claims(user)[f"{LTI}/roles"]


def test_only_canvas_adds_institution_roles(canvas: Registered, schoology: Registered) -> None:
    def institution(registered: Registered) -> bool:
        return any("institution" in role for role in registered.claims("maya")[f"{LTI}/roles"])

    assert institution(canvas)
    assert not institution(schoology)


def test_an_observer_comes_with_the_students_observed(platform: Registered) -> None:
    assert platform.claims("torres")[f"{LTI}/role_scope_mentor"] == [platform.sub("maya")]


def test_an_anonymous_registration_tells_the_sub_only(world: World) -> None:
    claims = world.register("canvas", privacy="anonymous").claims("maya")
    assert claims["sub"]
    assert not {"name", "given_name", "family_name", "email", f"{LTI}/lis"} & set(claims)


def test_canvas_fills_variables_and_leaves_the_unknown_as_they_are(canvas: Registered) -> None:
    custom = canvas.claims("rivera")[f"{LTI}/custom"]
    assert custom == {"user": "7101", "Actor": "$Canvas.masqueradingUser.id"}


def test_schoology_lower_cases_the_names(schoology: Registered) -> None:
    custom = schoology.claims("rivera")[f"{LTI}/custom"]
    assert custom == {"user": "$Canvas.user.id", "actor": "$Canvas.masqueradingUser.id"}


def test_an_administrator_can_act_as_a_student_on_canvas(canvas: Registered) -> None:
    claims = canvas.claims("novak", masquerading_as="maya")
    assert claims["sub"] == canvas.sub("maya")
    assert claims[f"{LTI}/custom"]["Actor"] == "7104"


@pytest.mark.parametrize(
    "wish",
    [
        {"user": "rivera", "masquerading_as": "maya"},
        {"user": "maya", "placement": "deep_linking"},
        {"user": "adam"},
        {"user": "maya", "placement": "elsewhere"},
        {"user": "maya", "placement": "link", "link_id": "unknown"},
        {"user": "maya", "misbehavior": {"dance": True}},
    ],
)
def test_a_launch_nobody_may_begin_is_refused(canvas: Registered, wish: dict[str, str]) -> None:
    body = {"client_id": canvas.client_id, "course": "pathways-a", **wish}
    assert canvas.world.post("/control/launches", body).status_code == 400


def test_a_review_says_whose_work_it_is_about(platform: Registered) -> None:
    review = f"{platform.world.tool.url}/review"
    link = platform.add_link(lineItem={"scoreMaximum": 10, "submissionReview": {"url": review}})
    wish = {"placement": "review", "link_id": link["id"], "student": "maya"}
    claims = platform.claims("rivera", **wish)
    assert claims[f"{LTI}/message_type"] == "LtiSubmissionReviewRequest"
    assert claims[f"{LTI}/for_user"]["user_id"] == platform.sub("maya")
    assert claims[f"{LTI}/target_link_uri"] == review
    assert claims[f"{LTI}/resource_link"]["id"] == link["id"]
    assert claims[AGS_CLAIM]["lineitem"]


def test_a_plain_link_is_no_launch(platform: Registered) -> None:
    link = platform.add_link(type="link", lineItem=None, url="https://careers.example/guide")
    body = {
        "client_id": platform.client_id,
        "course": "pathways-a",
        "user": "maya",
        "placement": "link",
        "link_id": link["id"],
    }
    assert "plain address" in platform.world.post("/control/launches", body).text


def test_a_registration_without_storage_never_speaks_of_it(world: World) -> None:
    assert "lti_storage_target" not in world.register("canvas", storage="absent").begin("maya")


def test_rotation_announces_a_key_before_it_signs(world: World) -> None:
    registered = world.register("schoology")
    announced = _kids(registered)[1]
    world.post("/control/platforms/schoology/rotate", {})
    assert _kids(registered)[0] == announced
    assert registered.claims("maya")


def test_a_surprise_leaves_no_old_key(world: World) -> None:
    registered = world.register("schoology")
    before = _kids(registered)
    world.post("/control/platforms/schoology/rotate", {"surprise": True})
    assert not set(before) & set(_kids(registered))
    assert registered.claims("maya")


def _kids(registered: Registered) -> list[str]:
    keys = registered.world.get(f"/{registered.about['profile']}/jwks")["keys"]
    return [key["kid"] for key in keys]
