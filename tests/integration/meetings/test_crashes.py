"""A worker that dies between two steps: exactly one event, one published room, one ledger."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta

import pytest

from lti_tool.services import calls, events, meetings, outbox, presence, rooms
from lti_tool.services.outbox import Topic
from tasks import keepers
from tests.factories.meetings import STARTS, Scene
from tests.servers.google import CHEN, JORDAN, RIVERA

STEPS = ("claimed", "performed", "recorded")


class PowerCutError(BaseException):
    """The worker is gone; nothing after this line runs."""


@pytest.fixture
def die_at(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], list[str]]]:
    def arm(point: str) -> list[str]:
        died: list[str] = []

        def crash_point(name: str) -> None:
            if name == point and not died:
                died.append(name)
                raise PowerCutError

        monkeypatch.setattr(keepers, "crash_point", crash_point)
        return died

    yield arm
    monkeypatch.undo()


def carry_on(scene: Scene) -> None:
    """Start a new worker each time one dies; leases run out meanwhile."""
    for _ in range(4):
        with suppress(PowerCutError):
            scene.drain()
        scene.clock.at += outbox.LEASE + timedelta(seconds=1)


@pytest.mark.parametrize(
    "topic",
    [
        rooms.ROOM,
        rooms.MEMBERS,
        rooms.COHOST,
        rooms.VERIFY,
        events.CALENDAR,
        events.EVENT,
    ],
    ids=lambda topic: topic.name,
)
@pytest.mark.parametrize("step", STEPS)
def test_a_slot_ends_in_one_published_room_and_one_event(
    scene: Scene, die_at: Callable[[str], list[str]], topic: Topic, step: str
) -> None:
    died = die_at(f"{topic.name}:{step}")
    meeting_id = scene.open_slot()
    carry_on(scene)
    assert died
    meeting = scene.meeting(meeting_id)
    assert (meeting.event_status, scene.open_promises()) == ("confirmed", [])
    assert [event["status"] for event in scene.events(meeting_id)] == ["confirmed"]
    assert scene.room(meeting_id)["members"] == [{"email": CHEN, "role": "COHOST"}]


@pytest.mark.parametrize("step", STEPS)
def test_a_cancellation_ends_without_an_event(
    scene: Scene, die_at: Callable[[str], list[str]], step: str
) -> None:
    meeting_id = scene.open_slot()
    scene.drain()
    with scene.database.transaction() as session:
        meetings.cancel(
            session,
            organization_id=scene.world.organization_id,
            meeting_id=meeting_id,
            actor_id=scene.world.teacher_id,
            now=scene.clock.now(),
        )
    died = die_at(f"meeting.event:{step}")
    carry_on(scene)
    assert died
    assert [event["status"] for event in scene.events(meeting_id)] == ["cancelled"]


@pytest.mark.parametrize(
    "topic",
    [presence.CALLS, presence.PARTICIPANTS, presence.SESSIONS, calls.END_CALL],
    ids=lambda topic: topic.name,
)
@pytest.mark.parametrize("step", STEPS)
def test_presence_is_complete_and_counted_once(
    scene: Scene, die_at: Callable[[str], list[str]], topic: Topic, step: str
) -> None:
    scene.bind_google_users()
    meeting_id = scene.running_meeting()
    scene.step(meeting_id, "join", 0, email=RIVERA)
    scene.step(meeting_id, "join", 0, email=JORDAN)
    scene.clock.at = STARTS + timedelta(minutes=10)
    scene.step(meeting_id, "end", 10)
    died = die_at(f"{topic.name}:{step}")
    scene.close(meeting_id)
    carry_on(scene)
    assert died
    meeting = scene.meeting(meeting_id)
    assert meeting.presence_complete_at is not None
    assert scene.open_promises() == []
