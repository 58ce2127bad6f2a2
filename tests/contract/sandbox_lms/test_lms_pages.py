"""The pages say who may see what, without a browser to look at them."""

import pytest
import requests
from bs4 import BeautifulSoup, Tag

from tests.contract.sandbox_lms.world import TIMEOUT, Registered, World, fault_of, form_fields


def _get(registered: Registered, path: str, user: str | None = None) -> requests.Response:
    asked = {"as": user, "registration": registered.client_id} if user else {}
    return requests.Session().get(f"{registered.world.url}{path}", params=asked, timeout=TIMEOUT)


def _tag(page: requests.Response, element: str, /, **attributes: str) -> Tag | None:
    found = BeautifulSoup(page.text, "html.parser").find(element, attrs=dict(attributes))
    return found if isinstance(found, Tag) else None


def _words(page: requests.Response) -> str:
    assert page.status_code == 200, page.text
    return " ".join(BeautifulSoup(page.text, "html.parser").get_text().split())


@pytest.mark.parametrize(
    ("path", "user", "named"),
    [
        ("/courses/pathways-a", None, "nobody is signed in"),
        ("/courses/pathways-a", "stranger", "nobody here"),
        ("/courses/astronomy", "maya", "no such course"),
        ("/courses/pathways-a", "adam", "not in this course"),
        ("/courses/pathways-a/open?placement=deep_linking", "maya", "only staff"),
        ("/courses/pathways-a/open?placement=link&link_id=x", "maya", "not in the course"),
        ("/courses/pathways-a/open?acting_as=liam", "rivera", "only an administrator"),
        ("/storage/unheard-of", None, "unknown"),
    ],
)
def test_what_may_not_be_opened_is_refused_in_words(
    canvas: Registered, path: str, user: str | None, named: str
) -> None:
    assert named in fault_of(_get(canvas, path, user))


def test_signing_in_needs_a_person_and_a_course(canvas: Registered) -> None:
    address = f"{canvas.world.url}/sign-in"
    page = requests.post(address, data={"user": "maya", "course": "none"}, timeout=TIMEOUT)
    assert "choose a person" in fault_of(page)


def test_the_frame_of_storage_is_there_unless_it_is_absent(world: World) -> None:
    for storage, source in (
        ("answers", "/storage/"),
        ("silent", "/storage/"),
        ("wrong-origin", "http://localhost:"),
    ):
        registered = world.register("canvas", storage=storage)
        frame = _tag(
            _get(registered, "/courses/pathways-a/open", "maya"), "iframe", name="lti_storage"
        )
        assert frame is not None
        assert str(frame["src"]).startswith(source)
    without = world.register("canvas", storage="absent")
    page = _get(without, "/courses/pathways-a/open", "maya")
    assert _tag(page, "iframe", name="lti_storage") is None
    assert "lti_storage_target" not in form_fields(page.text)


def test_a_silent_storage_frame_knows_that_it_is(world: World) -> None:
    registered = world.register("canvas", storage="silent")
    body = _tag(_get(registered, f"/storage/{registered.client_id}"), "body")
    assert body is not None
    assert body["data-silent"] == "yes"


def test_the_microphone_is_offered_on_canvas_only(
    canvas: Registered, schoology: Registered
) -> None:
    def permission(registered: Registered) -> object:
        frame = _tag(_get(registered, "/courses/pathways-a/open", "maya"), "iframe", id="tool")
        assert frame is not None
        return frame.get("allow")

    assert permission(canvas) == "microphone *"
    assert permission(schoology) is None


def test_an_administrator_chooses_whom_to_act_as_on_canvas_only(
    canvas: Registered, schoology: Registered
) -> None:
    assert "Act as somebody" in _words(_get(canvas, "/courses/pathways-a", "novak"))
    assert "Act as somebody" not in _words(_get(canvas, "/courses/pathways-a", "rivera"))
    assert "Act as somebody" not in _words(_get(schoology, "/courses/pathways-a", "novak"))
    opened = _get(canvas, "/courses/pathways-a/open?acting_as=maya", "novak")
    assert opened.status_code == 200


def test_the_gradebook_says_which_section_a_column_belongs_to(schoology: Registered) -> None:
    schoology.add_link()
    page = _words(_get(schoology, "/courses/pathways-a/gradebook", "rivera"))
    assert "of 10, Period 2" in page
    assert "of 10, Period 5" in page
    assert "other section" in page


def test_a_plain_link_leads_straight_to_its_address(canvas: Registered) -> None:
    canvas.add_link(type="link", lineItem=None, url="https://careers.example/guide")
    page = _get(canvas, "/courses/pathways-a", "maya")
    assert _tag(page, "a", href="https://careers.example/guide") is not None


def test_a_message_that_the_tool_sends_back_is_shown_as_text(canvas: Registered) -> None:
    page = _get(canvas, "/courses/pathways-a?lti_errormsg=Not+<b>ready</b>", "maya")
    assert "Not <b>ready</b>" in _words(page)


def test_a_tool_that_is_not_ready_is_not_offered(world: World) -> None:
    raw = world.post("/control/registrations", {"profile": "canvas", "name": "Half"}).json()
    page = requests.Session().get(world.url, timeout=TIMEOUT)
    assert raw["client_id"] not in page.text
