"""Organizations as a whole; the only reads that are not scoped to one."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.models.people import OrganizationRecord


def all_ids(session: Session) -> tuple[UUID, ...]:
    """Return the id of every organization, for work that goes round them all."""
    return tuple(session.scalars(select(OrganizationRecord.id)))


def find(session: Session, name_or_id: str) -> UUID | None:
    """Return the organization of that id or exact name, or nothing."""
    rows = session.execute(select(OrganizationRecord.id, OrganizationRecord.name)).all()
    wanted = name_or_id.strip().casefold()
    found = [row.id for row in rows if wanted in {str(row.id), row.name.casefold()}]
    return found[0] if len(found) == 1 else None
