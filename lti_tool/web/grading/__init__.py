"""Grading: what came in, read and graded, and on its way to the gradebook."""

from lti_tool.web.grading.views import bp

__all__ = ["bp"]
