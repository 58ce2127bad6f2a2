"""What a query says when something is not there, or not for the person who asks."""


class NotFoundError(Exception):
    """Nothing of that id lies within the actor's organization, school or course."""


class ChangedMeanwhileError(Exception):
    """Somebody changed it after the form was opened; nothing of the form was stored."""
