"""Setting up a year of mentoring, and changing it."""

from lti_tool.web.program.views import bp

__all__ = ["bp"]
