"""Training and the agreement that come before the first contact (guide R15, phase 4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lti_tool.domain.errors import DomainError, Obstacle
from lti_tool.domain.ids import PersonId
from lti_tool.domain.periods import covers
from lti_tool.domain.policy import Policy


class TrainingCode(StrEnum):
    """Why training or agreement does not hold."""

    training_missing = "training-missing"
    training_expired = "training-expired"
    training_not_yet_valid = "training-not-yet-valid"
    agreement_missing = "agreement-missing"
    agreement_ended = "agreement-ended"
    agreement_not_yet_valid = "agreement-not-yet-valid"
    ends_before_start = "ends-before-it-starts"


_REMEDIES = {
    TrainingCode.training_missing: "Ask the mentor to complete the training on {module}.",
    TrainingCode.training_expired: "Ask the mentor to take the training on {module} again.",
    TrainingCode.training_not_yet_valid: "Choose a day on or after the training on {module}.",
    TrainingCode.agreement_missing: "Ask the mentor to sign the agreement.",
    TrainingCode.agreement_ended: "Ask the mentor to renew the agreement.",
    TrainingCode.agreement_not_yet_valid: "Choose a day on or after the signature.",
    TrainingCode.ends_before_start: "Enter an end that lies after the start.",
}


class TrainingInvalidError(DomainError):
    """The dates of a training or an agreement contradict each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """One module completed by one person; `expires_on` is the first day it no longer counts.

    :raises TrainingInvalidError: when it ends before it starts.
    """

    person_id: PersonId
    module: str
    version: str
    completed_on: date
    expires_on: date | None

    def __post_init__(self) -> None:
        """Refuse an end that does not lie after the start."""
        _require_order(self.person_id, self.completed_on, self.expires_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """The signed agreement of one mentor; `ends_on` is the first day it no longer counts.

    :raises TrainingInvalidError: when it ends before it starts.
    """

    person_id: PersonId
    version: str
    signed_on: date
    ends_on: date | None

    def __post_init__(self) -> None:
        """Refuse an end that does not lie after the start."""
        _require_order(self.person_id, self.signed_on, self.ends_on)


def training_obstacles(
    trainings: Iterable[Training], *, person_id: PersonId, on: date, policy: Policy
) -> tuple[Obstacle, ...]:
    """List each required module that does not hold on that day."""
    theirs = [training for training in trainings if training.person_id == person_id]
    found = []
    for module in policy.training_modules_required:
        taken = [training for training in theirs if training.module == module]
        code = _training_fault(taken, on)
        if code is not None:
            remedy = _REMEDIES[code].format(module=module.replace("-", " "))
            found.append(Obstacle(code=code, about=str(person_id), remedy=remedy))
    return tuple(found)


def agreement_obstacles(
    agreement: Agreement | None, *, person_id: PersonId, on: date, policy: Policy
) -> tuple[Obstacle, ...]:
    """Say why the agreement does not hold on that day, where policy asks for one."""
    if not policy.agreement_required:
        return ()
    code = None
    if agreement is None or agreement.person_id != person_id:
        code = TrainingCode.agreement_missing
    elif on < agreement.signed_on:
        code = TrainingCode.agreement_not_yet_valid
    elif agreement.ends_on is not None and on >= agreement.ends_on:
        code = TrainingCode.agreement_ended
    return () if code is None else (_obstacle(code, person_id),)


def _training_fault(taken: list[Training], on: date) -> TrainingCode | None:
    if not taken:
        return TrainingCode.training_missing
    if any(covers(starts_on=t.completed_on, ends_on=t.expires_on, on=on) for t in taken):
        return None
    if all(on < training.completed_on for training in taken):
        return TrainingCode.training_not_yet_valid
    return TrainingCode.training_expired


def _require_order(person_id: PersonId, starts_on: date, ends_on: date | None) -> None:
    if ends_on is not None and ends_on <= starts_on:
        raise TrainingInvalidError(_obstacle(TrainingCode.ends_before_start, person_id))


def _obstacle(code: TrainingCode, person_id: PersonId) -> Obstacle:
    return Obstacle(code=code, about=str(person_id), remedy=_REMEDIES[code])
