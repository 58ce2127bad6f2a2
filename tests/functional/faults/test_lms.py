"""Every request to the LMS goes wrong, in every way that may pass: it ends as if nothing was."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lti_tool.models.course import CourseRecord, MembershipRecord
from lti_tool.models.outbox import PromiseRecord
from lti_tool.queries import outbox as outbox_queries
from lti_tool.services import outbox
from lti_tool.services.course import want_roster
from tests.functional.activities.path import Path, path_of
from tests.functional.launch.world import Registered, World

PASSES = ("500", "503", "429", "403-rate", "drop-after", "401")
ROUNDS = 12


@pytest.fixture
def path(world: World, platform: Registered) -> Path:
    return Path(world=world, platform=platform)


def break_next(path: Path, endpoint: str, mode: str, times: int = 1) -> None:
    path.world.control("POST", "/faults", {"endpoint": endpoint, "mode": mode, "times": times})


def make_due(path: Path) -> int:
    """Let time pass; return how many promises to the LMS wait."""
    with path.workshop.database.transaction() as session:
        waiting = session.scalars(
            select(PromiseRecord).where(PromiseRecord.is_open, PromiseRecord.queue == "lms")
        ).all()
        for promise in waiting:
            promise.due_at = path.workshop.clock.now() - timedelta(seconds=1)
    return len(waiting)


def follow(path: Path) -> None:
    """Let time pass until nothing waits any more."""
    for _ in range(ROUNDS):
        path.work()
        if not make_due(path):
            return
    raise AssertionError("something stays open for ever")


def dead(path: Path) -> list[outbox_queries.OpenPromise]:
    organization_id = path.world.only(CourseRecord).organization_id
    with path.workshop.database.reading() as session:
        every = outbox_queries.open_promises(session, organization_id)
    return [each for each in every if each.state == "dead"]


def members(path: Path) -> int:
    with path.workshop.database.reading() as session:
        return session.scalars(
            select(func.count())
            .select_from(MembershipRecord)
            .where(MembershipRecord.left_at.is_(None), MembershipRecord.sync_id.is_not(None))
        ).one()


def want_again(path: Path) -> None:
    with path.workshop.database.transaction() as session:
        course = session.scalars(select(CourseRecord)).one()
        course.roster_wanted_at = None
        want_roster(session, course, now=path.workshop.clock.now())


def grade(path: Path, title: str) -> str:
    """Have Maya hand in a reflection and Rivera grade it; return the page of the work."""
    link = path.choose("reflection", reflection_title=title, reflection_points="20")[-1]
    maya = path.open("maya", placement="link", link_id=link["id"])
    maya.submit("submission", text="I saw how a team plans its week.")
    rivera = path.open("rivera")
    rivera.get("/grading")
    rivera.get(rivera.page.link(action="grade"))
    rivera.submit("grade", points="17.5", comment="You looked closely.")
    return path_of(rivera.page)


@pytest.mark.parametrize("endpoint", ["scores", "token"])
def test_a_score_is_in_the_gradebook_once_whatever_happened_on_the_way(
    path: Path, endpoint: str
) -> None:
    page = grade(path, "What I saw")
    for mode in PASSES:
        break_next(path, endpoint, mode)
    follow(path)
    assert dead(path) == []
    (cell,) = path.gradebook("maya")["scores"].values()
    # Canvas adds the comment once more with each repeated post; the score is one.
    assert (cell["score"], set(cell["comments"])) == (17.5, {"You looked closely."})
    assert len({post["body"]["timestamp"] for post in path.scores()}) == 1
    path.open("rivera").get(page).expect("In the gradebook since")


@pytest.mark.parametrize("endpoint", ["names-roles", "token"])
def test_the_roster_is_complete_whatever_happened_on_the_way(path: Path, endpoint: str) -> None:
    path.open("rivera")
    for mode in PASSES:
        break_next(path, endpoint, mode)
    follow(path)
    assert dead(path) == []
    found = members(path)
    assert found > 0
    assert path.world.control("GET", "/faults") == []
    want_again(path)
    follow(path)  # a calm walk finds nobody whom the troubled one has missed
    assert members(path) == found


def test_an_lms_that_stays_out_of_order_is_shown_with_a_remedy_and_can_be_tried_again(
    path: Path,
) -> None:
    grade(path, "What I saw")
    path.work()
    posted = len(path.scores())
    break_next(path, "names-roles", "500", times=outbox.ATTEMPTS_BEFORE_DEAD + 1)
    break_next(path, "scores", "500", times=outbox.ATTEMPTS_BEFORE_DEAD)
    page = grade(path, "What I saw next")
    for _ in range(outbox.ATTEMPTS_BEFORE_DEAD):
        path.work()
        make_due(path)
    assert len(path.scores()) == posted
    letters = dead(path)
    assert [letter.topic for letter in letters if letter.topic.startswith("grading")]
    assert all(letter.error_remedy for letter in letters)
    path.world.control("DELETE", "/faults")
    with path.workshop.database.transaction() as session:
        for letter in letters:
            outbox.retry(
                session,
                organization_id=path.world.only(CourseRecord).organization_id,
                promise_id=letter.promise_id,
                now=path.workshop.clock.now(),
            )
    follow(path)
    path.open("rivera").get(page).expect("In the gradebook since")
