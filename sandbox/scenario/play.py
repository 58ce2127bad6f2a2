"""The whole story, step by step; it ends at the first step that falls short."""

from sandbox.scenario import course_steps
from sandbox.scenario.stage import Stage


def play(stage: Stage) -> None:
    """Play every step.

    :raises StoryError: if a step falls short
    """
    course_steps.people(stage)
    course_steps.activities(stage)
    course_steps.work(stage)
    course_steps.mentor_signs_in(stage)
