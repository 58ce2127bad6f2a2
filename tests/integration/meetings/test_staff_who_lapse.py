from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.domain.gate import DoorClosedError
from lti_tool.domain.roles import StaffRole
from lti_tool.domain.supervision import Ledger
from lti_tool.models.meetings import MeetingRecord, ParticipantRecord
from lti_tool.models.pairings import ClearanceRecord
from lti_tool.models.people import StaffRecord
from lti_tool.models.sealed import seal
from lti_tool.queries.plans import planned
from lti_tool.queries.supervision import current_ledger
from lti_tool.services import attendance, doors, google, lapses, meetings, staff, watch
from lti_tool.services.doors import NotItsStaffError
from lti_tool.services.meetings import SlotRefusedError
from lti_tool.services.staff import StaffLine
from tests.factories.meetings import STARTS, Scene
from tests.servers.google import JORDAN, RIVERA

RILEY = "Riley Q."
OUTSIDE = "chen@elsewhere.example"


def at(scene: Scene, minutes: float) -> None:
    scene.clock.at = STARTS + timedelta(minutes=minutes)


def remove(scene: Scene, person_id: UUID) -> None:
    with scene.database.transaction() as session:
        staff.remove(
            session,
            person_id=person_id,
            organization_id=scene.world.organization_id,
            school_id=scene.world.school_id,
            actor_id=scene.world.coordinator_id,
            now=scene.clock.now(),
        )


def confirm_removal(scene: Scene, meeting_id: UUID, actor_id: UUID) -> None:
    with scene.database.transaction() as session:
        doors.confirm_removal(
            session,
            organization_id=scene.world.organization_id,
            meeting_id=meeting_id,
            actor_id=actor_id,
            now=scene.clock.now(),
        )


def revoke(scene: Scene) -> None:
    with scene.database.transaction() as session:
        row = session.get_one(ClearanceRecord, (scene.world.organization_id, scene.world.mentor_id))
        row.status = "revoked"
        session.flush()
        lapses.reassess(
            session,
            organization_id=scene.world.organization_id,
            person_ids=(scene.world.mentor_id,),
            now=scene.clock.now(),
        )


def give_cover(scene: Scene, meeting_id: UUID, supervisor_id: UUID, backup_id: UUID) -> None:
    version = scene.meeting(meeting_id).version
    with scene.database.transaction() as session:
        meetings.cover(
            session,
            organization_id=scene.world.organization_id,
            meeting_id=meeting_id,
            actor_id=scene.world.teacher_id,
            supervisor_id=supervisor_id,
            backup_id=backup_id,
            version=version,
            now=scene.clock.now(),
        )


def ledger_of(scene: Scene, meeting_id: UUID) -> Ledger:
    with scene.database.reading() as session:
        return current_ledger(
            session,
            planned(session, scene.world.organization_id, meeting_id),
            session.get_one(MeetingRecord, (scene.world.organization_id, meeting_id)),
            now=scene.clock.now(),
        )


def name_the_student(scene: Scene, meeting_id: UUID, actor_id: UUID) -> None:
    with scene.database.transaction() as session:
        joiner = session.scalars(
            select(ParticipantRecord).where(ParticipantRecord.google_user.is_(None))
        ).one()
        attendance.name_joiner(
            session,
            organization_id=scene.world.organization_id,
            meeting_id=meeting_id,
            participant_id=joiner.id,
            person_id=scene.world.student_id,
            actor_id=actor_id,
            now=scene.clock.now(),
        )


def test_whoever_left_the_roster_supervises_no_minute_from_then_on(scene: Scene) -> None:
    scene.bind_google_users()
    meeting_id = scene.running_meeting()
    scene.step(meeting_id, "join", 0, email=RIVERA)
    scene.step(meeting_id, "join", 0, email=JORDAN)
    scene.step(meeting_id, "join", 0, anonymous=RILEY)
    at(scene, 5)
    scene.tick()
    name_the_student(scene, meeting_id, scene.world.rivera_id)
    at(scene, 10)
    remove(scene, scene.world.rivera_id)
    at(scene, 14)
    found = ledger_of(scene, meeting_id)
    assert found.counted_minutes == 10
    assert [gap.start for gap in found.gaps] == [STARTS + timedelta(minutes=10)]


