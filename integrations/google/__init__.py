"""Google Workspace: Meet, Calendar and Forms behind one client module."""
