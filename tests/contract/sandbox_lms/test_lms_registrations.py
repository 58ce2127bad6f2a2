"""Registrations, and all that a restart must find again."""

from pathlib import Path

import pytest

from sandbox.store import Store
from tests.contract.sandbox_lms.world import Json, World, running_world


def test_everything_is_there_after_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "lms.db"
    store = Store(file)
    with running_world(store) as before:
        registered = before.register("canvas")
        link = registered.add_link()
        item = {"id": f"{registered.line_items_url()}/{link['line_items'][0]}"}
        registered.score(item, "maya")
        keys = before.get("/canvas/jwks")
        before.patch("/control/courses/pathways-b/members/felix", {"status": "Deleted"})
    store.close()
    again = Store(file)
    with running_world(again) as after:
        assert after.get("/canvas/jwks") == keys
        assert after.get("/control/registrations")[0]["client_id"] == registered.client_id
        book = after.get("/control/courses/pathways-a/gradebook", client_id=registered.client_id)
        maya = next(row for row in book["students"] if row["user"] == "maya")
        assert [cell["score"] for cell in maya["scores"].values()] == [7.5]
        people = after.get("/control/courses/pathways-b/people", client_id=registered.client_id)
        assert {who["user"]: who["status"] for who in people}["felix"] == "Deleted"
    again.close()


def test_a_known_client_id_is_answered_as_it_is(world: World) -> None:
    wanted = {"profile": "canvas", "client_id": "known-client", "name": "First"}
    first = world.post("/control/registrations", wanted).json()
    second = world.post("/control/registrations", {**wanted, "name": "Second"}).json()
    assert first == second
    assert world.get("/control/registrations/known-client") == first


@pytest.mark.parametrize(
    "wrong",
    [
        {"profile": "moodle"},
        {"privacy": "secret"},
        {"storage": "sometimes"},
        {"scopes": ["everything"]},
        {"page_size": 0},
        {"page_size": "ten"},
    ],
)
def test_a_registration_that_makes_no_sense_is_refused(world: World, wrong: Json) -> None:
    body = {"profile": "canvas", **wrong}
    assert world.post("/control/registrations", body).status_code == 400


def test_only_known_fields_of_a_known_registration_change(world: World) -> None:
    registered = world.register("canvas")
    path = f"/control/registrations/{registered.client_id}"
    assert world.patch(path, {"issuer": "https://elsewhere.example"}).status_code == 400
    assert world.patch(path, {"privacy": "anonymous"}).json()["privacy"] == "anonymous"
    assert world.patch("/control/registrations/unheard-of", {}).status_code == 404
