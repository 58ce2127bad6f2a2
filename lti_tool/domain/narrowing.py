"""How a program narrows its organization's policy: stricter, never looser.

An organization decides what is allowed; one program may allow less. Each merge takes the stricter
of the two, so that a change of the organization's policy takes effect in every program at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from lti_tool.domain.consent import Channel
from lti_tool.domain.policy import Policy, PolicyInvalidError
from lti_tool.domain.presence import Basis

__all__ = ["Narrowing", "PolicyInvalidError", "narrowed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowing:
    """What a program allows less of; an empty value leaves the organization's as it is."""

    students_per_adult_max: int | None = None
    channels: frozenset[Channel] = frozenset()
    counting_bases: frozenset[Basis] = frozenset()

    def to_dict(self) -> dict[str, object]:
        """Write only what is narrowed, as JSON-able values."""
        values: dict[str, object] = {}
        if self.students_per_adult_max is not None:
            values["students_per_adult_max"] = self.students_per_adult_max
        if self.channels:
            values["channels"] = sorted(self.channels)
        if self.counting_bases:
            values["counting_bases"] = sorted(self.counting_bases)
        return values

    @classmethod
    def from_dict(cls, values: Mapping[str, object]) -> "Narrowing":
        """Read what was stored; the policy's own reader checks the values.

        :raises PolicyInvalidError: for unknown keys, wrong types and numbers out of bounds.
        """
        read = Policy.from_dict(values)
        return cls(
            students_per_adult_max=(
                read.students_per_adult_max if "students_per_adult_max" in values else None
            ),
            channels=read.channels if "channels" in values else frozenset(),
            counting_bases=read.counting_bases if "counting_bases" in values else frozenset(),
        )


def narrowed(policy: Policy, narrowing: Narrowing) -> Policy:
    """Return the policy that holds in the program.

    :raises PolicyInvalidError: when the two leave no channel or no basis at all.
    """
    per_adult = policy.students_per_adult_max
    if narrowing.students_per_adult_max is not None:
        per_adult = min(per_adult, narrowing.students_per_adult_max)
    return replace(
        policy,
        students_per_adult_max=per_adult,
        channels=policy.channels & (narrowing.channels or policy.channels),
        counting_bases=policy.counting_bases & (narrowing.counting_bases or policy.counting_bases),
    )
