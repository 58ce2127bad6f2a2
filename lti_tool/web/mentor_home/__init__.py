"""The mentor's start page."""

from lti_tool.web.mentor_home.views import bp

__all__ = ["bp"]
