"""The whole story, step by step; it ends at the first step that falls short."""

from sandbox.scenario import course_steps, meeting_steps
from sandbox.scenario.stage import Stage


def play(stage: Stage) -> None:
    """Play every step.

    :raises StoryError: if a step falls short
    """
    meeting_steps.next_morning(stage)
    course_steps.people(stage)
    course_steps.activities(stage)
    course_steps.work(stage)
    course_steps.mentor_signs_in(stage)
    meeting_steps.slot(stage)
    meeting_steps.meeting(stage)
    meeting_steps.feedback(stage)
    meeting_steps.lapse(stage)
