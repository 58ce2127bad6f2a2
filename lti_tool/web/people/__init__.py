"""The course roster as the LMS tells it."""

from lti_tool.web.people.views import bp

__all__ = ["bp"]
