"""The one topic that the story does not come to: somebody stray is taken out of a room."""

from collections.abc import Callable

import pytest

from lti_tool.services import meetings, rooms
from tasks.crash import STEPS
from tests.factories.meetings import Scene
from tests.integration.meetings.test_crashes import carry_on, die_at
from tests.servers.google import OKAFOR, RIVERA

__all__ = ["die_at"]


@pytest.mark.parametrize("step", STEPS)
def test_only_the_new_staff_sit_in_the_room_though_the_worker_died(
    scene: Scene, die_at: Callable[[str], list[str]], step: str
) -> None:
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
    died = die_at(f"{rooms.UNSEAT.name}:{step}")
    carry_on(scene)
    assert died
    after = scene.meeting(meeting_id)
    assert (after.space_name, after.event_id) == (before.space_name, before.event_id)
    assert scene.room(meeting_id)["members"] == [{"email": OKAFOR, "role": "COHOST"}]
    (event,) = scene.events(meeting_id)
    assert {guest["email"] for guest in event["attendees"]} == {RIVERA, OKAFOR}
    assert scene.open_promises() == []
