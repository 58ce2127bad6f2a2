from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from lti_tool.domain.consent import Channel
from lti_tool.domain.supervision import Ledger
from lti_tool.models.audit import AuditRecord
from lti_tool.models.meetings import CallRecord, LedgerMinuteRecord, PresenceRecord
from lti_tool.queries.plans import planned
from lti_tool.queries.supervision import current_ledger, joiners
from lti_tool.services import attendance
from tests.factories.meetings import STARTS, Scene
from tests.servers.google import CHEN, JORDAN, RIVERA

MAYA = {"anonymous": "Maya T"}


def ledger_of(scene: Scene, meeting_id: UUID) -> Ledger:
    with scene.database.reading() as session:
        current = planned(session, scene.world.organization_id, meeting_id)
        return current_ledger(session, current, scene.meeting(meeting_id), now=scene.clock.now())


def name_maya(scene: Scene, meeting_id: UUID) -> None:
    with scene.database.transaction() as session:
        (unknown,) = [
            joiner
            for joiner in joiners(session, scene.world.organization_id, meeting_id)
            if joiner.person_id is None
        ]
        attendance.name_joiner(
            session,
            organization_id=scene.world.organization_id,
            meeting_id=meeting_id,
            participant_id=unknown.participant_id,
            person_id=scene.world.student_id,
            actor_id=scene.world.rivera_id,
            now=scene.clock.now(),
        )


def lay_down_half_an_hour(scene: Scene) -> UUID:
    """Half an hour with a gap of four minutes without staff."""
    scene.bind_google_users()
    meeting_id = scene.running_meeting()
    scene.step(meeting_id, "join", 0, email=RIVERA)
    scene.step(meeting_id, "join", 1, email=JORDAN)
    scene.step(meeting_id, "join", 2, **MAYA)
    scene.step(meeting_id, "leave", 12, email=RIVERA)
    scene.step(meeting_id, "join", 16, email=RIVERA)
    scene.clock.at = STARTS + timedelta(minutes=20)
    scene.tick()
    name_maya(scene, meeting_id)
    scene.step(meeting_id, "leave", 29, **MAYA)
    scene.step(meeting_id, "leave", 29.5, email=JORDAN)
    scene.step(meeting_id, "leave", 30, email=RIVERA)
    scene.clock.at = STARTS + timedelta(minutes=30)
    scene.close(meeting_id)
    scene.drain()
    return meeting_id


def test_only_proven_minutes_count_and_the_gap_is_named(scene: Scene) -> None:
    meeting_id = lay_down_half_an_hour(scene)
    ledger = ledger_of(scene, meeting_id)
    assert scene.meeting(meeting_id).presence_complete_at is not None
    assert [gap.length_minutes for gap in ledger.gaps] == [4]
    assert ledger.counted_minutes == 23
    assert ledger.per_mentee == {scene.world.student_id: 23}
    assert "unsupervised" in scene.notices()
    with scene.database.reading() as session:
        stored = session.scalars(
            select(LedgerMinuteRecord.counts).where(LedgerMinuteRecord.meeting_id == meeting_id)
        ).all()
        told = session.scalars(
            select(AuditRecord.action).where(AuditRecord.subject_id == meeting_id)
        ).all()
    assert sum(stored) == 23
    assert "ledger-computed" in told


def test_reading_again_changes_nothing(scene: Scene) -> None:
    meeting_id = lay_down_half_an_hour(scene)
    digest = scene.meeting(meeting_id).ledger_digest
    scene.clock.at += timedelta(minutes=2)
    scene.tick()
    assert scene.meeting(meeting_id).ledger_digest == digest
    with scene.database.reading() as session:
        assert len(session.scalars(select(CallRecord)).all()) == 1
        assert len(session.scalars(select(PresenceRecord)).all()) == 4


def test_an_unknown_joiner_is_never_called_fine(scene: Scene) -> None:
    scene.bind_google_users()
    meeting_id = scene.running_meeting()
    scene.step(meeting_id, "join", 0, email=RIVERA)
    scene.step(meeting_id, "join", 0, email=JORDAN)
    scene.step(meeting_id, "join", 0, **MAYA)
    scene.step(meeting_id, "end", 10)
    scene.clock.at = STARTS + timedelta(minutes=10)
    scene.close(meeting_id)
    scene.drain()
    ledger = ledger_of(scene, meeting_id)
    assert (ledger.counted_minutes, ledger.indeterminate_minutes) == (0, 10)
    assert "minutes_to_confirm" in scene.notices()


def test_a_room_that_nobody_was_seen_in_stays_indeterminate(scene: Scene) -> None:
    meeting_id = scene.running_meeting()
    scene.clock.at = STARTS + timedelta(minutes=30)
    scene.close(meeting_id)
    scene.drain()
    ledger = ledger_of(scene, meeting_id)
    assert not ledger.data_complete
    assert ledger.counted_minutes == 0
    assert scene.meeting(meeting_id).presence_complete_at is None


