from collections.abc import Callable
from datetime import datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import Database
from lti_tool.domain.consent import Channel
from lti_tool.domain.meetings import MeetingStatus, Place
from lti_tool.models.meetings import MeetingPersonRecord, MeetingRecord
from lti_tool.models.messages import NoticeRecord
from lti_tool.services import clearance, consent, meetings, pairings, staff
from lti_tool.services.meetings import Slot
from tests.factories.world import World
from tests.integration.conftest import NOW

TOMORROW_AT_TEN = datetime(2026, 11, 24, 10, 0)  # noqa: DTZ001 - wall time at school
Lapse = Callable[[Session, World], None]


def revoke(session: Session, world: World) -> None:
    clearance.revoke(
        session,
        organization_id=world.organization_id,
        school_id=world.school_id,
        person_id=world.mentor_id,
        version=1,
        actor_id=world.coordinator_id,
        on=NOW.date(),
        now=NOW,
    )


def withdraw(session: Session, world: World) -> None:
    consent.withdraw(
        session,
        channel=Channel.in_person,
        organization_id=world.organization_id,
        school_id=world.school_id,
        person_id=world.student_id,
        actor_id=world.coordinator_id,
        on=NOW.date(),
        now=NOW,
    )


def remove(session: Session, world: World) -> None:
    staff.remove(
        session,
        person_id=world.rivera_id,
        organization_id=world.organization_id,
        school_id=world.school_id,
        actor_id=world.coordinator_id,
        now=NOW,
    )


def end(session: Session, world: World) -> None:
    pairings.end(
        session,
        organization_id=world.organization_id,
        school_id=world.school_id,
        pairing_id=world.pairing_id,
        actor_id=world.teacher_id,
        reason="wish",
        now=NOW,
    )


def open_slot(database: Database, world: World) -> UUID:
    with database.transaction() as session:
        return meetings.open_slot(
            session,
            organization_id=world.organization_id,
            school_id=world.school_id,
            actor_id=world.teacher_id,
            slot=Slot(
                request_id=uuid4(),
                pairing_id=world.pairing_id,
                local_start=TOMORROW_AT_TEN,
                minutes=30,
                channel=Channel.in_person,
                place=Place.school,
                supervisor_id=world.rivera_id,
                backup_id=world.chen_id,
            ),
            now=NOW,
        )


def break_off(database: Database, world: World, lapse: Lapse) -> None:
    with database.transaction() as session:
        lapse(session, world)
        raise KeyboardInterrupt


class TestALapse:
    @pytest.mark.parametrize("lapse", [revoke, withdraw, remove, end])
    def test_holds_the_meeting_in_its_own_transaction(
        self, database: Database, world: World, lapse: Lapse
    ) -> None:
        meeting_id = open_slot(database, world)

        with database.transaction() as session:
            lapse(session, world)

        with database.reading() as session:
            meeting = session.get_one(MeetingRecord, (world.organization_id, meeting_id))
            assert meeting.status == MeetingStatus.on_hold

    @pytest.mark.parametrize("lapse", [revoke, withdraw, remove, end])
    def test_leaves_nothing_behind_when_its_transaction_fails(
        self, database: Database, world: World, lapse: Lapse
    ) -> None:
        meeting_id = open_slot(database, world)

        with pytest.raises(KeyboardInterrupt):
            break_off(database, world, lapse)

        with database.reading() as session:
            meeting = session.get_one(MeetingRecord, (world.organization_id, meeting_id))
            assert meeting.status == MeetingStatus.scheduled
            assert session.scalars(select(NoticeRecord.id)).all() == []

    def test_tells_staff_of_the_person_once_however_often_it_is_recorded(
        self, database: Database, world: World
    ) -> None:
        open_slot(database, world)

        for _ in range(2):
            with database.transaction() as session:
                withdraw(session, world)

        with database.reading() as session:
            codes = session.scalars(select(NoticeRecord.code)).all()
            assert sorted(codes) == ["meeting_on_hold", "student_on_hold"]
            held = session.scalars(
                select(MeetingPersonRecord.person_id).where(MeetingPersonRecord.on_hold)
            ).all()
            assert held == [world.student_id]
