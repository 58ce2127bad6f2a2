"""What our mails say: plain text, neutral subjects, and never a student's name.

A mail carries no authority: all but the sign-in mail only ask somebody to come and look.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

RULE = "The rule that always holds: We only meet in supervised meetings of the school."
NOON = 12


class Template(StrEnum):
    """The mails that we send."""

    sign_in = "sign_in"
    meeting_confirmed = "meeting_confirmed"
    meeting_cancelled = "meeting_cancelled"
    on_hold = "on_hold"
    feedback_wanted = "feedback_wanted"
    notice = "notice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """Everything one mail needs; what signs in stays out of logs and is never stored."""

    message_id: str
    """The mail's own id, without a host."""
    to: str = field(repr=False)
    template: Template
    organization: str
    is_mentor: bool
    starts_at: datetime | None = None
    time_zone: str = "UTC"
    code: str = field(default="", repr=False)
    link_secret: str = field(default="", repr=False)


def write(letter: Letter, *, public_url: str) -> tuple[str, str]:
    """Return subject and text."""
    subject, paragraphs = _TEXTS[letter.template](letter, public_url)
    if letter.is_mentor:
        paragraphs = (*paragraphs, RULE)
    return subject, "\n\n".join(("Hello,", *paragraphs, _signature(letter))) + "\n"


def _sign_in(letter: Letter, public_url: str) -> tuple[str, tuple[str, ...]]:
    return "Your sign-in code for Career Mentoring", (
        f"Your code is: {letter.code}",
        "Type it into the page that asks for it. It works once, for ten minutes.",
        "In the browser in which you asked for it, you can also open this address:",
        # Behind the hash the secret stays in the browser: no server or log ever sees it.
        f"{public_url}/sign-in/link#{letter.link_secret}",
        "If you did not ask for this, there is nothing to do: without the code nobody gets in.",
        "Nobody from the school will ever ask you for it.",
    )


def _meeting_confirmed(letter: Letter, public_url: str) -> tuple[str, tuple[str, ...]]:
    return "A mentoring meeting is confirmed", (
        f"Your mentoring meeting is confirmed{_when(letter)}.",
        f"You find it, and what to prepare, here: {public_url}/mentor",
    )


def _meeting_cancelled(letter: Letter, public_url: str) -> tuple[str, tuple[str, ...]]:
    return "A mentoring meeting is canceled", (
        f"Your mentoring meeting{_when(letter)} is canceled. Please do not go there or dial in.",
        f"What comes next you find here: {public_url}/mentor",
    )


def _on_hold(_letter: Letter, public_url: str) -> tuple[str, tuple[str, ...]]:
    return "Your mentoring is on hold", (
        "Your mentoring meetings are on hold for now, so please do not join one.",
        "Something that the school keeps on record needs an update, which is quite usual.",
        f"What is still missing you find here: {public_url}/mentor",
        "The coordinator of the school is told as well and will be glad to answer questions.",
    )


def _feedback_wanted(letter: Letter, public_url: str) -> tuple[str, tuple[str, ...]]:
    return "How was the mentoring meeting?", (
        f"Please tell the school how the meeting{_when(letter)} was. It takes two minutes.",
        f"You find the form here: {public_url}/mentor",
    )


def _notice(_letter: Letter, public_url: str) -> tuple[str, tuple[str, ...]]:
    return "News in Career Mentoring", (f"There is news for you here: {public_url}/",)


_TEXTS: Mapping[Template, Callable[[Letter, str], tuple[str, tuple[str, ...]]]] = {
    Template.sign_in: _sign_in,
    Template.meeting_confirmed: _meeting_confirmed,
    Template.meeting_cancelled: _meeting_cancelled,
    Template.on_hold: _on_hold,
    Template.feedback_wanted: _feedback_wanted,
    Template.notice: _notice,
}


def _when(letter: Letter) -> str:
    if letter.starts_at is None:
        return ""
    at = letter.starts_at.astimezone(ZoneInfo(letter.time_zone))
    half = "AM" if at.hour < NOON else "PM"
    return f" of {at:%A, %B} {at.day}, {at.year}, {at.hour % NOON or NOON}:{at:%M} {half}"


def _signature(letter: Letter) -> str:
    return f"Career Mentoring, {letter.organization}"