def test_an_adult_and_a_student_alone_are_seen_and_the_call_is_ended(scene: Scene) -> None:
    scene.bind_google_users()
    meeting_id = scene.running_meeting()
    scene.step(meeting_id, "join", 0, email=RIVERA)
    scene.step(meeting_id, "join", 1, email=JORDAN)
    scene.step(meeting_id, "join", 1, **MAYA)
    scene.step(meeting_id, "leave", 5, email=RIVERA)
    for seconds in (0, 60, 100):
        scene.clock.at = STARTS + timedelta(minutes=5, seconds=seconds)
        scene.tick()
    assert scene.meeting(meeting_id).status == "open"
    scene.clock.at = STARTS + timedelta(minutes=7, seconds=10)
    scene.tick()
    scene.drain()
    assert scene.meeting(meeting_id).status == "ended"
    assert "unsupervised" in scene.notices()
    assert scene.room(meeting_id)["present"] == []


def test_the_backup_keeps_a_meeting_supervised(scene: Scene) -> None:
    scene.bind_google_users()
    meeting_id = scene.running_meeting()
    scene.step(meeting_id, "join", 0, email=RIVERA)
    scene.step(meeting_id, "join", 0, email=CHEN)
    scene.step(meeting_id, "join", 0, email=JORDAN)
    scene.step(meeting_id, "join", 0, **MAYA)
    scene.step(meeting_id, "leave", 5, email=RIVERA)
    for minute in (8, 9):
        scene.clock.at = STARTS + timedelta(minutes=minute)
        scene.tick()
    assert scene.meeting(meeting_id).status == "open"
    assert scene.notices() == []


def test_a_lost_end_is_clamped_to_the_call_and_said(scene: Scene) -> None:
    scene.bind_google_users()
    meeting_id = scene.running_meeting()
    scene.step(meeting_id, "join", 0, email=RIVERA)
    scene.step(meeting_id, "join", 0, email=JORDAN)
    scene.google.control(
        f"/calls/{str(scene.meeting(meeting_id).space_name).removeprefix('spaces/')}/leave",
        {"email": JORDAN, "at": (STARTS + timedelta(minutes=5)).isoformat(), "lost": True},
    )
    scene.step(meeting_id, "end", 10)
    scene.clock.at = STARTS + timedelta(minutes=10)
    scene.close(meeting_id)
    scene.drain()
    ledger = ledger_of(scene, meeting_id)
    assert ledger.has_unknown_ends
    assert scene.meeting(meeting_id).presence_complete_at is not None


def test_minutes_in_person_rest_on_what_staff_attest(scene: Scene) -> None:
    meeting_id = scene.open_slot(channel=Channel.in_person)
    scene.drain()
    scene.clock.at = STARTS
    scene.open(meeting_id)
    for person_id in (scene.world.mentor_id, scene.world.student_id):
        with scene.database.transaction() as session:
            for _ in range(2):
                attendance.attest(
                    session,
                    organization_id=scene.world.organization_id,
                    meeting_id=meeting_id,
                    person_id=person_id,
                    is_here=True,
                    actor_id=scene.world.rivera_id,
                    now=scene.clock.now(),
                )
    scene.clock.at = STARTS + timedelta(minutes=25)
    scene.close(meeting_id)
    scene.drain()
    ledger = ledger_of(scene, meeting_id)
    assert ledger.counted_minutes == 25
    assert {str(m.basis) for m in ledger.minutes if m.counts} == {"attested"}


def test_a_correction_waits_for_a_second_staff_member(scene: Scene) -> None:
    meeting_id = lay_down_half_an_hour(scene)
    with scene.database.transaction() as session:
        presence_id = attendance.correct(
            session,
            organization_id=scene.world.organization_id,
            meeting_id=meeting_id,
            person_id=scene.world.rivera_id,
            joined_at=STARTS + timedelta(minutes=12),
            left_at=STARTS + timedelta(minutes=16),
            reason="My laptop restarted; I stood beside the student.",
            actor_id=scene.world.rivera_id,
            now=scene.clock.now(),
        )
    assert ledger_of(scene, meeting_id).gaps
    with pytest.raises(attendance.CorrectionNotAllowedError):
        second(scene, meeting_id, presence_id, scene.world.rivera_id)
    second(scene, meeting_id, presence_id, scene.world.chen_id)
    ledger = ledger_of(scene, meeting_id)
    assert ledger.gaps == ()
    assert ledger.counted_minutes == 23


def second(scene: Scene, meeting_id: UUID, presence_id: UUID, actor_id: UUID) -> None:
    with scene.database.transaction() as session:
        attendance.second(
            session,
            organization_id=scene.world.organization_id,
            meeting_id=meeting_id,
            presence_id=presence_id,
            actor_id=actor_id,
            now=scene.clock.now(),
        )


def test_a_forgotten_meeting_in_person_counts_no_minute_beyond_its_closing(scene: Scene) -> None:
    meeting_id = scene.open_slot(channel=Channel.in_person)
    scene.drain()
    scene.clock.at = STARTS
    scene.open(meeting_id)
    scene.clock.at = STARTS + timedelta(minutes=50)
    scene.tick()
    with scene.database.reading() as session:
        ends = session.scalars(
            select(PresenceRecord.left_at).where(PresenceRecord.meeting_id == meeting_id)
        ).all()
    assert ends == [scene.clock.at]
