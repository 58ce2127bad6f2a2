from concurrent.futures import ThreadPoolExecutor
from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, update

from lti_tool.db import Database
from lti_tool.domain.clearance import ClearanceStatus
from lti_tool.domain.consent import Channel
from lti_tool.domain.formats import Format
from lti_tool.domain.pairings import PairingNotReadyError, PairingStatus
from lti_tool.models.pairings import ClearanceRecord, PairingRecord
from lti_tool.queries.errors import ChangedMeanwhileError
from lti_tool.services import clearance, pairings
from lti_tool.services.clearance import Check
from lti_tool.services.pairings import Proposal
from tests.factories.world import World
from tests.integration.conftest import NOW


def record(database: Database, world: World, status: ClearanceStatus, version: int) -> None:
    with database.transaction() as session:
        clearance.record(
            session,
            Check(status=status, checked_on=date(2026, 11, 1), expires_on=None, reference="CLR-2"),
            organization_id=world.organization_id,
            school_id=world.school_id,
            person_id=world.mentor_id,
            version=version,
            actor_id=world.coordinator_id,
            on=NOW.date(),
            now=NOW,
        )


def activate(database: Database, world: World) -> None:
    with database.transaction() as session:
        pairings.activate(
            session,
            organization_id=world.organization_id,
            school_id=world.school_id,
            pairing_id=world.pairing_id,
            actor_id=world.teacher_id,
            on=NOW.date(),
            now=NOW,
        )


def propose(database: Database, world: World, request_id: UUID) -> UUID:
    with database.transaction() as session:
        return pairings.propose(
            session,
            Proposal(
                format=Format.traditional,
                mentor_ids=(world.mentor_id,),
                mentee_ids=(world.other_student_id,),
                channels=(Channel.video,),
            ),
            request_id=request_id,
            organization_id=world.organization_id,
            school_id=world.school_id,
            program_id=world.program_id,
            actor_id=world.teacher_id,
            now=NOW,
        )


class TestActivation:
    def test_waits_for_a_clearance_being_revoked_and_sees_it(
        self, database: Database, world: World
    ) -> None:
        with database.transaction() as session:
            session.execute(update(PairingRecord).values(status=PairingStatus.proposed))

        with ThreadPoolExecutor(1) as other:
            with database.transaction() as session:
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
                activation = other.submit(activate, database, world)
            with pytest.raises(PairingNotReadyError):
                activation.result()

        with database.reading() as session:
            assert session.scalars(select(PairingRecord.status)).one() == PairingStatus.proposed


class TestAForm:
    def test_sent_by_eight_at_once_proposes_one_pairing(
        self, database: Database, world: World
    ) -> None:
        request_id = uuid4()

        with ThreadPoolExecutor(8) as crowd:
            sent = [crowd.submit(propose, database, world, request_id) for _ in range(8)]
            found = {each.result() for each in sent}

        assert found == {request_id}
        with database.reading() as session:
            assert session.scalar(select(func.count()).select_from(PairingRecord)) == 2


class TestTwoRecordsOfOneClearance:
    def test_let_the_first_win_and_tell_the_second(self, database: Database, world: World) -> None:
        statuses = (ClearanceStatus.recheck, ClearanceStatus.withdrawn)

        with ThreadPoolExecutor(2) as two:
            sent = [two.submit(record, database, world, status, 1) for status in statuses]
            errors = [each.exception() for each in sent]

        assert sorted(type(error).__name__ for error in errors) == [
            "ChangedMeanwhileError",
            "NoneType",
        ]
        winner = statuses[errors.index(None)]
        with database.reading() as session:
            row = session.scalars(select(ClearanceRecord)).one()
            assert (row.status, row.version) == (winner, 2)

    def test_refuse_a_form_made_before_the_first_one(
        self, database: Database, world: World
    ) -> None:
        with pytest.raises(ChangedMeanwhileError):
            record(database, world, ClearanceStatus.recheck, 0)
