from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from lti_tool.domain.gate import DoorClosedError
from lti_tool.models.meetings import LinkShowingRecord
from lti_tool.models.pairings import ClearanceRecord, ConsentRecord
from lti_tool.models.people import StaffRecord
from lti_tool.services import doors, lapses
from tests.factories.meetings import STARTS, Scene


def set_clearance(scene: Scene, status: str) -> None:
    with scene.database.transaction() as session:
        row = session.get_one(ClearanceRecord, (scene.world.organization_id, scene.world.mentor_id))
        row.status = status
        session.flush()
        reassess(scene, scene.world.mentor_id, session)


def reassess(scene: Scene, person_id: UUID, session: object) -> None:
    lapses.reassess(
        session,  # type: ignore[arg-type]  # a session, handed on
        organization_id=scene.world.organization_id,
        person_ids=(person_id,),
        now=scene.clock.now(),
    )


def test_a_lapse_puts_the_meeting_on_hold_and_its_event_away(scene: Scene) -> None:
    meeting_id = scene.open_slot()
    scene.drain()
    set_clearance(scene, "revoked")
    meeting = scene.meeting(meeting_id)
    assert meeting.status == "on-hold"
    assert scene.notices() == ["meeting_on_hold", "mentor_on_hold"]
    scene.drain()
    assert [event["status"] for event in scene.events(meeting_id)] == ["cancelled"]


def test_what_comes_back_has_one_event_of_the_next_generation(scene: Scene) -> None:
    meeting_id = scene.open_slot()
    scene.drain()
    set_clearance(scene, "revoked")
    scene.drain()
    set_clearance(scene, "eligible")
    scene.drain()
    assert scene.meeting(meeting_id).status == "scheduled"
    assert sorted(event["status"] for event in scene.events(meeting_id)) == [
        "cancelled",
        "confirmed",
    ]
    assert scene.google.counts()["meet.spaces.create"] == 1


def test_a_hold_that_comes_and_goes_before_google_hears_of_it_leaves_one_event(
    scene: Scene,
) -> None:
    meeting_id = scene.open_slot()
    scene.drain()
    set_clearance(scene, "revoked")
    set_clearance(scene, "eligible")
    scene.drain()
    states = [event["status"] for event in scene.events(meeting_id)]
    assert states.count("confirmed") == 1
    assert scene.open_promises() == []


def test_a_withdrawn_consent_holds_the_meeting(scene: Scene) -> None:
    meeting_id = scene.open_slot()
    with scene.database.transaction() as session:
        for row in session.scalars(select(ConsentRecord)):
            row.withdrawn_on = scene.clock.now().date()
        session.flush()
        reassess(scene, scene.world.student_id, session)
    assert scene.meeting(meeting_id).status == "on-hold"
    assert "student_on_hold" in scene.notices()


def test_what_expires_by_date_shows_without_anybodys_act(scene: Scene) -> None:
    meeting_id = scene.open_slot()
    with scene.database.transaction() as session:
        row = session.get_one(ClearanceRecord, (scene.world.organization_id, scene.world.mentor_id))
        row.expires_on = date(2026, 11, 24)
        session.flush()
        lapses.reassess_everything(session, scene.world.organization_id, scene.clock.now())
    assert scene.meeting(meeting_id).status == "on-hold"


def test_the_link_is_dark_until_staff_open_and_every_showing_is_logged(scene: Scene) -> None:
    meeting_id = scene.ready_meeting()
    with pytest.raises(DoorClosedError):
        scene.join(meeting_id, scene.world.student_id)
    scene.open(meeting_id)
    scene.open(meeting_id)
    assert scene.join(meeting_id, scene.world.student_id).startswith(scene.google.url)
    assert scene.join(meeting_id, scene.world.mentor_id).startswith(scene.google.url)
    with scene.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(LinkShowingRecord)) == 2


@pytest.mark.parametrize("who", ["mentor_id", "student_id", "teacher_id", "okafor_id"])
def test_only_its_own_staff_open_a_meeting(scene: Scene, who: str) -> None:
    meeting_id = scene.ready_meeting()
    with pytest.raises(DoorClosedError):
        scene.open(meeting_id, getattr(scene.world, who))


