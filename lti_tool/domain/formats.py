"""The formats of mentoring and their ratios (guide, R20 to R25).

The chosen format is stored and never inferred: one adult with one student fits traditional and
small group alike. E-mentoring is a modifier of a format, never a format by itself. The ratio is
tested when pairing, when scheduling, and again on actual attendance.
"""

from enum import StrEnum

from lti_tool.domain.errors import Obstacle
from lti_tool.domain.policy import Policy


class Format(StrEnum):
    """How many mentors meet how many mentees."""

    traditional = "traditional"
    small_group = "small-group"
    team = "team"
    large_group = "large-group"
    peer = "peer"


class FormatCode(StrEnum):
    """Why numbers do not fit a format."""

    no_mentor = "no-mentor"
    no_mentee = "no-mentee"
    too_few_mentors = "too-few-mentors"
    too_many_mentors = "too-many-mentors"
    too_few_mentees = "too-few-mentees"
    too_many_mentees = "too-many-mentees"


_REMEDIES = {
    FormatCode.no_mentor: "Add a mentor.",
    FormatCode.no_mentee: "Add a student.",
    FormatCode.too_few_mentors: "Add a mentor, or choose another format.",
    FormatCode.too_many_mentors: "Choose a format for several mentors, such as a team.",
    FormatCode.too_few_mentees: "Add students, or choose a format for fewer.",
    FormatCode.too_many_mentees: "Add a mentor and choose a team, or split the group.",
}


def format_obstacles(
    chosen: Format, *, mentors: int, mentees: int, policy: Policy
) -> tuple[Obstacle, ...]:
    """Say why so many mentors and mentees cannot be planned in the chosen format."""
    fewest_mentors = 2 if chosen is Format.team else 1
    fewest_mentees = policy.large_group_min if chosen is Format.large_group else 1
    codes = []
    if mentors < fewest_mentors:
        codes.append(FormatCode.no_mentor if mentors < 1 else FormatCode.too_few_mentors)
    if mentees < fewest_mentees:
        codes.append(FormatCode.no_mentee if mentees < 1 else FormatCode.too_few_mentees)
    return _obstacles(chosen, [*codes, *_over(chosen, mentors, mentees, policy)])


def attendance_obstacles(
    chosen: Format, *, mentors: int, mentees: int, policy: Policy
) -> tuple[Obstacle, ...]:
    """Say why those who are actually there may not meet in the chosen format.

    Fewer people than planned are no obstacle as long as the ratio holds: a team with one mentor
    left goes on with up to four students, a large group with fewer than seven goes on.
    """
    codes = []
    if mentors < 1:
        codes.append(FormatCode.no_mentor)
    if mentees < 1:
        codes.append(FormatCode.no_mentee)
    return _obstacles(chosen, [*codes, *_over(chosen, mentors, mentees, policy)])


def _over(chosen: Format, mentors: int, mentees: int, policy: Policy) -> list[FormatCode]:
    per_adult = policy.students_per_adult_max
    # Without a mentor the ratio says nothing; the missing mentor is reported instead.
    counted = max(mentors, 1)
    most_mentors, most_mentees = {
        Format.traditional: (1, 1),
        Format.small_group: (1, per_adult),
        Format.team: (None, per_adult * counted),
        Format.large_group: (policy.large_group_adults_max, policy.large_group_max),
        Format.peer: (None, policy.peer_students_max * counted),
    }[chosen]
    codes = []
    if most_mentors is not None and mentors > most_mentors:
        codes.append(FormatCode.too_many_mentors)
    if mentees > most_mentees:
        codes.append(FormatCode.too_many_mentees)
    return codes


def _obstacles(chosen: Format, codes: list[FormatCode]) -> tuple[Obstacle, ...]:
    return tuple(Obstacle(code=code, about=chosen, remedy=_REMEDIES[code]) for code in codes)
