"""What a page says after a step was carried out: a fixed table of sentences.

A view that changed something redirects with ``said=<code>``. The sentence is chosen here and never
taken from the address, so that nobody can put words on our pages. Unknown codes show nothing.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One sentence, and how it looks."""

    kind: str
    """ready | waiting | on_hold | attention | done | neutral, as status badges."""
    text: str


DONE = {
    "saved": "Saved.",
    "submitted": "Handed in. You can see it below.",
    "graded": "Graded. The score goes to the gradebook now.",
    "returned": "Returned with your comment.",
    "program-saved": "The program was saved.",
    "objective-added": "The objective was added.",
    "virtual-start-approved": "The pairing may begin at a distance.",
    "notice-settled": "Done. It is off the list.",
    "objectives-agreed": "The objectives were agreed.",
    "mentor-added": "The mentor was added.",
    "mentor-updated": "The mentor's record was saved.",
    "clearance-recorded": "The clearance was recorded with your name.",
    "training-recorded": "The training was recorded with your name.",
    "agreement-recorded": "The agreement was recorded with your name.",
    "consent-recorded": "The consent was recorded with your name.",
    "consent-withdrawn": "The consent is withdrawn, from this moment on.",
    "staff-added": "Added to the staff roster.",
    "staff-removed": "Removed from the staff roster.",
    "pairing-proposed": "The pairing was proposed.",
    "pairing-activated": "The pairing is active. Its first meeting can be planned.",
    "pairing-ended": "The pairing has ended.",
    "meeting-booked": "The meeting is booked.",
    "meeting-canceled": "The meeting was canceled. Everybody is told.",
    "meeting-opened": "The meeting is open. Admit only who is on the card.",
    "meeting-closed": "The meeting is closed. Please look at the minutes.",
    "cover-named": "The cover is named. Room and event stay the same.",
    "minutes-corrected": "The correction is on record.",
    "promise-retried": "It will be tried again in a moment.",
    "deployment-approved": "The course connection is approved.",
    "signed-out": "You are signed out.",
    "device-forgotten": "That browser is signed out.",
    "feedback-asked": "The forms are being made. This page shows when they are ready.",
}
OTHERS = {
    "meeting-on-hold": Notice(kind="on_hold", text="The meeting is on hold. Staff are told why."),
    "mentor-on-hold": Notice(
        kind="on_hold", text="The mentor is on hold. Open meetings were looked at."
    ),
    "roster-asked": Notice(kind="waiting", text="The roster is being fetched from your course."),
    "needs-second": Notice(kind="waiting", text="Noted. A second staff member has to confirm it."),
    "code-sent": Notice(
        kind="neutral", text="If we know the address, a mail with a code is on its way."
    ),
}
NOTICES = {code: Notice(kind="done", text=text) for code, text in DONE.items()} | OTHERS


def said(code: str) -> Notice | None:
    """Return the notice behind a code, or nothing for a code that is not ours."""
    return NOTICES.get(code)
