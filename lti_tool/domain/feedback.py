"""What is asked after a meeting: a few plain questions about the meeting, nothing about the person.

No question touches a topic that needs a family's consent of its own (PPRA). Anything that worries
somebody belongs to a member of staff at once, and the form says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

TITLE = "Career Mentoring: how was the meeting?"
RESPONDENT_QUESTION_ID = "1fee0001"
"""Hexadecimal; the prefilled entry of the question is this number in decimal."""
RESPONDENT_TITLE = "Your code (please leave it as it is)"


class Audience(StrEnum):
    """Whom a form is for."""

    mentee = "mentee"
    mentor = "mentor"


class QuestionKind(StrEnum):
    """How a question is answered."""

    scale = "scale"
    text = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A question by its stable key; `question_id` is what Google calls it."""

    key: str
    question_id: str
    title: str
    kind: QuestionKind
    is_required: bool = False


def _scale(key: str, number: int, title: str) -> Item:
    return Item(
        key=key,
        question_id=f"1fee{number:04x}",
        title=title,
        kind=QuestionKind.scale,
        is_required=True,
    )


def _text(key: str, number: int, title: str) -> Item:
    return Item(key=key, question_id=f"1fee{number:04x}", title=title, kind=QuestionKind.text)


ITEMS: Mapping[Audience, tuple[Item, ...]] = {
    Audience.mentee: (
        _scale("useful", 0x10, "How useful was the meeting for you?"),
        _scale("heard", 0x11, "Did you get to ask what you wanted to ask?"),
        _text("learned", 0x12, "What did you learn about a job or about work?"),
        _text("next", 0x13, "What would you like to do in the next meeting?"),
    ),
    Audience.mentor: (
        _scale("useful", 0x20, "How useful was the meeting, in your view?"),
        _scale("prepared", 0x21, "Did you have what you needed to prepare for it?"),
        _text("done", 0x22, "What did you work on?"),
        _text("help", 0x23, "What would help you before the next meeting?"),
    ),
}

DESCRIPTIONS: Mapping[Audience, str] = {
    Audience.mentee: (
        "Four short questions, two minutes. Your teacher and the mentoring staff of your school "
        "read your answers; your mentor never does. There are no grades for this. If something "
        "worries you, please tell a member of staff at school right away."
    ),
    Audience.mentor: (
        "Four short questions, two minutes. The mentoring staff of the school read your answers. "
        "If something about a student worries you, please tell the supervisor or the coordinator "
        "right away. We only meet in supervised meetings of the school."
    ),
}
