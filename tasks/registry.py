"""Every topic and who keeps it."""

from typing import Any

from tasks import course, feedback, grading, mail, meetings, supervision
from tasks.keepers import Keeper

_ALL: tuple[Keeper[Any, Any, Any], ...] = (
    *course.KEEPERS,
    *feedback.KEEPERS,
    *grading.KEEPERS,
    *mail.KEEPERS,
    *meetings.KEEPERS,
    *supervision.KEEPERS,
)

KEEPERS = {keeper.topic.name: keeper for keeper in _ALL}
