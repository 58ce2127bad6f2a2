"""What promises are called on the page: plain words, and whom nobody is named."""

TASKS = {
    "mail.send": "Send a mail",
    "meeting.room": "Make the room of a meeting",
    "meeting.members": "Read who may open a room",
    "meeting.cohost": "Let the backup open a room",
    "meeting.unseat": "Take somebody off a room",
    "meeting.verify": "Read a room back",
    "meeting.calendar": "Make a calendar",
    "meeting.event": "Keep a calendar event",
    "meeting.end-call": "End a call",
    "presence.calls": "Read the calls of a meeting",
    "presence.participants": "Read who was in a call",
    "presence.sessions": "Read when somebody was in a call",
    "feedback.create": "Make a feedback form",
    "feedback.fill": "Write the questions of a form",
    "feedback.check": "Read a form back",
    "feedback.publish": "Publish a form",
    "feedback.share": "Open a form to those asked",
    "feedback.collect": "Collect answers",
    "grading.score": "Send a score to the gradebook",
    "roster": "Fetch a course roster",
}


def task_name(topic: str) -> str:
    """Return a topic in plain words; an unknown one as it is called inside."""
    return TASKS.get(topic, topic.replace(".", ": ").replace("-", " ").capitalize())
