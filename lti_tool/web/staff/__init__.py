"""The confirmed staff roster."""

from lti_tool.web.staff.views import bp

__all__ = ["bp"]
