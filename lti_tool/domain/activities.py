"""Activities: what a teacher places in the course for students to do."""

from enum import StrEnum

from lti_tool.domain.errors import Obstacle

POINTS_MIN = 1
POINTS_MAX = 1000


class ActivityKind(StrEnum):
    """What sort of work an activity asks for."""

    assignment = "assignment"
    reflection = "reflection"
    objective_check_in = "objective-check-in"


class Progress(StrEnum):
    """A student's own word on how far an objective has come."""

    not_started = "not-started"
    started = "started"
    halfway = "halfway"
    nearly = "nearly"
    reached = "reached"


class ActivityCode(StrEnum):
    """What is wrong with an activity."""

    points_out_of_range = "points-out-of-range"


def points_obstacles(points: int | None) -> tuple[Obstacle, ...]:
    """Accept an ungraded activity or a whole number of points from 1 to 1000."""
    if points is None or POINTS_MIN <= points <= POINTS_MAX:
        return ()
    remedy = f"Enter {POINTS_MIN} to {POINTS_MAX} points, or none."
    return (Obstacle(code=ActivityCode.points_out_of_range, remedy=remedy),)
