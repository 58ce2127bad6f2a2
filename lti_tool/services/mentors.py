"""Mentors of a school: adults from outside whom staff add, and what staff keep of them."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.domain.errors import DomainError, Obstacle
from lti_tool.domain.ids import PersonId
from lti_tool.models.pairings import MentorRecord
from lti_tool.queries.errors import NotFoundError
from lti_tool.services import audit, people

_GOOGLE_USER = re.compile(r"users/\d{1,40}")


class MentorCode(StrEnum):
    """Why a mentor cannot be added or changed."""

    address_taken = "mentor-address-belongs-to-another-person"
    google_user_malformed = "google-user-malformed"


class MentorRefusedError(DomainError):
    """The mentor cannot be kept like this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MentorDetails:
    """What staff keep of a mentor beside the gate.

    :raises MentorRefusedError: if the Google user is not one as Meet reports it
    """

    name: str
    employer: str
    occupation: str
    google_user: str | None = None

    def __post_init__(self) -> None:
        """Refuse a Google user that could never be recognized in a call."""
        if self.google_user is not None and not _GOOGLE_USER.fullmatch(self.google_user):
            raise MentorRefusedError(
                Obstacle(
                    code=MentorCode.google_user_malformed,
                    remedy="Enter the Google user as users/ and digits, or leave it empty.",
                )
            )


def add(
    session: Session,
    details: MentorDetails,
    *,
    e_mail: str,
    organization_id: UUID,
    school_id: UUID,
    actor_id: UUID,
    now: datetime,
) -> UUID:
    """Add a mentor known by an e-mail address; the same form sent twice adds nobody twice.

    :raises MentorRefusedError: if the address belongs to somebody who is no mentor of the school
    """
    identity = people.email(e_mail)
    known = people.find(session, organization_id, identity)
    if known is not None:
        row = session.get(MentorRecord, (organization_id, known))
        if row is None or row.school_id != school_id:
            remedy = "Enter another address; this one is on record for another person."
            raise MentorRefusedError(Obstacle(code=MentorCode.address_taken, remedy=remedy))
        return known
    person_id = people.add(
        session, organization_id, identities=(identity,), name=details.name, now=now
    )
    session.add(
        MentorRecord(
            organization_id=organization_id,
            id=person_id,
            school_id=school_id,
            employer=details.employer,
            occupation=details.occupation,
            added_by=actor_id,
            added_at=now,
            google_user=details.google_user,
        )
    )
    session.flush()
    _write(session, organization_id, person_id, "mentor-added", actor_id, now, details)
    return person_id


def change(
    session: Session,
    details: MentorDetails,
    *,
    organization_id: UUID,
    school_id: UUID,
    person_id: UUID,
    actor_id: UUID,
    now: datetime,
) -> None:
    """Change what is kept of a mentor.

    :raises NotFoundError: if the school has no such mentor
    """
    row = of_school(session, organization_id, school_id, person_id)
    row.employer, row.occupation = details.employer, details.occupation
    row.google_user = details.google_user
    people.set_name(session, organization_id, PersonId(person_id), details.name)
    session.flush()
    _write(session, organization_id, person_id, "mentor-changed", actor_id, now, details)


def of_school(
    session: Session, organization_id: UUID, school_id: UUID, person_id: UUID
) -> MentorRecord:
    """Return the mentor's row, locked with the person.

    :raises NotFoundError: if the school has no such mentor
    """
    people.lock(session, organization_id, [person_id])
    row = session.get(MentorRecord, (organization_id, person_id))
    if row is None or row.school_id != school_id:
        raise NotFoundError
    return row


def _write(
    session: Session,
    organization_id: UUID,
    person_id: UUID,
    action: str,
    actor_id: UUID,
    now: datetime,
    details: MentorDetails,
) -> None:
    audit.write(
        session,
        organization_id=organization_id,
        actor_id=actor_id,
        action=action,
        subject_kind="person",
        subject_id=person_id,
        now=now,
        payload={"name": details.name, "employer": details.employer},
    )
