"""Notices in words: one sentence per code, and where to see to it."""

from dataclasses import dataclass

from flask import url_for

from lti_tool.queries.home import NoticeLine
from lti_tool.web.assets import has_endpoint


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
    "roster_held": "The newest course roster is much smaller. Please decide who has left.",
}
PEOPLE_PAGES = {
    "mentor_on_hold": "mentors.show",
    "student_on_hold": "consent.show",
    "supervisor_lapsed": "staff.confirm",
}


def sentence(notice: NoticeLine) -> Sentence:
    """Return the notice in words."""
    text = SENTENCES.get(notice.code, "Something needs a look: " + notice.code.replace("_", " "))
    return Sentence(text=text.format(name=notice.name or "Somebody"), link=_link(notice))


def _link(notice: NoticeLine) -> str | None:
    if notice.subject_kind == "person" and notice.code in PEOPLE_PAGES:
        return url_for(PEOPLE_PAGES[notice.code], person_id=notice.subject_id)
    if notice.subject_kind == "meeting" and has_endpoint("meetings.show"):
        return url_for("meetings.show", meeting_id=notice.subject_id)
    if notice.code == "roster_held":
        return url_for("people.roster")
    return None