def test_new_staff_open_a_live_meeting_anew_and_then_it_goes_on(scene: Scene) -> None:
    meeting_id = scene.running_meeting()
    give_cover(scene, meeting_id, scene.world.chen_id, scene.world.okafor_id)
    scene.drain()
    with pytest.raises(DoorClosedError, match="not-opened-by-its-staff"):
        scene.join(meeting_id, scene.world.student_id)
    scene.open(meeting_id, scene.world.chen_id)
    scene.drain()
    assert scene.meeting(meeting_id).opened_by == scene.world.chen_id
    assert scene.join(meeting_id, scene.world.student_id)


def test_a_supervisor_who_lapses_after_another_removal_still_ends_the_call(scene: Scene) -> None:
    meeting_id = scene.running_meeting()
    revoke(scene)
    confirm_removal(scene, meeting_id, scene.world.rivera_id)
    remove(scene, scene.world.rivera_id)
    assert scene.meeting(meeting_id).end_call_at is not None


@pytest.mark.parametrize("how", ["removed", "demoted"])
def test_lapsed_staff_confirm_nothing(scene: Scene, how: str) -> None:
    meeting_id = scene.running_meeting()
    if how == "removed":
        remove(scene, scene.world.rivera_id)
    else:
        demote(scene, scene.world.rivera_id)
    with pytest.raises(NotItsStaffError):
        confirm_removal(scene, meeting_id, scene.world.rivera_id)
    assert scene.meeting(meeting_id).end_call_at is not None
    scene.close(meeting_id)
    assert scene.meeting(meeting_id).status == "ended"


def demote(scene: Scene, person_id: UUID) -> None:
    with scene.database.transaction() as session:
        staff.confirm(
            session,
            StaffLine(staff_role=StaffRole.other_staff, google_address=RIVERA),
            person_id=person_id,
            organization_id=scene.world.organization_id,
            school_id=scene.world.school_id,
            actor_id=scene.world.coordinator_id,
            now=scene.clock.now(),
        )


def test_an_address_outside_the_proven_domain_seats_nobody(scene: Scene) -> None:
    with scene.database.transaction() as session:
        give_address(scene, session, scene.world.chen_id, OUTSIDE)
    with pytest.raises(SlotRefusedError, match="backup-without-google-address"):
        scene.open_slot()


def give_address(scene: Scene, session: Session, person_id: UUID, address: str) -> None:
    row = session.scalars(select(StaffRecord).where(StaffRecord.person_id == person_id)).one()
    row.google_address_sealed = seal(
        session,
        StaffRecord.__tablename__,
        scene.world.organization_id,
        row.id,
        "google_address_sealed",
        address,
    )
    session.flush()
    assert google.domain_of(session, scene.world.organization_id) == "harbor.example"


@pytest.mark.parametrize(("from_minute", "to_minute"), [(-300, 20), (10, 300)])
def test_a_correction_stays_within_the_meeting(
    scene: Scene, from_minute: int, to_minute: int
) -> None:
    meeting_id = scene.running_meeting()
    at(scene, 30)
    scene.close(meeting_id)
    with (
        scene.database.transaction() as session,
        pytest.raises(attendance.CorrectionNotAllowedError, match="outside-the-meeting"),
    ):
        attendance.correct(
            session,
            organization_id=scene.world.organization_id,
            meeting_id=meeting_id,
            person_id=scene.world.student_id,
            joined_at=STARTS + timedelta(minutes=from_minute),
            left_at=STARTS + timedelta(minutes=to_minute),
            reason="I saw them.",
            actor_id=scene.world.rivera_id,
            now=scene.clock.now(),
        )


def test_a_call_that_begins_after_the_closing_is_told(scene: Scene) -> None:
    meeting_id = scene.running_meeting()
    scene.step(meeting_id, "join", 0, email=RIVERA)
    at(scene, 5)
    scene.close(meeting_id)
    scene.drain()
    scene.step(meeting_id, "join", 10, email=RIVERA)
    at(scene, 2 * 24 * 60)
    with scene.database.transaction() as session:
        watch.reread_rooms(session, scene.world.organization_id, scene.clock.now())
    scene.drain()
    assert "call_outside_window" in scene.notices()
