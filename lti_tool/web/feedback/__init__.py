"""Asking how a meeting was, answering, and what staff read of it."""

from lti_tool.web.feedback.views import bp

__all__ = ["bp"]
