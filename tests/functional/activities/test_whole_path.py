"""From the teacher's choice to the score in the gradebook, against the stand-in LMS."""

from lti_tool.models.course import ActivityRecord
from tests.factories.desk import Desk
from tests.functional.activities.path import Path, path_of
from tests.functional.launch.world import COURSE, Registered, World


def write(path: Path, user: str, link_id: str) -> Desk:
    desk = path.open(user, placement="link", link_id=link_id)
    desk.submit("submission", text=f"What {user} saw.").expect("Handed in")
    return desk


def grade(path: Path, points: str) -> Desk:
    desk = path.open("rivera")
    desk.get("/grading")
    desk.get(desk.page.link(action="grade-first"))
    desk.submit("grade", points=points)
    return desk


def last_student(path: Path) -> str:
    people = path.world.control(
        "GET", f"/courses/{COURSE}/people?client_id={path.platform.client_id}"
    )
    return str([each["user"] for each in people if each["role"] == "student"][-1])


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


def test_several_are_chosen_at_once_and_a_form_sent_twice_defines_them_once(
    world: World, platform: Registered
) -> None:
    path = Path(world=world, platform=platform)
    desk = path.open("rivera", placement="deep_linking")
    form = desk.page.form("choose-activities")
    fields = form.values({"chosen": ["assignment", "reflection", "check_in"]})
    first = desk.post(form.action, fields)
    second = desk.post(form.action, fields)
    assert (first.status, second.status) == (200, 200)
    assert world.count(ActivityRecord) == 3
    path.post_back(second)
    links = path.links()
    assert [bool(link["line_items"]) for link in links] == [True, True, False]


def test_a_grade_that_changes_is_posted_once_for_each_version(
    world: World, platform: Registered
) -> None:
    path = Path(world=world, platform=platform)
    (link,) = path.choose("reflection")
    write(path, "maya", link["id"])
    rivera = grade(path, "6")
    path.work()
    for _ in range(2):
        rivera.get(path_of(rivera.page))
        rivera.submit("grade", points="9")
        path.work()
    assert [each["body"]["scoreGiven"] for each in path.scores()] == [6, 9]
    assert {each["status"] for each in path.scores()} == {200}


def test_every_section_has_its_score_in_its_own_column(world: World, platform: Registered) -> None:
    path = Path(world=world, platform=platform)
    (link,) = path.choose("reflection")
    other = last_student(path)
    for user in ("maya", other):
        write(path, user, link["id"])
        grade(path, "8")
    path.work()
    posts = path.scores()
    assert {each["status"] for each in posts} == {200}
    columns = {each["line_item"] for each in posts}
    assert len(columns) == (2 if platform.profile == "schoology" else 1)


def test_a_refused_score_says_why_and_is_sent_again_by_hand(
    world: World, platform: Registered
) -> None:
    path = Path(world=world, platform=platform)
    (link,) = path.choose("reflection")
    student = last_student(path)
    write(path, student, link["id"])
    member = f"/courses/{COURSE}/members/{student}"
    world.control("PATCH", member, {"status": "Inactive"})
    try:
        rivera = grade(path, "8")
        path.work()
        rivera.get(path_of(rivera.page)).expect("Not in the gradebook", "Check the enrollment")
    finally:
        world.control("PATCH", member, {"status": "Active"})
    rivera.submit("send-score").expect("On its way to the gradebook")
    path.work()
    rivera.get(path_of(rivera.page)).expect("In the gradebook since")
