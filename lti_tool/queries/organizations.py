"""Organizations as a whole; the only reads that are not scoped to one."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.models.people import OrganizationRecord


def all_ids(session: Session) -> tuple[UUID, ...]:
    """Return the id of every organization, for work that goes round them all."""
    return tuple(session.scalars(select(OrganizationRecord.id)))
