"""SQLAlchemy rows (``...Record``): data and constraints; no queries, no addresses, no mail.

Every row of a tenant has the primary key (organization_id, id), and foreign keys carry the
organization along, so that a row of one tenant cannot even point at another's.
"""

from lti_tool.db import Base
from lti_tool.models import (
    audit,
    course,
    feedback,
    google,
    meetings,
    messages,
    outbox,
    pairings,
    people,
    registration,
)

__all__ = [
    "Base",
    "audit",
    "course",
    "feedback",
    "google",
    "meetings",
    "messages",
    "outbox",
    "pairings",
    "people",
    "registration",
]
