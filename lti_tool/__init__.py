"""The Career Mentoring LTI tool: rules, data, use cases and pages."""
