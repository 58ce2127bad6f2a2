"""The composition root: the only place that names adapters."""

from lti_tool.bootstrap.workshop import Ports, Workshop, build_workshop

__all__ = ["Ports", "Workshop", "build_workshop"]
