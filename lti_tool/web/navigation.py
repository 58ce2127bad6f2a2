"""Where the person may go from here: only pages that exist and would let them in."""

from flask import current_app, request

from lti_tool.queries.sign_ins import Actor

PLACES = (
    ("Home", "home.index"),
    ("People", "mentors.index"),
    ("Pairings", "pairings.index"),
    ("Activities", "activities.index"),
    ("Meetings", "meetings.index"),
    ("Feedback", "feedback.index"),
    ("Operations", "operations.index"),
)


def navigation_for(actor: Actor) -> tuple[tuple[str, str, bool], ...]:
    """Return (label, endpoint, is current) of every place that is open to the actor.

    The permissions are read from the views themselves, so that a link never leads to a refusal.
    """
    return tuple(
        (label, endpoint, endpoint.partition(".")[0] == request.blueprint)
        for label, endpoint in PLACES
        if _is_open(endpoint, actor)
    )


def _is_open(endpoint: str, actor: Actor) -> bool:
    view = current_app.view_functions.get(endpoint)
    if view is None:
        return False
    needed = getattr(view, "permissions", ())
    return not needed or any(actor.may(permission) for permission in needed)
