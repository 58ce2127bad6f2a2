"""Every query that takes an organization tells nothing of it to another one."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from config.keyring import Keyring
from lti_tool import queries
from lti_tool.db import Base, Database, TenantRow, new_engine
from lti_tool.domain.consent import Channel
from lti_tool.domain.formats import Format
from lti_tool.domain.meetings import Place as MeetingPlace
from lti_tool.domain.pairings import PairingStatus
from lti_tool.domain.policy import Policy
from lti_tool.models.meetings import MeetingRecord
from lti_tool.queries import pairings, sign_ins
from lti_tool.queries import program as programs
from lti_tool.queries.errors import NotFoundError
from lti_tool.queries.home import Place
from lti_tool.queries.plans import Intent
from lti_tool.services.sign_ins import TAB_IDLE, SignInKind
from tests.factories.estate import ANSWER, JOINER, OBJECTIVE, REFLECTION, Estate, make_estate
from tests.factories.world import ZONE, World, make_world, tab_token

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
TENANT = ("organization_id", "actor", "place")
SECRETS = ("Harborside", OBJECTIVE, REFLECTION, ANSWER, JOINER)
"""Names end in the first; the others are texts of the school."""
DEEPEST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A public function of a query module that takes a tenant."""

    name: str
    call: Callable[..., Any]
    parameters: tuple[str, ...]


