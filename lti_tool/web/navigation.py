"""Where the person may go from here: only pages that exist and would let them in."""

from flask import current_app, request

from lti_tool.queries.sign_ins import Actor

PLACES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Home", ("home.index",)),
    ("People", ("mentors.index", "consent.index", "staff.index", "people.roster")),
    ("Pairings", ("pairings.index",)),
    ("Activities", ("activities.index",)),
    ("Meetings", ("meetings.index",)),
    ("Feedback", ("feedback.index",)),
    ("Operations", ("operations.index",)),
)
"""A place with several pages leads to the first one that is open to the person."""


def navigation_for(actor: Actor) -> tuple[tuple[str, str, bool], ...]:
    """Return (label, endpoint, is current) of every place that is open to the actor.

    The permissions are read from the views themselves, so that a link never leads to a refusal.
    """
    found = []
    for label, endpoints in PLACES:
        opened = next((endpoint for endpoint in endpoints if is_open(endpoint, actor)), None)
        blueprints = {endpoint.partition(".")[0] for endpoint in endpoints}
        if opened is not None:
            found.append((label, opened, request.blueprint in blueprints))
    return tuple(found)


def is_open(endpoint: str, actor: Actor) -> bool:
    """Tell whether the page exists and would let the actor in."""
    view = current_app.view_functions.get(endpoint)
    if view is None:
        return False
    needed = getattr(view, "permissions", ())
    return not needed or any(actor.may(permission) for permission in needed)
