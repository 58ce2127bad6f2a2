"""Meetings: opening slots, the page of a meeting, the door, the minutes."""

from lti_tool.web.meetings import live, minutes, views
from lti_tool.web.meetings.blueprint import bp

__all__ = ["bp", "live", "minutes", "views"]
