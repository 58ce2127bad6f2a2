"""Notices in words: one sentence per code, and where to see to it."""

from dataclasses import dataclass
from typing import Any

from flask import url_for

from lti_tool.queries.home import NoticeLine
from lti_tool.web.auth import the_actor
from lti_tool.web.navigation import is_open


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A notice as people read it."""

    text: str
    link: str | None


SENTENCES = {
    "mentor_on_hold": "{name} is on hold as a mentor. Look at clearance, training and agreement.",
    "student_on_hold": "{name} cannot meet for now. The family's consent is missing or withdrawn.",
    "supervisor_lapsed": "{name} may not supervise now. Name somebody else for the meetings.",
    "meeting_on_hold": "A meeting is on hold. See what it lacks.",
    "remove_from_meeting": "Somebody in a live meeting must leave it now.",
    "unsupervised": "A mentor and a student are together without staff.",
    "call_outside_window": "A call took place outside its meeting's time.",
    "room_not_as_required": "A meeting room is not set up as required. The meeting cannot open.",
    "minutes_to_confirm": "Some minutes of a meeting are not clear. Please look at them.",
    "roster_held": "The newest course roster is much smaller. Please decide who has left.",
}
PAGES = {
    "mentor_on_hold": "mentors.show",
    "student_on_hold": "consent.show",
    "supervisor_lapsed": "staff.confirm",
    "roster_held": "people.roster",
    "minutes_to_confirm": "meetings.ledger",
    "meeting": "meetings.show",
}
"""By code, or else by what the notice is about."""
PARAMETERS = {
    "mentors.show": "person_id",
    "consent.show": "person_id",
    "staff.confirm": "person_id",
    "meetings.show": "meeting_id",
    "meetings.ledger": "meeting_id",
}


def sentence(notice: NoticeLine) -> Sentence:
    """Return the notice in words."""
    text = SENTENCES.get(notice.code, "Something needs a look.")
    return Sentence(text=text.format(name=notice.name or "Somebody"), link=_link(notice))


def _link(notice: NoticeLine) -> str | None:
    """Return where to see to it; nothing where the page would refuse this person."""
    endpoint = PAGES.get(notice.code) or PAGES.get(notice.subject_kind)
    if endpoint is None or not is_open(endpoint, the_actor()):
        return None
    parameter = PARAMETERS.get(endpoint)
    values: dict[str, Any] = {parameter: notice.subject_id} if parameter else {}
    return url_for(endpoint, **values)
