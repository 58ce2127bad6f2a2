"""The Career Mentoring LTI tool: rules, data, use cases and pages."""

__version__ = "0.1.0"
