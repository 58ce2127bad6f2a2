"""What platforms and their administrators read of the tool without being signed in."""

from tests.functional.launch.world import Registered, World, page_data


def test_the_key_set_holds_public_keys_only_and_may_be_kept(
    world: World, canvas: Registered
) -> None:
    answer = world.browser().get("/lti/jwks")
    keys = answer.get_json()["keys"]
    assert len(keys) == 1
    assert set(keys[0]) == {"kty", "use", "alg", "kid", "n", "e"}
    assert "max-age" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers


def test_the_developer_key_of_canvas_names_our_addresses(world: World) -> None:
    settings = world.browser().get("/lti/canvas.json").get_json()
    assert settings["oidc_initiation_url"] == f"{world.public_url}/lti/login"
    assert settings["target_link_uri"] == f"{world.public_url}/lti/launch"
    assert settings["public_jwk_url"] == f"{world.public_url}/lti/jwks"
    [extension] = settings["extensions"]
    placements = {each["placement"] for each in extension["settings"]["placements"]}
    assert placements == {"course_navigation", "assignment_selection", "link_selection"}
    assert settings["custom_fields"]["masquerading_user_id"].startswith("$Canvas.")


def test_a_platform_that_names_its_client_needs_no_registration_in_the_address(
    world: World, canvas: Registered
) -> None:
    begun = world.initiation(canvas, "maya")
    assert page_data(world.browser().post("/lti/login", data=begun["fields"]))["mode"] == "login"


def test_63_a_platform_that_names_no_client_needs_it(world: World) -> None:
    schoology = world.register("schoology")
    begun = world.initiation(schoology, "maya")
    page = world.browser().post("/lti/login", data=begun["fields"])
    assert page.status_code == 400
    assert "belongs to no registration" in page.text


def test_63_an_address_of_no_registration_leads_nowhere(world: World) -> None:
    unknown = "/lti/login/7b0c6c1e-6f3d-4f51-9f53-0c9f0f0b4a11"
    assert world.browser().get(unknown).status_code == 400
    assert world.browser().get("/lti/login/nonsense").status_code == 404
