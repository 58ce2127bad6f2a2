"""Whether an adult may mentor on a given day: cleared, trained and agreed (S1)."""

from dataclasses import InitVar, dataclass
from datetime import date

from lti_tool.domain.clearance import Clearance, clearance_obstacles
from lti_tool.domain.errors import DomainError, Obstacle
from lti_tool.domain.ids import PersonId
from lti_tool.domain.policy import Policy
from lti_tool.domain.proofs import Seal
from lti_tool.domain.training import Agreement, Training, agreement_obstacles, training_obstacles


class MentorNotEligibleError(DomainError):
    """The mentor lacks something that is needed on that day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MentorFile:
    """What is on record about one mentor; a peer mentor's file holds no papers.

    :raises ValueError: when a paper belongs to somebody else.
    """

    person_id: PersonId
    clearance: Clearance | None
    trainings: tuple[Training, ...]
    agreement: Agreement | None

    def __post_init__(self) -> None:
        """Refuse papers of another person, which would prove nothing about this one."""
        papers = (self.clearance, self.agreement, *self.trainings)
        if any(paper is not None and paper.person_id != self.person_id for paper in papers):
            raise ValueError("a mentor's file holds that mentor's papers only")


class _Seal(Seal):
    """Held by `eligible` alone."""


_SEAL = _Seal("this mentor is eligible on this day")


@dataclass(frozen=True, slots=True, kw_only=True)
class EligibleMentor:
    """Proof that a mentor may mentor on a day; made by `eligible` only."""

    person_id: PersonId
    on: date
    seal: InitVar[_Seal]

    def __post_init__(self, seal: _Seal) -> None:
        """Refuse to exist without the rule."""
        _SEAL.require(seal)


def mentor_obstacles(file: MentorFile, *, on: date, policy: Policy) -> tuple[Obstacle, ...]:
    """List everything that keeps the mentor from mentoring on that day."""
    person_id = file.person_id
    return (
        *clearance_obstacles(file.clearance, on=on, person_id=person_id),
        *training_obstacles(file.trainings, person_id=person_id, on=on, policy=policy),
        *agreement_obstacles(file.agreement, person_id=person_id, on=on, policy=policy),
    )


def eligible(file: MentorFile, *, on: date, policy: Policy) -> EligibleMentor:
    """Prove that the mentor may mentor on that day.

    :raises MentorNotEligibleError: with every obstacle.
    """
    obstacles = mentor_obstacles(file, on=on, policy=policy)
    if obstacles:
        raise MentorNotEligibleError(*obstacles)
    return EligibleMentor(person_id=file.person_id, on=on, seal=_SEAL)
