"""Names of people for pages: the name staff or the LMS gave, or a stable pseudonym."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.models.people import PersonRecord
from lti_tool.models.sealed import unseal_value

PLANTS = (
    "Alder", "Aster", "Birch", "Cedar", "Clover", "Fern", "Hazel", "Heather", "Holly", "Iris",
    "Ivy", "Juniper", "Laurel", "Lily", "Linden", "Maple", "Myrtle", "Olive", "Pine", "Reed",
    "Rowan", "Sage", "Sorrel", "Spruce", "Tulip", "Violet", "Willow", "Yarrow",
)  # fmt: skip


def pseudonym(person_id: UUID) -> str:
    """Return a stable, friendly name for a person whose name we do not know."""
    number = person_id.int
    return f"{PLANTS[number % len(PLANTS)]} {number // len(PLANTS) % 900 + 100}"


def names(session: Session, organization_id: UUID, person_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return a name for each person of the organization, with one statement."""
    wanted = set(person_ids)
    if not wanted:
        return {}
    rows = session.execute(
        select(PersonRecord.id, PersonRecord.display_name_sealed).where(
            PersonRecord.organization_id == organization_id, PersonRecord.id.in_(wanted)
        )
    ).all()
    return {
        person_id: name(session, organization_id, person_id, sealed) for person_id, sealed in rows
    }


def name(session: Session, organization_id: UUID, person_id: UUID, sealed: bytes | None) -> str:
    """Return the name in a `display_name_sealed` that was selected already, or the pseudonym."""
    if sealed is None:
        return pseudonym(person_id)
    return unseal_value(
        session, "people", organization_id, person_id, "display_name_sealed", sealed
    )