def _queries() -> Iterator[Query]:
    for module_info in pkgutil.iter_modules(queries.__path__):
        module = importlib.import_module(f"{queries.__name__}.{module_info.name}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            parameters = tuple(inspect.signature(function).parameters)
            is_own = function.__module__ == module.__name__ and not name.startswith("_")
            if is_own and "session" in parameters and set(TENANT) & set(parameters):
                yield Query(name=f"{module_info.name}.{name}", call=function, parameters=parameters)


QUERIES = {query.name: query for query in _queries()}
TAKES_THE_ROW = {"people.name", "sign_ins.actor"}
"""These unseal what they are given; a foreign row does not open under another data key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Districts:
    """Two districts in one database: the one that is asked about, and the one that asks."""

    database: Database
    world: World
    estate: Estate
    stranger: World

    def ids(self) -> frozenset[str]:
        """Return the ids of the district that is asked about."""
        return frozenset(
            str(getattr(source, name))
            for source in (self.world, self.estate)
            for name in source.__slots__
        )


@pytest.fixture
def districts(sqlite_url: str, keyring: Keyring) -> Iterator[Districts]:
    database = Database(new_engine(sqlite_url), keyring)
    with database.transaction() as session:
        world = make_world(session, keyring, now=NOW, mark=" Harborside")
        estate = make_estate(session, world, now=NOW)
        stranger = make_world(session, keyring, now=NOW)
    yield Districts(database=database, world=world, estate=estate, stranger=stranger)
    database.engine.dispose()


class TestQueries:
    @pytest.mark.parametrize("name", sorted(set(QUERIES) - TAKES_THE_ROW))
    def test_tell_a_foreign_district_nothing(self, districts: Districts, name: str) -> None:
        with districts.database.reading() as session:
            told, echo = _ask(session, districts, QUERIES[name], districts.stranger)
            assert _leaks(told, districts) - echo == set()

    def test_tell_the_district_itself(self, districts: Districts) -> None:
        # Most of them must answer at home, or their silence abroad would prove nothing.
        silent = []
        for name in sorted(set(QUERIES) - TAKES_THE_ROW):
            with districts.database.reading() as session:
                told, _ = _ask(session, districts, QUERIES[name], districts.world)
                if not told:
                    silent.append(name)
        assert len(silent) <= len(QUERIES) // 4, silent


class TestEstate:
    def test_has_a_row_of_every_kind(self, districts: Districts) -> None:
        with districts.database.reading() as session:
            empty = [
                row.__name__
                for row in (mapper.class_ for mapper in Base.registry.mappers)
                if issubclass(row, TenantRow)
                and not session.scalar(
                    select(func.count()).where(
                        row.organization_id == districts.world.organization_id
                    )
                )
            ]
        assert empty == []


def _ask(
    session: Session, districts: Districts, query: Query, asker: World
) -> tuple[object, set[str]]:
    """Return the answer, and the ids that were in the question."""
    given = {name: _argument(session, districts, asker, name) for name in query.parameters}
    echo = {text for text in _texts(tuple(given.values()), DEEPEST) if not _is_secret(text)}
    signature = inspect.signature(query.call)
    positional = [
        given.pop(name)
        for name, parameter in signature.parameters.items()
        if parameter.kind is not inspect.Parameter.KEYWORD_ONLY
    ]
    try:
        return query.call(*positional, **given), echo
    except (NotFoundError, NoResultFound, KeyError):  # each says that there is nothing
        return None, echo


def _argument(session: Session, districts: Districts, asker: World, name: str) -> object:
    """Return an argument: the tenant is the asker's, all else is the other district's."""
    world, estate = districts.world, districts.estate
    plain: Mapping[str, object] = {
        "session": session,
        "organization_id": asker.organization_id,
        "person_id": world.student_id,
        "person_ids": (world.student_id, world.mentor_id),
        "program_ids": (world.program_id,),
        "pairing_ids": (world.pairing_id,),
        "meeting_ids": (estate.meeting_id,),
        "other_than": asker.student_id,
        "version": 1,
        "topic": "meeting.room",
        "key": estate.meeting_id,
        "chosen": {str(estate.objective_id): "halfway"},
        "channels": tuple(Channel),
        "this_one": estate.sign_in_id,
        "form_id": estate.feedback_form_id,
        "is_only_own": False,
        "policy": Policy.from_dict({}),
        "lti_deployment_id": "1",
        "idle": timedelta(days=30),
        "on": NOW.date(),
        "now": NOW,
    }
    if name in plain:
        return plain[name]
    made: Mapping[str, Callable[[], object]] = {
        "actor": lambda: _actor(session, districts, asker),
        "place": lambda: Place(
            organization_id=asker.organization_id,
            school_id=world.school_id,
            course_id=world.course_id,
            person_id=world.student_id,
            zone=ZONE,
        ),
        "intent": lambda: _intent(world),
        "wanted": lambda: programs.programs_of_school(
            session, world.organization_id, world.school_id
        ),
        "pairings": lambda: (
            pairings.pairing_people(session, world.organization_id, world.pairing_id),
        ),
        "rows": lambda: (
            session.get_one(MeetingRecord, (world.organization_id, estate.meeting_id)),
        ),
    }
    if name in made:
        return made[name]()
    for source in (estate, world):
        if hasattr(source, name):
            return getattr(source, name)
    raise AssertionError(f"the guard knows no argument {name}")


def _intent(world: World) -> Intent:
    return Intent(
        school_id=world.school_id,
        format=Format.traditional,
        pairing_status=PairingStatus.active,
        channel=Channel.video,
        place=MeetingPlace.school,
        starts_at=NOW,
        ends_at=NOW + timedelta(minutes=30),
        time_zone=ZONE,
        supervisor_id=world.rivera_id,
        backup_id=world.chen_id,
        mentor_ids=(world.mentor_id,),
        mentee_ids=(world.student_id,),
    )


def _actor(session: Session, districts: Districts, asker: World) -> object:
    token = tab_token(session, asker, asker.teacher_id, "teacher", now=NOW)
    return sign_ins.actor(session, token, kind=SignInKind.tab, idle=TAB_IDLE, now=NOW)


def _leaks(told: object, districts: Districts) -> set[str]:
    asked = districts.ids()
    return {text for text in _texts(told, DEEPEST) if _is_secret(text) or text in asked}


def _is_secret(text: str) -> bool:
    return any(secret in text for secret in SECRETS)


def _texts(value: object, depth: int) -> Iterator[str]:
    if isinstance(value, str | UUID):
        yield str(value)
    elif depth:
        for inner in _parts(value):
            yield from _texts(inner, depth - 1)


def _parts(value: object) -> Iterator[object]:
    if isinstance(value, Mapping):
        yield from value.values()
    elif isinstance(value, list | tuple | set | frozenset):
        yield from value
    elif is_dataclass(value):
        yield from (getattr(value, field.name) for field in fields(value))
