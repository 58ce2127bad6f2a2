"""The roster by its keeper: real pages, from the promise of a launch to the memberships."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from lti_tool.models.audit import AuditRecord
from lti_tool.models.course import CourseRecord, MembershipRecord
from lti_tool.models.messages import NoticeRecord
from lti_tool.models.outbox import PromiseRecord
from lti_tool.models.people import PersonRecord
from lti_tool.services import roster
from lti_tool.services.course import want_roster
from tasks.course import KEEPERS
from tasks.keepers import Relay
from tests.functional.launch.served import served
from tests.functional.launch.world import COURSE, Registered, World


def _drain(world: World) -> int:
    parts = world.workshop
    relay = Relay(
        database=parts.database,
        clock=parts.clock,
        ports=parts.ports,
        keepers={keeper.topic.name: keeper for keeper in KEEPERS},
    )
    with served(world):
        return relay.drain("lms")


def _active(world: World) -> int:
    with world.workshop.database.reading() as session:
        return session.scalars(
            select(func.count())
            .select_from(MembershipRecord)
            .where(MembershipRecord.left_at.is_(None), MembershipRecord.sync_id.is_not(None))
        ).one()


def _ask_again(world: World) -> None:
    with world.workshop.database.transaction() as session:
        course = session.scalars(select(CourseRecord)).one()
        course.roster_wanted_at = None
        want_roster(session, course, now=world.workshop.clock.now())


def _course(world: World) -> CourseRecord:
    return world.only(CourseRecord)


@pytest.fixture
def small_pages(world: World) -> Registered:
    return world.register("canvas", page_size=10)


def test_39_to_44_every_page_is_fetched_and_everybody_stored(
    world: World, small_pages: Registered
) -> None:
    before = world.control("GET", "/requests")
    world.enter(world.browser(), small_pages, "rivera")
    tried = _drain(world)
    asked = world.control("GET", "/requests")
    assert tried == asked["names-roles"] - before["names-roles"] > 1
    assert asked["token"] == before["token"] + 1
    assert _active(world) > (tried - 1) * 10
    assert _course(world).roster_synced_at is not None
    assert _course(world).roster_next_url is None


def test_a_second_walk_changes_nothing_when_nothing_has_changed(
    world: World, small_pages: Registered
) -> None:
    world.enter(world.browser(), small_pages, "rivera")
    _drain(world)
    before = (_active(world), world.count(PersonRecord), world.count(MembershipRecord))
    _ask_again(world)
    _drain(world)
    after = (_active(world), world.count(PersonRecord), world.count(MembershipRecord))
    assert after == before


def test_an_anonymous_roster_is_stored_by_subject_alone(world: World) -> None:
    canvas = world.register("canvas", privacy="anonymous")
    world.enter(world.browser(), canvas, "rivera")
    _drain(world)
    with world.workshop.database.reading() as session:
        assert set(session.scalars(select(PersonRecord.display_name_sealed))) == {None}


def test_44_somebody_who_left_is_noted_after_the_last_page(
    world: World, small_pages: Registered
) -> None:
    world.enter(world.browser(), small_pages, "rivera")
    _drain(world)
    present = _active(world)
    member = f"/courses/{COURSE}/members/liam"
    world.control("PATCH", member, {"status": "Inactive"})
    try:
        _ask_again(world)
        _drain(world)
        assert _active(world) == present - 1
    finally:
        world.control("PATCH", member, {"status": "Active"})
    _ask_again(world)
    _drain(world)
    assert _active(world) == present


@pytest.fixture
def held(world: World, small_pages: Registered) -> UUID:
    """Hold a roster by a first page that is empty."""
    world.enter(world.browser(), small_pages, "rivera")
    _drain(world)
    world.control("POST", "/faults", {"endpoint": "names-roles", "mode": "empty", "times": 1})
    _ask_again(world)
    _drain(world)
    return _course(world).id


def test_an_empty_roster_waits_for_staff(world: World, held: UUID) -> None:
    course = _course(world)
    assert course.roster_held
    assert _active(world) > 0
    notice = world.only(NoticeRecord)
    assert (notice.code, notice.subject_id) == ("roster_held", held)
    _ask_again(world)
    assert _drain(world) == 0


def test_staff_may_say_that_the_platform_was_wrong(world: World, held: UUID) -> None:
    course, staff = _course(world), uuid4()
    present = _active(world)
    with world.workshop.database.transaction() as session:
        roster.dismiss_held_roster(
            session,
            organization_id=course.organization_id,
            course_id=held,
            by=staff,
            now=world.workshop.clock.now(),
        )
    _ask_again(world)
    _drain(world)
    assert _active(world) == present
    with world.workshop.database.reading() as session:
        assert session.scalars(select(NoticeRecord.settled_by)).one() == staff


def test_staff_may_say_that_the_people_have_left(world: World, held: UUID) -> None:
    course, staff = _course(world), uuid4()
    with world.workshop.database.transaction() as session:
        roster.accept_held_roster(
            session,
            organization_id=course.organization_id,
            course_id=held,
            by=staff,
            now=world.workshop.clock.now(),
        )
    assert _active(world) == 0
    with world.workshop.database.reading() as session:
        actions = set(session.scalars(select(AuditRecord.action)))
    assert {"held-roster-accepted", "left-roster"} <= actions


@pytest.mark.parametrize("mode", ["loop-next", "foreign-next"])
def test_66_a_next_page_that_leads_astray_becomes_a_dead_letter(
    world: World, small_pages: Registered, mode: str
) -> None:
    world.enter(world.browser(), small_pages, "rivera")
    world.control("POST", "/faults", {"endpoint": "names-roles", "mode": mode, "times": 1})
    _drain(world)
    promise = world.only(PromiseRecord)
    assert promise.dead_at is not None
    assert promise.error_code == "refused"
    assert promise.error_remedy


def test_65_a_refused_token_is_asked_for_again(world: World, small_pages: Registered) -> None:
    world.enter(world.browser(), small_pages, "rivera")
    world.control("POST", "/faults", {"endpoint": "names-roles", "mode": "401", "times": 1})
    assert _drain(world) == 1
    with world.workshop.database.transaction() as session:
        promise = session.scalars(select(PromiseRecord)).one()
        assert promise.error_code == "not-authorized"
        promise.due_at = world.workshop.clock.now()
    before = world.control("GET", "/requests")["token"]
    assert _drain(world) > 1
    assert world.control("GET", "/requests")["token"] == before + 1
