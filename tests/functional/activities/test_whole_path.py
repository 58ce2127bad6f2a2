"""From the teacher's choice to the score in the gradebook, against the stand-in LMS."""

from tests.functional.activities.path import Path, path_of
from tests.functional.launch.world import Registered, World


def test_a_reflection_is_chosen_written_graded_and_in_the_gradebook(
    world: World, platform: Registered
) -> None:
    path = Path(world=world, platform=platform)
    links = path.choose("reflection", reflection_title="What I saw", reflection_points="20")
    assert [link["title"] for link in links] == ["What I saw"]

    maya = path.open("maya", placement="link", link_id=links[0]["id"])
    maya.page.expect("What I saw", "Your teacher reads this. Your mentor does not.")
    maya.submit("submission", text="I saw how a team plans its week.")
    maya.page.expect("Handed in", "You can still change it until it is graded")

    rivera = path.open("rivera")
    rivera.get("/grading").expect("What I saw")
    rivera.get(rivera.page.link(action="grade"))
    rivera.page.expect("I saw how a team plans its week.")
    rivera.submit("grade", points="17.5", comment="You looked closely.")
    rivera.page.expect("On its way to the gradebook")
    graded = path_of(rivera.page)

    path.work()
    rivera.get(graded).expect("In the gradebook since")
    assert [(each["body"]["scoreGiven"], each["status"]) for each in path.scores()] == [(17.5, 200)]
    column = next(iter(path.gradebook("maya")["scores"].values()))
    assert column["score"] == 17.5
    assert column["comments"] == ["You looked closely."]

    maya.get(path_of(maya.page)).expect("Graded", "17.5 of 20", "You looked closely.")
