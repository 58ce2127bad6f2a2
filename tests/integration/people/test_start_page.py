from uuid import uuid4

from sqlalchemy import event

from lti_tool.db import Database
from lti_tool.queries import home, pairings
from lti_tool.queries.home import Place
from lti_tool.services import people
from tests.factories.world import World, add_mentor, add_pairing
from tests.integration.conftest import NOW


def place(world: World, person_id: object = None) -> Place:
    return Place(
        organization_id=world.organization_id,
        school_id=world.school_id,
        course_id=world.course_id,
        person_id=world.student_id if person_id is None else world.teacher_id,
        zone="America/New_York",
    )


def statements(database: Database, world: World) -> int:
    seen: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "ROLLBACK")):
            seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        with database.reading() as session:
            home.for_staff(session, place(world, "teacher"), on=NOW.date())
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
    return len(seen)


class TestTheStaffsStartPage:
    def test_asks_as_often_for_thirty_pairings_as_for_one(
        self, database: Database, world: World
    ) -> None:
        before = statements(database, world)
        with database.transaction() as session:
            for number in range(29):
                mentor_id = people.add(
                    session, world.organization_id, identities=(), name=f"M {number}", now=NOW
                )
                add_mentor(session, world, mentor_id, now=NOW)
                add_pairing(
                    session,
                    world,
                    uuid4(),
                    mentors=(mentor_id,),
                    mentees=(world.other_student_id,),
                    now=NOW,
                )

        assert statements(database, world) == before
        assert before <= 12

    def test_says_who_is_not_ready_and_why(self, database: Database, world: World) -> None:
        with database.transaction() as session:
            add_pairing(
                session,
                world,
                uuid4(),
                mentors=(world.mentor_id,),
                mentees=(world.other_student_id,),
                now=NOW,
            )

        with database.reading() as session:
            page = home.for_staff(session, place(world, "teacher"), on=NOW.date())

        assert page.active_pairings == 1
        (line,) = page.not_ready
        assert {(o.code, o.name) for o in line.obstacles} == {("consent-missing", "Liam Johnson")}


class TestPairingsOfPeople:
    def test_are_found_by_student_and_mentor(self, database: Database, world: World) -> None:
        with database.reading() as session:
            for found in (
                pairings.for_student(session, world.organization_id, world.student_id),
                pairings.for_mentor(session, world.organization_id, world.mentor_id),
            ):
                (pairing,) = found
                assert pairing.id == world.pairing_id
                assert pairing.person_ids == (world.mentor_id, world.student_id)

    def test_are_nobodys_in_another_organization(self, database: Database, world: World) -> None:
        with database.reading() as session:
            assert pairings.for_student(session, uuid4(), world.student_id) == ()
            assert pairings.for_mentor(session, uuid4(), world.mentor_id) == ()
