"""A mentor's background clearance: its state, never its findings (mentoring reference 2.4).

The organization learns only that somebody is eligible, ineligible or pending. We keep the
status, the day it was checked, who recorded it and a reference number, and never a Social
Security number. Clearance can end at any time, so it is judged for a given day.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lti_tool.domain.errors import DomainError, Obstacle
from lti_tool.domain.ids import PersonId
from lti_tool.domain.periods import warning_threshold
from lti_tool.domain.policy import Policy

# Nine digits in the grouping of a Social Security number, or with no grouping at all.
_LOOKS_LIKE_SSN = re.compile(r"(?<!\d)\d{3}[-. ]?\d{2}[-. ]?\d{4}(?!\d)")


class ClearanceStatus(StrEnum):
    """Where a clearance stands."""

    applied = "applied"
    submitted = "submitted"
    fingerprinted = "fingerprinted"
    pending = "pending"
    eligible = "eligible"
    recheck = "recheck"
    ineligible = "ineligible"
    withdrawn = "withdrawn"
    revoked = "revoked"


class ClearanceCode(StrEnum):
    """Why a clearance does not hold, or cannot be recorded."""

    missing = "clearance-missing"
    not_eligible = "clearance-not-eligible"
    not_yet_checked = "clearance-not-yet-checked"
    expired = "clearance-expired"
    unchecked = "clearance-needs-the-day-it-was-checked"
    expires_before_checked = "clearance-expires-before-it-was-checked"
    looks_like_ssn = "clearance-reference-looks-like-a-social-security-number"
    move_not_allowed = "clearance-step-not-allowed"


_REMEDIES = {
    ClearanceCode.missing: "Start the mentor's clearance.",
    ClearanceCode.not_eligible: "No clearance holds today. Record it when it is confirmed.",
    ClearanceCode.not_yet_checked: "Choose a day on or after the day of the check.",
    ClearanceCode.expired: "Check the clearance again.",
    ClearanceCode.unchecked: "Enter the day on which the status was checked.",
    ClearanceCode.expires_before_checked: "Enter an end that lies after the day of the check.",
    ClearanceCode.looks_like_ssn: "Use the clearance system's own reference number.",
    ClearanceCode.move_not_allowed: "Record the steps in between first.",
}

_S = ClearanceStatus
# A person already known to the clearance system skips the fingerprints.
MOVES: Mapping[ClearanceStatus, frozenset[ClearanceStatus]] = {
    _S.applied: frozenset({_S.submitted, _S.withdrawn}),
    _S.submitted: frozenset(
        {_S.fingerprinted, _S.pending, _S.eligible, _S.ineligible, _S.withdrawn}
    ),
    _S.fingerprinted: frozenset({_S.pending, _S.eligible, _S.ineligible, _S.withdrawn}),
    _S.pending: frozenset({_S.eligible, _S.ineligible, _S.withdrawn}),
    _S.eligible: frozenset({_S.eligible, _S.recheck, _S.ineligible, _S.revoked, _S.withdrawn}),
    _S.recheck: frozenset({_S.pending, _S.eligible, _S.ineligible, _S.revoked, _S.withdrawn}),
    _S.ineligible: frozenset({_S.applied}),
    _S.withdrawn: frozenset({_S.applied}),
    _S.revoked: frozenset({_S.applied}),
}


class ClearanceInvalidError(DomainError):
    """A clearance contradicts itself or holds what we must not keep; lists every fault."""


class ClearanceMoveError(DomainError):
    """A clearance cannot go from its status to the one asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearance:
    """The state of one person's clearance; `expires_on` is the first day it no longer counts.

    :raises ClearanceInvalidError: with every fault at once.
    """

    person_id: PersonId
    status: ClearanceStatus
    checked_on: date | None
    expires_on: date | None
    recorded_by: PersonId
    reference: str

    def __post_init__(self) -> None:
        """Collect every fault before refusing."""
        faults = []
        if self.status is ClearanceStatus.eligible and self.checked_on is None:
            faults.append(ClearanceCode.unchecked)
        if self.expires_on and self.checked_on and self.expires_on <= self.checked_on:
            faults.append(ClearanceCode.expires_before_checked)
        if _LOOKS_LIKE_SSN.search(self.reference):
            faults.append(ClearanceCode.looks_like_ssn)
        if faults:
            raise ClearanceInvalidError(*(_obstacle(code, self.person_id) for code in faults))


def transition(
    clearance: Clearance,
    to: ClearanceStatus,
    *,
    on: date,
    recorded_by: PersonId,
    reference: str | None = None,
    expires_on: date | None = None,
) -> Clearance:
    """Move a clearance to its next status; the reference is kept unless a new one is given.

    :raises ClearanceMoveError: when that status does not follow from the present one.
    :raises ClearanceInvalidError: when the new facts contradict each other.
    """
    if to not in MOVES[clearance.status]:
        raise ClearanceMoveError(_obstacle(ClearanceCode.move_not_allowed, clearance.person_id))
    return Clearance(
        person_id=clearance.person_id,
        status=to,
        checked_on=on,
        expires_on=expires_on,
        recorded_by=recorded_by,
        reference=clearance.reference if reference is None else reference,
    )


def clearance_obstacles(
    clearance: Clearance | None, *, on: date, person_id: PersonId | None = None
) -> tuple[Obstacle, ...]:
    """Say why the clearance does not hold on that day; empty means it holds.

    `person_id` names the person when there is no clearance to name them.
    """
    if clearance is None:
        return (_obstacle(ClearanceCode.missing, person_id),)
    code = _fault_on(clearance, on)
    return () if code is None else (_obstacle(code, clearance.person_id),)


def warnings_due(clearance: Clearance, *, on: date, policy: Policy) -> int | None:
    """Return how many days ahead the warning now due was set, for a clearance that still holds."""
    if _fault_on(clearance, on) is not None:
        return None
    days = policy.clearance_warning_days
    return warning_threshold(ends_on=clearance.expires_on, on=on, days=days)


def _fault_on(clearance: Clearance, on: date) -> ClearanceCode | None:
    if clearance.status is not ClearanceStatus.eligible:
        return ClearanceCode.not_eligible
    if clearance.checked_on is None or on < clearance.checked_on:
        return ClearanceCode.not_yet_checked
    if clearance.expires_on is not None and on >= clearance.expires_on:
        return ClearanceCode.expired
    return None


def _obstacle(code: ClearanceCode, person_id: PersonId | None) -> Obstacle:
    about = "" if person_id is None else str(person_id)
    return Obstacle(code=code, about=about, remedy=_REMEDIES[code])
