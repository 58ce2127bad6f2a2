"""Is it connected, is it healthy, what is stuck."""

from lti_tool.web.operations.views import bp

__all__ = ["bp"]
