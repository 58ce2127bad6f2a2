"""Pairings: proposing them, agreeing on objectives, activating and ending them."""

from lti_tool.web.pairings.views import bp

__all__ = ["bp"]
