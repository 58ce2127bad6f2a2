"""What families allow, as staff record it."""

from lti_tool.web.consent.views import bp

__all__ = ["bp"]
