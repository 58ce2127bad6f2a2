"""Signing in outside the LMS, and the browsers in which somebody stays signed in."""

from lti_tool.web.sign_in.views import bp

__all__ = ["bp"]
