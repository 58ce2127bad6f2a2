"""Pairings as pages show them: names, what is missing, objectives, and whom to choose from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.domain.consent import Channel
from lti_tool.domain.errors import Obstacle
from lti_tool.domain.formats import Format
from lti_tool.domain.pairings import PairingStatus
from lti_tool.queries import consent, mentors, objectives, people, readiness
from lti_tool.queries import pairings as pairings_
from lti_tool.queries import program as programs
from lti_tool.queries.objectives import ObjectiveLine
from lti_tool.queries.pairings import PairingPeople
from lti_tool.queries.program import Program


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedObstacle:
    """An obstacle with the name of the person it concerns."""

    code: str
    name: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PairingLine:
    """A pairing in a list."""

    id: UUID
    format: Format
    status: PairingStatus
    is_on_hold: bool
    """Active, but a gate has closed since."""
    mentors: tuple[str, ...]
    mentees: tuple[str, ...]
    obstacles: tuple[NamedObstacle, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody in a pairing."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PairingPage:
    """One pairing with everything that its activation needs."""

    line: PairingLine
    program_name: str
    mentors: tuple[Person, ...]
    mentees: tuple[Person, ...]
    channels: tuple[Channel, ...]
    objectives: tuple[ObjectiveLine, ...]
    needs_virtual_start: bool
    """The only way on is a coordinator's word on beginning at a distance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """Whom and what a proposal may name."""

    program_id: UUID
    program_name: str
    format: Format
    mentors: tuple[tuple[str, str], ...]
    students: tuple[tuple[str, str], ...]
    channels: tuple[Channel, ...]


def of_programs(
    session: Session, organization_id: UUID, wanted: Sequence[Program], *, on: date
) -> tuple[PairingLine, ...]:
    """List the pairings of these programs, each with what is missing; ended ones last."""
    found = pairings_.in_programs(session, organization_id, [program.id for program in wanted])
    lines = _lines(session, organization_id, found, wanted, on=on)
    return tuple(sorted(lines, key=lambda line: line.status is PairingStatus.ended))


def page(
    session: Session, organization_id: UUID, school_id: UUID, pairing_id: UUID, *, on: date
) -> PairingPage:
    """Return one pairing of the school.

    :raises NotFoundError: if the school has no such pairing
    """
    found = pairings_.pairing_of_school(session, organization_id, school_id, pairing_id)
    program = programs.program(session, organization_id, school_id, found.program_id)
    (line,) = _lines(session, organization_id, (found,), (program,), on=on)
    names = people.names(session, organization_id, found.person_ids)
    return PairingPage(
        line=line,
        program_name=program.name,
        mentors=tuple(Person(id=i, name=names[i]) for i in found.mentor_ids),
        mentees=tuple(Person(id=i, name=names[i]) for i in found.mentee_ids),
        channels=found.channels,
        objectives=objectives.of_pairings(session, organization_id, [found.id]),
        needs_virtual_start=any(
            each.code == "virtual-start-not-approved" for each in line.obstacles
        ),
    )


def choices(session: Session, organization_id: UUID, school_id: UUID, program_id: UUID) -> Choices:
    """Return whom a proposal in this program may name.

    :raises NotFoundError: if the school has no such program
    """
    program = programs.program(session, organization_id, school_id, program_id)
    students: set[UUID] = set()
    for course_id in programs.course_ids(session, organization_id, program_id):
        students.update(
            consent.student_ids(session, organization_id, school_id=school_id, course_id=course_id)
        )
    names = people.names(session, organization_id, students)
    return Choices(
        program_id=program.id,
        program_name=program.name,
        format=program.format,
        mentors=mentors.choices(session, organization_id, school_id),
        students=tuple(
            sorted(
                ((str(person), name) for person, name in names.items()),
                key=lambda pair: pair[1].casefold(),
            )
        ),
        channels=tuple(channel for channel in Channel if channel in program.policy.channels),
    )


def _lines(
    session: Session,
    organization_id: UUID,
    found: Sequence[PairingPeople],
    within: Sequence[Program],
    *,
    on: date,
) -> tuple[PairingLine, ...]:
    open_ones = [pairing for pairing in found if pairing.status is not PairingStatus.ended]
    facts = readiness.facts(session, organization_id, open_ones)
    policies = {program.id: program.policy for program in within}
    everybody = {person for pairing in found for person in pairing.person_ids}
    names = people.names(session, organization_id, everybody)
    lines = []
    for pairing in found:
        obstacles: tuple[Obstacle, ...] = ()
        if pairing.status is not PairingStatus.ended:
            obstacles = facts.obstacles(pairing, on=on, policy=policies[pairing.program_id])
        lines.append(_line(pairing, obstacles, names))
    return tuple(lines)


def _line(
    pairing: PairingPeople, obstacles: Sequence[Obstacle], names: dict[UUID, str]
) -> PairingLine:
    by_id = {str(person): name for person, name in names.items()}
    return PairingLine(
        id=pairing.id,
        format=pairing.format,
        status=pairing.status,
        is_on_hold=pairing.status is PairingStatus.active and bool(obstacles),
        mentors=tuple(names[person] for person in pairing.mentor_ids),
        mentees=tuple(names[person] for person in pairing.mentee_ids),
        obstacles=tuple(
            NamedObstacle(code=str(each.code), name=by_id.get(each.about, ""), remedy=each.remedy)
            for each in obstacles
        ),
    )
