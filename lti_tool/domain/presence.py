"""Who was there, from when to when, and how we know it (S4).

An interval is one stay of one person, as measured by Google Meet, attested live by staff, or
corrected afterwards. Parallel stays of one person (phone and laptop) are several intervals.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from lti_tool.domain.ids import PersonId


class Basis(StrEnum):
    """How a presence is known, from the strongest to the weakest."""

    measured = "measured"
    attested = "attested"
    corrected = "corrected"


class Kind(StrEnum):
    """In what capacity somebody was present; `unknown` covers anonymous and phone joiners."""

    supervisor = "supervisor"
    mentor = "mentor"
    mentee = "mentee"
    unknown = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """One stay; `left_at` is empty while the person is still in.

    `end_is_known` is false when the end was clamped because the source never told it.

    :raises ValueError: when a time is naive, the end lies before the start, or a named
        capacity has no person.
    """

    person_id: PersonId | None
    kind: Kind
    basis: Basis
    joined_at: datetime
    left_at: datetime | None
    end_is_known: bool = True

    def __post_init__(self) -> None:
        """Refuse what cannot be placed in time or given to a person."""
        if self.joined_at.tzinfo is None or (self.left_at and self.left_at.tzinfo is None):
            raise ValueError("presence needs aware times")
        if self.left_at is not None and self.left_at < self.joined_at:
            raise ValueError("nobody leaves before joining")
        if self.person_id is None and self.kind is not Kind.unknown:
            raise ValueError("only an unknown joiner has no person")

    @property
    def is_open_ended(self) -> bool:
        """Say whether the end is still to come or was never told."""
        return self.left_at is None or not self.end_is_known
