"""What every refusal of a rule has in common."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """One reason why something is not permitted, and what would clear it.

    `code` is stable and names the text; `about` is the id of the person or thing it concerns.
    """

    code: StrEnum
    about: str = ""
    remedy: str = ""


class DomainError(Exception):
    """A rule refused; carries every obstacle at once."""

    def __init__(self, *obstacles: Obstacle) -> None:
        """Keep the obstacles in the order in which they were found."""
        self.obstacles = obstacles
        super().__init__(", ".join(obstacle.code for obstacle in obstacles))
