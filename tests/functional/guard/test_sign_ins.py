"""How long a sign-in holds, what it is bound to, and how it ends."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Select, select, update
from werkzeug.test import TestResponse

from lti_tool.models.people import GrantRecord, SignInRecord
from lti_tool.services import sign_ins
from lti_tool.web.sessions import SESSION_COOKIE
from tests.functional.guard.campus import EVERYBODY, Campus, tab_of

TEACHER = EVERYBODY["teacher"]
MENTOR = EVERYBODY["mentor"]
MINUTE = timedelta(minutes=1)
SHELL = "data-shell"


def _code(campus: Campus, *, ago: timedelta = timedelta(), proof: str | None = None) -> str:
    world = campus.here.world
    with campus.workshop.database.transaction() as session:
        tab = tab_of(world, world.teacher_id, TEACHER)
        return sign_ins.open_tab(session, tab, browser_proof=proof, now=_now(campus) - ago)


def _now(campus: Campus) -> datetime:
    return campus.workshop.clock.now()


def _exchange(campus: Campus, code: str, proof: str | None = None) -> TestResponse:
    return campus.app.test_client().post(
        "/lti/exchange",
        json={"code": code, "proof": proof},
        headers={"Sec-Fetch-Site": "same-origin"},
    )


def _tab(campus: Campus, token: str) -> TestResponse:
    return campus.app.test_client().get("/", headers={"Authorization": f"Bearer {token}"})


def _cookie(campus: Campus, token: str) -> TestResponse:
    client = campus.app.test_client()
    client.set_cookie(SESSION_COOKIE, token, domain="localhost")
    return client.get("/")


class TestLaunchCode:
    def test_is_exchanged_once(self, campus: Campus) -> None:
        code = _code(campus)
        assert _exchange(campus, code).status_code == 200
        assert _exchange(campus, code).status_code == 401

    def test_lives_for_two_minutes(self, campus: Campus) -> None:
        assert _exchange(campus, _code(campus, ago=1.9 * MINUTE)).status_code == 200
        assert _exchange(campus, _code(campus, ago=2 * MINUTE)).status_code == 401

    @pytest.mark.parametrize("proof", [None, "", "another browser's"])
    def test_needs_the_browser_s_proof(self, campus: Campus, proof: str | None) -> None:
        assert _exchange(campus, _code(campus, proof="secret"), proof).status_code == 401

    def test_survives_a_wrong_proof_for_the_right_browser(self, campus: Campus) -> None:
        # The storage secret is stored as its digest, as the login state carries it.
        code = _code(campus, proof="secret")
        assert _exchange(campus, code, "wrong").status_code == 401
        with campus.workshop.database.transaction() as session:
            token, _ = sign_ins.exchange(session, code, browser_proof="secret", now=_now(campus))
        assert SHELL not in _tab(campus, token).text

    def test_is_no_token(self, campus: Campus) -> None:
        assert _tab(campus, _code(campus)).status_code == 401


class TestTab:
    def test_ends_after_ninety_idle_minutes(self, campus: Campus) -> None:
        token = campus.knock(TEACHER).token
        _age(campus, 89 * MINUTE)
        assert _tab(campus, token).status_code == 200
        _age(campus, 90 * MINUTE)
        assert _tab(campus, token).status_code == 401

    def test_stays_while_it_is_used(self, campus: Campus) -> None:
        token = campus.knock(TEACHER).token
        _age(campus, 6 * MINUTE)
        _tab(campus, token)
        with campus.workshop.database.reading() as session:
            seen = session.scalars(_signed_in_by(campus.here.world.teacher_id)).one().last_seen_at
        assert _now(campus) - seen < MINUTE

    def test_is_no_cookie(self, campus: Campus) -> None:
        assert SHELL in _cookie(campus, campus.knock(TEACHER).token).text

    def test_opens_nothing_once_revoked(self, campus: Campus) -> None:
        knocker = campus.knock(TEACHER)
        assert knocker.write("POST", "/sign-out").status_code == 303
        assert _tab(campus, knocker.token).status_code == 401

    def test_is_stored_as_a_hash(self, campus: Campus) -> None:
        token = campus.knock(TEACHER).token
        for file in campus.file.parent.glob("tool.db*"):
            assert token.encode() not in file.read_bytes(), file.name

    def test_outranks_a_cookie_of_the_same_browser(self, campus: Campus) -> None:
        mentor = campus.knock(MENTOR)
        answer = mentor.client().get("/", headers={"Authorization": "Bearer made-up"})
        assert answer.status_code == 401

    def test_loses_at_once_what_is_taken_back(self, campus: Campus) -> None:
        knocker = campus.knock(EVERYBODY["coordinator"])
        assert knocker.ask("GET", "/mentors").status_code == 200
        with campus.workshop.database.transaction() as session:
            for grant in session.scalars(
                select(GrantRecord).where(GrantRecord.person_id == campus.here.world.coordinator_id)
            ):
                grant.revoked_at = _now(campus)
        assert knocker.ask("GET", "/mentors").status_code == 403


class TestCookie:
    def test_is_no_tab_token(self, campus: Campus) -> None:
        token = campus.knock(MENTOR).token
        assert SHELL not in _cookie(campus, token).text
        assert _tab(campus, token).status_code == 401

    def test_ends_after_thirty_idle_days(self, campus: Campus) -> None:
        token = campus.knock(MENTOR).token
        _age(campus, timedelta(days=29))
        assert SHELL not in _cookie(campus, token).text
        _age(campus, timedelta(days=30))
        assert SHELL in _cookie(campus, token).text

    def test_of_a_forgotten_browser_opens_nothing(self, campus: Campus) -> None:
        lost = campus.knock(MENTOR).token
        with campus.workshop.database.reading() as session:
            ids = [row.id for row in session.scalars(_signed_in_by(campus.here.world.mentor_id))]
        here = campus.knock(MENTOR)
        for sign_in_id in ids:
            assert here.write("POST", f"/devices/{sign_in_id}/forget").status_code == 303
        assert SHELL in _cookie(campus, lost).text
        assert SHELL not in _cookie(campus, here.token).text


def _age(campus: Campus, idle: timedelta) -> None:
    """Make every sign-in look as if it had not been used for so long."""
    with campus.workshop.database.transaction() as session:
        session.execute(update(SignInRecord).values(last_seen_at=_now(campus) - idle))


def _signed_in_by(person_id: UUID) -> Select[SignInRecord]:
    return select(SignInRecord).where(SignInRecord.person_id == person_id)
