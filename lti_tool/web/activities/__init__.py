"""Activities in the course: chosen by the teacher, done by the students."""

from lti_tool.web.activities.views import bp

__all__ = ["bp"]
