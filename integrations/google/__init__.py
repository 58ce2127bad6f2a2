"""Google Workspace: Meet, Calendar and Forms behind one client module."""

from integrations.google._client import GoogleClient

__all__ = ["GoogleClient"]
