"""Mentors: adding them, and the clearance, training and agreement that open the gate."""

from lti_tool.web.mentors import gate
from lti_tool.web.mentors.views import bp

__all__ = ["bp", "gate"]
