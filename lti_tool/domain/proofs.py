"""Seals for proof types: a value that exists only because a rule made it.

A module that proves something keeps one private `Seal`. Its proof type asks for that very seal
when it is built, so a caller cannot write the proof down without having passed the rule.
"""


class UnprovenError(Exception):
    """A proof was written down by something other than its rule."""


class Seal:
    """Recognize the one seal of a rule by identity, never by equality."""

    __slots__ = ("_proves",)

    def __init__(self, proves: str) -> None:
        """Remember what this seal proves, for the message of a refusal."""
        self._proves = proves

    def require(self, shown: object) -> None:
        """Refuse whatever is not this very seal.

        :raises UnprovenError: when another object is shown.
        """
        if shown is not self:
            raise UnprovenError(f"only the rule itself can say: {self._proves}")
