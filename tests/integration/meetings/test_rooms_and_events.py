from datetime import timedelta
from uuid import uuid4

import pytest

from lti_tool.domain.consent import Channel
from lti_tool.domain.errors import DomainError
from lti_tool.queries.errors import ChangedMeanwhileError
from lti_tool.services import meetings
from tests.factories.meetings import TOOL_URL, Scene
from tests.servers.google import CHEN, OKAFOR, RIVERA


def test_a_slot_becomes_one_verified_room_and_one_event(scene: Scene) -> None:
    meeting_id = scene.open_slot()
    scene.drain()
    meeting = scene.meeting(meeting_id)
    assert meeting.room_verified_at is not None
    assert (meeting.event_status, scene.open_promises()) == ("confirmed", [])
    assert scene.google.counts()["meet.spaces.create"] == 1
    room = scene.room(meeting_id)
    assert room["owner"] == RIVERA
    assert room["members"] == [{"email": CHEN, "role": "COHOST"}]
    (event,) = scene.events(meeting_id)
    assert event["id"] == meeting.event_id
    assert event["location"] == f"{TOOL_URL}/m/{meeting_id}"
    assert {guest["email"] for guest in event["attendees"]} == {RIVERA, CHEN}
    assert event["guestsCanSeeOtherGuests"] is False


def test_the_same_form_sent_twice_opens_one_slot(scene: Scene) -> None:
    request_id = uuid4()
    first = scene.open_slot(request_id=request_id)
    assert scene.open_slot(request_id=request_id) == first


@pytest.mark.parametrize(
    ("service", "method"),
    [
        ("meet", "spaces.create"),
        ("meet", "spaces.members.list"),
        ("meet", "spaces.members.create"),
        ("meet", "spaces.get"),
        ("calendar", "events.insert"),
    ],
)
@pytest.mark.parametrize("mode", ["drop_after_send", "503", "429"])
def test_a_fault_on_the_way_still_ends_in_one_room_and_one_event(
    scene: Scene, service: str, method: str, mode: str
) -> None:
    scene.google.fault(service, mode, method)
    meeting_id = scene.open_slot()
    for _ in range(3):
        scene.drain()
        scene.clock.at += timedelta(minutes=5)
    meeting = scene.meeting(meeting_id)
    assert (meeting.event_status, scene.open_promises()) == ("confirmed", [])
    assert len(scene.events(meeting_id)) == 1
    assert scene.room(meeting_id)["members"] == [{"email": CHEN, "role": "COHOST"}]
    assert scene.mails() == ["meeting_confirmed"]


def test_a_cancelled_meeting_has_no_event(scene: Scene) -> None:
    meeting_id = scene.open_slot()
    scene.drain()
    for _ in range(2):
        with scene.database.transaction() as session:
            meetings.cancel(
                session,
                organization_id=scene.world.organization_id,
                meeting_id=meeting_id,
                actor_id=scene.world.teacher_id,
                now=scene.clock.now(),
            )
        scene.drain()
    assert [event["status"] for event in scene.events(meeting_id)] == ["cancelled"]
    assert scene.meeting(meeting_id).event_status == "cancelled"
    assert scene.mails() == ["meeting_cancelled", "meeting_confirmed"]


def test_cover_keeps_room_and_event_and_seats_the_new_staff(scene: Scene) -> None:
    meeting_id = scene.open_slot()
    scene.drain()
    before = scene.meeting(meeting_id)
    with scene.database.transaction() as session:
        meetings.cover(
            session,
            organization_id=scene.world.organization_id,
            meeting_id=meeting_id,
            actor_id=scene.world.teacher_id,
            supervisor_id=scene.world.rivera_id,
            backup_id=scene.world.okafor_id,
            version=before.version,
            now=scene.clock.now(),
        )
    scene.drain()
    after = scene.meeting(meeting_id)
    assert (after.space_name, after.event_id) == (before.space_name, before.event_id)
    assert scene.room(meeting_id)["members"] == [{"email": OKAFOR, "role": "COHOST"}]
    (event,) = scene.events(meeting_id)
    assert {guest["email"] for guest in event["attendees"]} == {RIVERA, OKAFOR}
    assert after.room_verified_at is not None
    assert scene.mails() == ["meeting_confirmed"]
    assert scene.open_promises() == []


def test_a_stale_page_cannot_change_the_staff(scene: Scene) -> None:
    meeting_id = scene.open_slot()
    with pytest.raises(ChangedMeanwhileError), scene.database.transaction() as session:
        meetings.cover(
            session,
            organization_id=scene.world.organization_id,
            meeting_id=meeting_id,
            actor_id=scene.world.teacher_id,
            supervisor_id=scene.world.okafor_id,
            backup_id=scene.world.chen_id,
            version=99,
            now=scene.clock.now(),
        )


def test_a_room_that_is_not_restricted_is_never_used(scene: Scene) -> None:
    scene.google.control("/settings", {"ignored_config": ["accessType"]})
    meeting_id = scene.open_slot()
    scene.drain()
    scene.google.control("/settings", {"ignored_config": []})
    assert scene.open_promises() == ["meeting.verify"]
    assert scene.meeting(meeting_id).room_verified_at is None
    assert scene.events(meeting_id) == []


def test_in_person_there_is_an_event_and_no_room(scene: Scene) -> None:
    meeting_id = scene.open_slot(channel=Channel.in_person)
    scene.drain()
    meeting = scene.meeting(meeting_id)
    assert (meeting.space_name, meeting.event_status) == (None, "confirmed")
    assert "meet.spaces.create" not in scene.google.counts()


def test_every_obstacle_is_listed_and_nothing_is_stored(scene: Scene) -> None:
    with pytest.raises(DomainError) as caught:
        scene.open_slot(backup_id=scene.world.teacher_id)
    assert [str(obstacle.code) for obstacle in caught.value.obstacles] == ["no-backup"]
    assert scene.open_promises() == []