def test_opening_needs_a_recent_sign_in(scene: Scene) -> None:
    meeting_id = scene.ready_meeting()
    with pytest.raises(DoorClosedError) as caught, scene.database.transaction() as session:
        doors.open_meeting(
            session,
            organization_id=scene.world.organization_id,
            meeting_id=meeting_id,
            actor_id=scene.world.rivera_id,
            authenticated_at=STARTS - timedelta(hours=13),
            now=STARTS,
        )
    assert [str(obstacle.code) for obstacle in caught.value.obstacles] == ["sign-in-too-old"]


def test_a_lapse_whatever_is_stored_darkens_the_link_at_once(scene: Scene) -> None:
    meeting_id = scene.running_meeting()
    with scene.database.transaction() as session:
        row = session.get_one(ClearanceRecord, (scene.world.organization_id, scene.world.mentor_id))
        row.status = "revoked"
    with pytest.raises(DoorClosedError):
        scene.join(meeting_id, scene.world.mentor_id)


def test_a_live_call_is_ended_unless_staff_confirm_in_time(scene: Scene) -> None:
    meeting_id = scene.running_meeting()
    scene.step(meeting_id, "join", 0, email="rivera@harbor.example")
    set_clearance(scene, "revoked")
    assert "remove_from_meeting" in scene.notices()
    scene.drain()
    assert scene.meeting(meeting_id).status == "open"
    scene.clock.at += timedelta(seconds=61)
    scene.drain()
    assert scene.meeting(meeting_id).status == "ended"
    assert scene.room(meeting_id)["present"] == []


def test_a_confirmed_removal_lets_the_call_go_on(scene: Scene) -> None:
    meeting_id = scene.running_meeting()
    set_clearance(scene, "revoked")
    with scene.database.transaction() as session:
        doors.confirm_removal(
            session,
            organization_id=scene.world.organization_id,
            meeting_id=meeting_id,
            actor_id=scene.world.rivera_id,
            now=scene.clock.now(),
        )
    scene.clock.at += timedelta(seconds=61)
    scene.drain()
    assert scene.meeting(meeting_id).status == "open"


def test_a_supervisor_who_left_the_roster_opens_nothing(scene: Scene) -> None:
    meeting_id = scene.ready_meeting()
    with scene.database.transaction() as session:
        row = session.scalars(
            select(StaffRecord).where(StaffRecord.person_id == scene.world.rivera_id)
        ).one()
        row.removed_at = scene.clock.now()
        session.flush()
        reassess(scene, scene.world.rivera_id, session)
    assert scene.meeting(meeting_id).status == "on-hold"
    with pytest.raises(DoorClosedError):
        scene.open(meeting_id)


def test_a_meeting_that_nobody_closed_is_closed_by_the_tool(scene: Scene) -> None:
    meeting_id = scene.running_meeting()
    scene.clock.at = STARTS + timedelta(minutes=46)
    scene.tick()
    assert scene.meeting(meeting_id).status == "ended"


def test_what_staff_confirmed_does_not_ring_again(scene: Scene) -> None:
    meeting_id = scene.running_meeting()
    set_clearance(scene, "revoked")
    with scene.database.transaction() as session:
        doors.confirm_removal(
            session,
            organization_id=scene.world.organization_id,
            meeting_id=meeting_id,
            actor_id=scene.world.rivera_id,
            now=scene.clock.now(),
        )
        lapses.reassess_everything(session, scene.world.organization_id, scene.clock.now())
    scene.clock.at += timedelta(minutes=2)
    scene.drain()
    assert scene.meeting(meeting_id).status == "open"


def test_a_lapse_that_clears_in_time_ends_no_call(scene: Scene) -> None:
    meeting_id = scene.running_meeting()
    set_clearance(scene, "revoked")
    set_clearance(scene, "eligible")
    scene.clock.at += timedelta(minutes=2)
    scene.drain()
    assert scene.meeting(meeting_id).status == "open"
