import threading
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from lti_tool.domain.errors import DomainError
from lti_tool.models.meetings import LinkShowingRecord, MeetingRecord
from lti_tool.models.pairings import ClearanceRecord
from lti_tool.services import lapses, people
from tests.factories.meetings import TEN, Scene


def at_once(*steps: object) -> None:
    ready = threading.Barrier(len(steps))

    def run(step: object) -> None:
        ready.wait()
        step()  # type: ignore[operator]  # steps take nothing

    threads = [threading.Thread(target=run, args=(step,)) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_the_same_form_sent_four_times_at_once_opens_one_slot(scene: Scene) -> None:
    request_id, found = uuid4(), list[UUID]()
    at_once(*[lambda: found.append(scene.open_slot(request_id=request_id))] * 4)
    assert len(found) == 4
    assert len(set(found)) == 1
    with scene.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(MeetingRecord)) == 1


def test_no_link_is_shown_after_a_revocation_that_ran_beside_it(scene: Scene) -> None:
    meeting_id = scene.running_meeting()
    world, shown = scene.world, list[str]()

    def revoke() -> None:
        with scene.database.transaction() as session:
            people.lock(session, world.organization_id, (world.mentor_id,))
            row = session.get_one(ClearanceRecord, (world.organization_id, world.mentor_id))
            row.status = "revoked"
            session.flush()
            lapses.reassess(
                session,
                organization_id=world.organization_id,
                person_ids=(world.mentor_id,),
                now=scene.clock.now(),
            )

    def join() -> None:
        try:
            shown.append(scene.join(meeting_id, world.mentor_id))
        except DomainError:
            return

    at_once(revoke, join, join)
    with scene.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(LinkShowingRecord)) == len(shown)
    with pytest.raises(DomainError):
        scene.join(meeting_id, world.mentor_id)


def test_two_workers_make_one_room_and_one_event(scene: Scene) -> None:
    meeting_ids = [scene.open_slot(local_start=TEN + timedelta(hours=hour)) for hour in range(3)]
    at_once(scene.drain, scene.drain)
    scene.drain()
    assert scene.google.counts()["meet.spaces.create"] == 3
    assert [len(scene.events(meeting_id)) for meeting_id in meeting_ids] == [1, 1, 1]
    assert scene.open_promises() == []
