from uuid import uuid4

import pytest
from sqlalchemy import select

from config.keyring import Purpose
from lti_tool.models.people import GrantRecord, SchoolRecord, SignInRecord
from tests.factories.desk import School
from tests.factories.world import World, make_world


@pytest.fixture
def foreign(school: School) -> World:
    with school.database.transaction() as session:
        return make_world(
            session, school.workshop.settings.keyring, now=school.workshop.clock.now()
        )


def paths_of(world: World) -> tuple[str, ...]:
    return (
        f"/mentors/{world.mentor_id}",
        f"/mentors/{world.mentor_id}/edit",
        f"/mentors/{world.mentor_id}/clearance",
        f"/mentors/{world.mentor_id}/clearance/revoke",
        f"/mentors/{world.mentor_id}/training",
        f"/mentors/{world.mentor_id}/agreement",
        f"/consent/{world.student_id}",
        f"/staff/{world.rivera_id}",
        f"/pairings/{world.pairing_id}",
        f"/pairings/propose?program_id={world.program_id}",
        f"/program/{world.program_id}",
        f"/program/{world.program_id}/edit",
    )


def writes_to(world: World) -> tuple[tuple[str, dict[str, str]], ...]:
    day = {"signed_on": "2026-11-01", "completed_on": "2026-11-01", "checked_on": "2026-11-01"}
    return (
        (f"/mentors/{world.mentor_id}/clearance", {**day, "status": "recheck", "version": "1"}),
        (f"/mentors/{world.mentor_id}/clearance/revoke", {"version": "1"}),
        (f"/mentors/{world.mentor_id}/training", {**day, "module": "role-and-supervision"}),
        (f"/mentors/{world.mentor_id}/agreement", day),
        (f"/mentors/{world.mentor_id}/edit", {"name": "X", "employer": "X", "occupation": "X"}),
        (f"/consent/{world.student_id}/withdraw", {"channel": "video"}),
        (f"/staff/{world.rivera_id}", {"staff_role": "counselor"}),
        (f"/staff/{world.rivera_id}/remove", {}),
        (f"/pairings/{world.pairing_id}/activate", {}),
        (f"/pairings/{world.pairing_id}/end", {"reason": "other"}),
        (f"/pairings/{world.pairing_id}/virtual-start", {}),
        (f"/pairings/{world.pairing_id}/objectives/{uuid4()}/agree", {}),
        (f"/program/{world.program_id}/courses", {}),
        (f"/notices/{uuid4()}/settle", {}),
    )


class TestAForeignId:
    def test_answers_404_on_every_page(self, school: School, foreign: World) -> None:
        desk = school.coordinator()

        assert {path: desk.get(path).status for path in paths_of(foreign)} == dict.fromkeys(
            paths_of(foreign), 404
        )

    def test_answers_404_to_every_write(self, school: School, foreign: World) -> None:
        desk = school.coordinator()
        token = desk.get("/mentors/add").form("mentor").fields["csrf_token"]

        for path, fields in writes_to(foreign):
            sent = {"csrf_token": token, **{name: [value] for name, value in fields.items()}}
            assert desk.post(path, sent).status == 404, path


class TestAnotherSchoolOfTheSameOrganization:
    def test_answers_404_too(self, school: School) -> None:
        desk = school.coordinator()
        move_to_another_school(school, desk.token)

        for path in paths_of(school.world):
            assert desk.get(path).status == 404, path


def move_to_another_school(school: School, token: str) -> None:
    world, other_id = school.world, uuid4()
    with school.database.transaction() as session:
        session.add(SchoolRecord(organization_id=world.organization_id, id=other_id, name="Other"))
        session.flush()
        session.add(
            GrantRecord(
                organization_id=world.organization_id,
                id=uuid4(),
                person_id=world.coordinator_id,
                school_id=other_id,
                role="coordinator",
                granted_at=school.workshop.clock.now(),
            )
        )
        digest = school.workshop.settings.keyring.digest(Purpose.links, token)
        row = session.scalars(select(SignInRecord).where(SignInRecord.token_digest == digest)).one()
        row.school_id, row.course_id = other_id, None
