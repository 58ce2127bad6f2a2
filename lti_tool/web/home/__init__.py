"""The start page: what needs this person now."""

from lti_tool.web.home.views import bp

__all__ = ["bp"]
