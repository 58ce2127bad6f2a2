"""What a teacher starts from: a good activity of each kind, to be changed freely."""

from dataclasses import dataclass

from lti_tool.domain.activities import ActivityKind, Progress
from lti_tool.domain.submissions import SubmissionStatus

KIND_WORDS = {
    ActivityKind.assignment: "Mentoring assignment",
    ActivityKind.reflection: "Reflection",
    ActivityKind.objective_check_in: "Objective check-in",
}
PROGRESS_WORDS = {
    Progress.not_started: "Not started yet",
    Progress.started: "Started",
    Progress.halfway: "About halfway",
    Progress.nearly: "Nearly there",
    Progress.reached: "Reached",
}
STATUS_WORDS = {
    None: ("neutral", "Not started"),
    SubmissionStatus.draft: ("waiting", "Draft"),
    SubmissionStatus.submitted: ("ready", "Handed in"),
    SubmissionStatus.graded: ("done", "Graded"),
    SubmissionStatus.returned: ("attention", "Returned for another version"),
}
"""Kind of badge and words for each state of a student's work."""
STATUS_WORDS_UNGRADED = STATUS_WORDS | {SubmissionStatus.graded: ("done", "Read")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Starter:
    """A ready-made activity."""

    name: str
    """How the form's fields are named."""
    kind: ActivityKind
    about: str
    title: str
    instructions: str
    points: int | None


STARTERS = (
    Starter(
        name="assignment",
        kind=ActivityKind.assignment,
        about="Get ready for a meeting, or follow up on one.",
        title="Get ready to meet a professional",
        instructions=(
            "Think about the work you would like to know more about.\n\n"
            "1. Write three questions that only somebody who does this work can answer.\n"
            "2. Say in two or three sentences what you are good at and like to do.\n"
            "3. Name one thing you want to know by the end of the meeting."
        ),
        points=10,
    ),
    Starter(
        name="reflection",
        kind=ActivityKind.reflection,
        about="Look back on what was learned.",
        title="Reflection: what I learned",
        instructions=(
            "Look back on your last conversation about careers, with a mentor or in class.\n\n"
            "What did you learn that you did not know before? What surprised you? "
            "What will you do next because of it?\n\n"
            "Write about ten sentences in your own words."
        ),
        points=10,
    ),
    Starter(
        name="check_in",
        kind=ActivityKind.objective_check_in,
        about="Students say how far their learning objectives have come. Not graded by default.",
        title="How far have I come?",
        instructions=(
            "Say for each objective how far you have come. There is no wrong answer.\n\n"
            "Then write what helped, what got in the way, and what you will try next."
        ),
        points=None,
    ),
)
