"""The mailbox of the demo: every mail that was written to a file."""

from lti_tool.web.demo_mail.views import bp

__all__ = ["bp"]
