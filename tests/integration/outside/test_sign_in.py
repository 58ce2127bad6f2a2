from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.keyring import Keyring
from lti_tool.db import Database
from lti_tool.models.messages import MailRecord
from lti_tool.models.people import SignInRecord, SignInRequestRecord
from lti_tool.services import mails, people, sign_in_requests
from lti_tool.services.mail_texts import Letter
from lti_tool.services.messages import MAIL
from lti_tool.services.outbox import Claim
from lti_tool.services.sign_in_requests import SignedIn
from tests.factories.world import World, add_mentor, make_world
from tests.integration.conftest import NOW

HOME, ELSEWHERE = "the browser that asked", "another browser"
AT_ONCE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    database: Database
    world: World
    address: str

    def ask(self, browser: str = HOME) -> None:
        with self.database.transaction() as session:
            sign_in_requests.ask(
                session, address=self.address, browser=browser, next_path="/mentor", now=NOW
            )

    def newest(self) -> Letter:
        """Return the newest mail, made as the worker makes it."""
        with self.database.transaction() as session:
            mail = session.scalars(select(MailRecord).order_by(MailRecord.wanted_at.desc())).first()
            assert mail is not None
            letter = mails.mail_to_do(session, self.claim(mail.id), NOW)
        assert letter is not None
        return letter

    def claim(self, mail_id: UUID) -> Claim:
        return Claim(
            organization_id=self.world.organization_id,
            promise_id=uuid4(),
            topic=MAIL.name,
            key=mail_id,
            version=1,
            attempts=1,
            fence=1,
            owner="test",
        )

    def in_transaction(self, step: Callable[[Session], SignedIn | None]) -> SignedIn | None:
        with self.database.transaction() as session:
            return step(session)

    def use_code(self, code: str, *, browser: str = HOME, address: str = "") -> SignedIn | None:
        return self.in_transaction(
            lambda session: sign_in_requests.use_code(
                session, code=code, address=address, browser=browser, now=NOW
            )
        )

    def use_link(self, secret: str, *, browser: str = HOME) -> SignedIn | None:
        return self.in_transaction(
            lambda session: sign_in_requests.use_link(
                session, link_secret=secret, browser=browser, now=NOW
            )
        )

    def count(self, row: type[SignInRecord | SignInRequestRecord]) -> int:
        with self.database.reading() as session:
            return session.scalar(select(func.count()).select_from(row)) or 0


@pytest.fixture
def mailbox(database: Database, keyring: Keyring) -> Mailbox:
    with database.transaction() as session:
        world = make_world(session, keyring, now=NOW)
        address = people.subject(
            session, world.organization_id, world.mentor_id, people.IdentityKind.e_mail
        )
    assert address is not None
    return Mailbox(database=database, world=world, address=address)


def all_at_once(*steps: Callable[[], SignedIn | None]) -> list[SignedIn | None]:
    gate = Barrier(len(steps))

    def run(step: Callable[[], SignedIn | None]) -> SignedIn | None:
        gate.wait()
        return step()

    with ThreadPoolExecutor(len(steps)) as pool:
        return list(pool.map(run, steps))


def test_of_many_uses_of_a_code_at_once_exactly_one_signs_in(mailbox: Mailbox) -> None:
    mailbox.ask()
    code = mailbox.newest().code
    done = all_at_once(*[lambda: mailbox.use_code(code)] * AT_ONCE)
    assert sum(each is not None for each in done) == 1
    assert mailbox.count(SignInRecord) == 1


def test_code_and_link_used_at_once_sign_in_once(mailbox: Mailbox) -> None:
    mailbox.ask()
    letter = mailbox.newest()
    done = all_at_once(
        lambda: mailbox.use_code(letter.code), lambda: mailbox.use_link(letter.link_secret)
    )
    assert sum(each is not None for each in done) == 1
    assert mailbox.count(SignInRecord) == 1


def test_wrong_codes_at_once_are_all_counted(mailbox: Mailbox) -> None:
    mailbox.ask()
    code = mailbox.newest().code
    wrong = f"{(int(code) + 1) % 10**6:06}"
    all_at_once(*[lambda: mailbox.use_code(wrong)] * AT_ONCE)
    with mailbox.database.reading() as session:
        assert session.scalars(select(SignInRequestRecord.attempts)).one() == AT_ONCE
    mailbox.use_code(wrong)
    assert mailbox.use_code(code) is None


def test_a_scanner_with_the_link_uses_nothing_up(mailbox: Mailbox) -> None:
    mailbox.ask()
    secret = mailbox.newest().link_secret
    for _ in range(10):
        assert mailbox.use_link(secret, browser=ELSEWHERE) is None
    assert mailbox.use_link(secret) is not None


def test_a_code_ends_after_ten_minutes(mailbox: Mailbox) -> None:
    mailbox.ask()
    code, late = mailbox.newest().code, NOW + timedelta(minutes=10)
    assert (
        mailbox.in_transaction(
            lambda session: sign_in_requests.use_code(
                session, code=code, address="", browser=HOME, now=late
            )
        )
        is None
    )


def test_a_mail_sent_again_makes_the_older_code_worthless(mailbox: Mailbox) -> None:
    mailbox.ask()
    older, newer = mailbox.newest(), mailbox.newest()
    assert older.message_id == newer.message_id
    assert mailbox.use_link(older.link_secret) is None
    assert mailbox.use_code(newer.code) is not None


def test_nothing_that_signs_in_is_stored(mailbox: Mailbox) -> None:
    mailbox.ask()
    letter = mailbox.newest()
    with mailbox.database.reading() as session:
        row = session.scalars(select(SignInRequestRecord)).one()
        stored = repr([getattr(row, column.key) for column in row.__table__.columns])
    assert letter.code not in stored
    assert letter.link_secret not in stored
    assert letter.code not in repr(letter)


def test_a_known_address_alone_opens_nothing(mailbox: Mailbox) -> None:
    world = mailbox.world
    with mailbox.database.transaction() as session:
        person_id = people.add(
            session,
            world.organization_id,
            identities=(people.email("okafor@harbor.example"),),
            name=None,
            now=NOW,
        )
    other = Mailbox(database=mailbox.database, world=world, address="okafor@harbor.example")
    other.ask()
    assert other.count(SignInRequestRecord) == 0
    with mailbox.database.transaction() as session:
        add_mentor(session, world, person_id, now=NOW)
    other.ask()
    assert other.count(SignInRequestRecord) == 1
