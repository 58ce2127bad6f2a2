"""LTI at the door: login, launch, exchange, key set, and the way back from choosing content."""

from lti_tool.web.launch.views import bp

__all__ = ["bp"]
