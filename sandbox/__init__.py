"""Stand-ins for an LMS and for Google, reached over HTTP only; never part of production.

Nothing of the tool imports this package, and it imports nothing of the tool.
"""
