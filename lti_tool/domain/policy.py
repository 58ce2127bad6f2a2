"""The numbers of the rules: one validated value per organization, never a literal in a rule.

An organization may be stricter than the guide, never looser: the ratios of the guide
(R20 to R24) are ceilings, and `Policy` refuses to go beyond them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum

from lti_tool.domain.consent import Channel
from lti_tool.domain.errors import DomainError, Obstacle
from lti_tool.domain.presence import Basis

# The lowest and highest value of each number; the highest of a ratio is the guide's own.
BOUNDS: Mapping[str, tuple[int, int]] = {
    "students_per_adult_max": (1, 4),
    "large_group_min": (7, 10),
    "large_group_max": (7, 10),
    "large_group_adults_max": (1, 2),
    "peer_students_max": (1, 10),
    "grace_minutes": (0, 10),
    "opens_before_minutes": (0, 60),
    "closes_after_minutes": (0, 60),
    "meeting_hours_max": (1, 8),
    "authentication_max_age_hours": (1, 24),
    "removal_deadline_seconds": (1, 600),
}


class PolicyCode(StrEnum):
    """What is wrong with a policy."""

    unknown_key = "policy-key-unknown"
    wrong_type = "policy-value-of-the-wrong-type"
    out_of_bounds = "policy-value-out-of-bounds"
    not_descending = "policy-days-must-descend"
    empty = "policy-list-must-not-be-empty"
    range_reversed = "policy-range-reversed"


class PolicyInvalidError(DomainError):
    """A policy contradicts itself or the guide; lists every fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What an organization decided, within the guide.

    :raises PolicyInvalidError: with every fault at once.
    """

    # Guide R21 and R22: one adult with up to four students; ratio no greater than 1:4.
    students_per_adult_max: int = 4
    # Guide R23: one or two adults with seven to ten students.
    large_group_min: int = 7
    large_group_max: int = 10
    large_group_adults_max: int = 2
    # Guide R24 gives no ratio for peers; four by analogy with R21 (unverified).
    peer_students_max: int = 4
    # Product: an adult and a student with no staff beyond two minutes rings.
    grace_minutes: int = 2
    # Product S2: expiry warns 30, 14 and 3 days ahead.
    clearance_warning_days: tuple[int, ...] = (30, 14, 3)
    # Guide R15: an agreement is signed before the first contact.
    agreement_required: bool = True
    # Product phase 4: orientation with the rules on supervision comes before contact.
    training_modules_required: tuple[str, ...] = ("role-and-supervision",)
    # Product S4: corrections need two staff members and count only where an organization says so.
    counting_bases: frozenset[Basis] = frozenset({Basis.measured, Basis.attested})
    # Guide R18: approved channels only; phone and e-mail have no supervision method by default.
    channels: frozenset[Channel] = frozenset({Channel.in_person, Channel.video})
    # Guide R6: only students currently paired go virtual, so a virtual start needs a coordinator.
    virtual_start_needs_approval: bool = True
    # Decision 4: who recorded a mentor's clearance does not supervise that mentor alone.
    recorder_may_be_sole_supervisor: bool = False
    # Product S1: a student joins from home only by policy and consent for that day.
    join_from_home: bool = False
    # Product S3: the room opens inside a window round the meeting (our choice of minutes).
    opens_before_minutes: int = 10
    closes_after_minutes: int = 15
    # A school day holds no longer meeting; keeps a typing error from becoming a night (our choice).
    meeting_hours_max: int = 4
    # Decision 10: opening a meeting needs an authentication not older than 12 hours.
    authentication_max_age_hours: int = 12
    # Product S2: removal from a live meeting is confirmed within 60 seconds or the call is ended.
    removal_deadline_seconds: int = 60

    def __post_init__(self) -> None:
        """Collect every fault before refusing."""
        faults = [*self._out_of_bounds(), *self._list_faults()]
        if self.large_group_min > self.large_group_max:
            faults.append(_fault(PolicyCode.range_reversed, "large_group_min"))
        if faults:
            raise PolicyInvalidError(*faults)

    def _out_of_bounds(self) -> list[Obstacle]:
        return [
            _fault(PolicyCode.out_of_bounds, key, f"Choose a number from {low} to {high}.")
            for key, (low, high) in BOUNDS.items()
            if not low <= getattr(self, key) <= high
        ]

    def _list_faults(self) -> list[Obstacle]:
        faults = []
        days = self.clearance_warning_days
        if any(day < 1 for day in days) or list(days) != sorted(set(days), reverse=True):
            faults.append(_fault(PolicyCode.not_descending, "clearance_warning_days"))
        if not self.channels:
            faults.append(_fault(PolicyCode.empty, "channels"))
        if not self.counting_bases:
            faults.append(_fault(PolicyCode.empty, "counting_bases"))
        if any(not module.strip() for module in self.training_modules_required):
            faults.append(_fault(PolicyCode.empty, "training_modules_required"))
        return faults

    def to_dict(self) -> dict[str, object]:
        """Write the policy as JSON-able values, lists sorted where order means nothing."""
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def from_dict(cls, values: Mapping[str, object]) -> "Policy":
        """Read a policy; what is left out takes its default.

        :raises PolicyInvalidError: for unknown keys and wrong types, all listed together.
        """
        faults: list[Obstacle] = []
        read: dict[str, object] = {}
        for key, value in values.items():
            reader = _READERS.get(key)
            if reader is None:
                faults.append(_fault(PolicyCode.unknown_key, key))
                continue
            try:
                read[key] = reader(value)
            except (TypeError, ValueError):
                faults.append(_fault(PolicyCode.wrong_type, key))
        if faults:
            raise PolicyInvalidError(*faults)
        return _policy(read)


_REMEDIES = {
    PolicyCode.unknown_key: "Remove this setting; the tool does not know it.",
    PolicyCode.wrong_type: "Enter a value of the kind shown beside this setting.",
    PolicyCode.not_descending: "List whole days from the earliest warning to the last.",
    PolicyCode.empty: "Name at least one, and leave none blank.",
    PolicyCode.range_reversed: "Make the smallest large group no bigger than the largest.",
}


def _fault(code: PolicyCode, key: str, remedy: str = "") -> Obstacle:
    return Obstacle(code=code, about=key, remedy=remedy or _REMEDIES[code])


def _plain(value: object) -> object:
    if isinstance(value, frozenset):
        return sorted(str(member) for member in value)
    return list(value) if isinstance(value, tuple) else value


def _whole(value: object) -> int:
    # bool is an int in Python, and `true` students per adult is a typing error.
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError
    return value


def _yes_or_no(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _list(value: object) -> list[object]:
    if not isinstance(value, list | tuple | set | frozenset):
        raise TypeError
    return list(value)


def _days(value: object) -> tuple[int, ...]:
    return tuple(_whole(day) for day in _list(value))


def _words(value: object) -> tuple[str, ...]:
    words = _list(value)
    if not all(isinstance(word, str) for word in words):
        raise TypeError
    return tuple(str(word) for word in words)


def _bases(value: object) -> frozenset[Basis]:
    return frozenset(Basis(word) for word in _words(value))


def _channels(value: object) -> frozenset[Channel]:
    return frozenset(Channel(word) for word in _words(value))


_READERS: Mapping[str, Callable[[object], object]] = {
    **dict.fromkeys(BOUNDS, _whole),
    "clearance_warning_days": _days,
    "agreement_required": _yes_or_no,
    "training_modules_required": _words,
    "counting_bases": _bases,
    "channels": _channels,
    "virtual_start_needs_approval": _yes_or_no,
    "recorder_may_be_sole_supervisor": _yes_or_no,
    "join_from_home": _yes_or_no,
}


def _policy(read: Mapping[str, object]) -> Policy:
    # Each value passed the reader of its own key, which mypy cannot follow through a mapping.
    return Policy(**read)  # type: ignore[arg-type]
