"""Learning objectives: what a pairing works toward (guide R5)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lti_tool.domain.errors import DomainError, Obstacle
from lti_tool.domain.ids import ObjectiveId

TEXT_MIN = 10
TEXT_MAX = 500


class ObjectiveCode(StrEnum):
    """What is wrong with an objective."""

    too_short = "objective-too-short"
    too_long = "objective-too-long"
    none_agreed = "no-objective-agreed"


_REMEDIES = {
    ObjectiveCode.too_short: f"Write at least {TEXT_MIN} characters.",
    ObjectiveCode.too_long: f"Write at most {TEXT_MAX} characters.",
    ObjectiveCode.none_agreed: "Agree on at least one learning objective.",
}


class ObjectiveInvalidError(DomainError):
    """The text of an objective says too little or too much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """One aim in the students' own words; without a day it is not yet agreed.

    :raises ObjectiveInvalidError: when the text is too short or too long.
    """

    id: ObjectiveId
    text: str
    agreed_on: date | None

    def __post_init__(self) -> None:
        """Refuse a text that nobody could work toward."""
        faults = text_obstacles(self.text)
        if faults:
            raise ObjectiveInvalidError(*faults)


def text_obstacles(text: str) -> tuple[Obstacle, ...]:
    """Say what is wrong with the text of an objective; surrounding blanks do not count."""
    length = len(text.strip())
    if length < TEXT_MIN:
        return (_obstacle(ObjectiveCode.too_short),)
    return (_obstacle(ObjectiveCode.too_long),) if length > TEXT_MAX else ()


def objective_obstacles(objectives: Iterable[Objective], *, on: date) -> tuple[Obstacle, ...]:
    """Ask for at least one objective agreed on or before that day."""
    agreed = (o.agreed_on is not None and o.agreed_on <= on for o in objectives)
    return () if any(agreed) else (_obstacle(ObjectiveCode.none_agreed),)


def _obstacle(code: ObjectiveCode) -> Obstacle:
    return Obstacle(code=code, remedy=_REMEDIES[code])
