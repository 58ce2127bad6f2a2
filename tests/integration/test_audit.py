from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select, update

from config.keyring import Keyring
from lti_tool.db import Database
from lti_tool.models.audit import AuditRecord, AuditSealRecord
from lti_tool.models.sealed import unseal
from lti_tool.services import audit

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


def write_lines(database: Database, organization_id: UUID, count: int) -> None:
    for number in range(count):
        with database.transaction() as session:
            audit.write(
                session,
                organization_id=organization_id,
                actor_id=None,
                action="clearance.recorded",
                subject_kind="person",
                subject_id=uuid4(),
                now=NOW + timedelta(seconds=number),
                payload={"name": f"Person {number}"},
            )


def chained(database: Database, keyring: Keyring, organization_id: UUID) -> int:
    with database.transaction() as session:
        return audit.chain(session, keyring, organization_id=organization_id, now=NOW)


def faults(database: Database, keyring: Keyring, organization_id: UUID) -> tuple[str, ...]:
    with database.reading() as session:
        return audit.verify(session, keyring, organization_id=organization_id, now=NOW)


class TestAuditChain:
    def test_holds_for_lines_chained_in_several_goes(
        self, database: Database, keyring: Keyring, organization_id: UUID
    ) -> None:
        write_lines(database, organization_id, 3)
        assert chained(database, keyring, organization_id) == 3
        write_lines(database, organization_id, 2)
        assert chained(database, keyring, organization_id) == 2
        assert chained(database, keyring, organization_id) == 0
        assert faults(database, keyring, organization_id) == ()

    def test_still_holds_after_one_person_is_erased(
        self, database: Database, keyring: Keyring, organization_id: UUID
    ) -> None:
        write_lines(database, organization_id, 3)
        chained(database, keyring, organization_id)
        with database.transaction() as session:
            line = session.scalars(select(AuditRecord).where(AuditRecord.sequence == 2)).one()
            line.payload_sealed = line.salt = None
            line.erased_at = NOW
        assert faults(database, keyring, organization_id) == ()

    def test_tells_when_somebody_changed_a_line(
        self, database: Database, keyring: Keyring, organization_id: UUID
    ) -> None:
        write_lines(database, organization_id, 3)
        chained(database, keyring, organization_id)
        with database.transaction() as session:
            session.execute(
                update(AuditRecord).where(AuditRecord.sequence == 2).values(action="nothing")
            )
        assert faults(database, keyring, organization_id) != ()

    def test_cannot_be_forged_by_who_can_write_the_whole_database_but_has_no_key(
        self, database: Database, keyring: Keyring, organization_id: UUID
    ) -> None:
        write_lines(database, organization_id, 3)
        chained(database, keyring, organization_id)
        attacker = Keyring.from_dict(Keyring.generate())
        with database.transaction() as session:
            for seal in session.scalars(select(AuditSealRecord)):
                session.delete(seal)
            for line in session.scalars(select(AuditRecord)):
                line.action, line.sequence, line.link = "rewritten", None, None
            session.flush()
            audit.chain(session, attacker, organization_id=organization_id, now=NOW)
        assert any("our key" in fault for fault in faults(database, keyring, organization_id))

    def test_shows_a_cut_by_the_head_that_the_school_kept(
        self, database: Database, keyring: Keyring, organization_id: UUID
    ) -> None:
        write_lines(database, organization_id, 2)
        chained(database, keyring, organization_id)
        with database.reading() as session:
            kept = audit.head(session, organization_id)
        with database.transaction() as session:
            for row in (
                *session.scalars(select(AuditSealRecord)),
                *session.scalars(select(AuditRecord)),
            ):
                session.delete(row)
        with database.reading() as session:
            assert audit.verify(
                session, keyring, organization_id=organization_id, now=NOW, known_head=kept
            )

    def test_tells_of_lines_left_out_of_the_chain(
        self, database: Database, keyring: Keyring, organization_id: UUID
    ) -> None:
        write_lines(database, organization_id, 1)
        with database.reading() as session:
            assert audit.verify(
                session,
                keyring,
                organization_id=organization_id,
                now=NOW + timedelta(hours=2),
            ) == ("1 lines were not chained in time",)

    def test_tells_when_its_newest_lines_were_cut_off(
        self, database: Database, keyring: Keyring, organization_id: UUID
    ) -> None:
        write_lines(database, organization_id, 3)
        chained(database, keyring, organization_id)
        with database.transaction() as session:
            session.delete(
                session.scalars(select(AuditRecord).where(AuditRecord.sequence == 3)).one()
            )
        assert faults(database, keyring, organization_id) != ()

    def test_keeps_names_readable_for_the_school_only_while_not_erased(
        self, database: Database, keyring: Keyring, organization_id: UUID
    ) -> None:
        write_lines(database, organization_id, 1)
        with database.reading() as session:
            line = session.scalars(select(AuditRecord)).one()
            assert unseal(session, line, "payload_sealed") == '{"name": "Person 0"}'
            assert b"Person 0" not in (line.payload_sealed or b"")
