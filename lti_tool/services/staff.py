"""The confirmed staff roster: who may supervise, and the only source of Google subjects.

Only a coordinator's confirmation puts somebody on it (decisions 4 and 22). The address on the
roster is also the one to which a staff member's sign-in code goes.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lti_tool.domain.errors import DomainError, Obstacle
from lti_tool.domain.ids import PersonId
from lti_tool.domain.roles import StaffRole
from lti_tool.models.course import CourseRecord, MembershipRecord
from lti_tool.models.people import IdentityRecord, StaffRecord
from lti_tool.models.sealed import seal, unseal
from lti_tool.queries.errors import NotFoundError
from lti_tool.services import audit, lapses, messages, people

TEACHING = ("teacher", "teaching-assistant")
REMOVED = "supervisor_lapsed"
_GOOGLE_USER = re.compile(r"users/\d{1,40}")


class StaffCode(StrEnum):
    """Why somebody cannot be put on the staff roster."""

    address_taken = "staff-address-belongs-to-another-person"
    google_user_malformed = "staff-google-user-malformed"


class StaffRefusedError(DomainError):
    """The roster cannot hold this line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffLine:
    """What the coordinator confirms about one member of staff.

    :raises StaffRefusedError: if the Google user is not one as Meet reports it
    """

    staff_role: StaffRole
    google_address: str | None
    google_user: str | None = None
    name: str | None = None

    def __post_init__(self) -> None:
        """Refuse a Google user that could never be recognized in a call."""
        if self.google_user is not None and not _GOOGLE_USER.fullmatch(self.google_user):
            remedy = "Enter the Google user as users/ and digits, or leave it empty."
            raise StaffRefusedError(Obstacle(code=StaffCode.google_user_malformed, remedy=remedy))


def confirm(
    session: Session,
    line: StaffLine,
    *,
    person_id: UUID,
    organization_id: UUID,
    school_id: UUID,
    actor_id: UUID,
    now: datetime,
) -> None:
    """Confirm a teacher of one of the school's courses, or somebody who was on the roster.

    :raises NotFoundError: if the school knows no such teacher or staff member
    :raises StaffRefusedError: if the address belongs to another person
    """
    people.lock(session, organization_id, [person_id])
    row = _row(session, organization_id, school_id, person_id)
    if row is None and not _teaches(session, organization_id, school_id, person_id):
        raise NotFoundError
    _confirm(session, line, row, person_id, organization_id, school_id, actor_id, now)


def confirm_outsider(
    session: Session,
    line: StaffLine,
    *,
    organization_id: UUID,
    school_id: UUID,
    actor_id: UUID,
    now: datetime,
) -> UUID:
    """Confirm somebody who is in no course, such as a counselor, known by address.

    :raises StaffRefusedError: if the address belongs to somebody who is not on this roster
    """
    identity = people.email(line.google_address or "")
    known = people.find(session, organization_id, identity)
    if known is None:
        known = people.add(session, organization_id, identities=(), name=line.name, now=now)
        row = None
    else:
        people.lock(session, organization_id, [known])
        row = _row(session, organization_id, school_id, known)
        if row is None:
            raise _address_taken()
    _confirm(session, line, row, known, organization_id, school_id, actor_id, now)
    return known


def remove(
    session: Session,
    *,
    person_id: UUID,
    organization_id: UUID,
    school_id: UUID,
    actor_id: UUID,
    now: datetime,
) -> None:
    """Take somebody off the roster; meetings they supervise go on hold at once (S2).

    :raises NotFoundError: if the person is not on the school's roster
    """
    people.lock(session, organization_id, [person_id])
    row = _row(session, organization_id, school_id, person_id)
    if row is None:
        raise NotFoundError
    if row.removed_at is not None:
        return
    row.removed_at = now
    session.flush()
    _write(session, "staff-removed", organization_id, person_id, actor_id, now, {})
    messages.notify_staff(
        session,
        organization_id=organization_id,
        school_id=school_id,
        code=REMOVED,
        subject_kind="person",
        subject_id=person_id,
        now=now,
    )
    lapses.reassess(session, organization_id=organization_id, person_ids={person_id}, now=now)


def _confirm(
    session: Session,
    line: StaffLine,
    row: StaffRecord | None,
    person_id: UUID,
    organization_id: UUID,
    school_id: UUID,
    actor_id: UUID,
    now: datetime,
) -> None:
    if row is None:
        row = StaffRecord(
            organization_id=organization_id,
            id=uuid4(),
            person_id=person_id,
            school_id=school_id,
            staff_role=line.staff_role,
            confirmed_by=actor_id,
            confirmed_at=now,
        )
        session.add(row)
    _keep_address(session, row, line.google_address, now=now)
    row.staff_role, row.google_user = line.staff_role, line.google_user
    row.confirmed_by, row.confirmed_at, row.removed_at = actor_id, now, None
    if line.name:
        people.set_name(session, organization_id, PersonId(person_id), line.name)
    session.flush()
    payload = {"staff_role": str(line.staff_role), "address": line.google_address or ""}
    _write(session, "staff-confirmed", organization_id, person_id, actor_id, now, payload)
    messages.settle_matter(
        session, organization_id=organization_id, code=REMOVED, subject_id=person_id, now=now
    )
    lapses.reassess(session, organization_id=organization_id, person_ids={person_id}, now=now)


def _keep_address(
    session: Session, row: StaffRecord, address: str | None, *, now: datetime
) -> None:
    """Keep the address on the roster and as the way to sign in; an older one opens nothing."""
    organization_id, person_id = row.organization_id, row.person_id
    before = unseal(session, row, "google_address_sealed")
    wanted = people.normalized_email(address) if address else None
    if before == wanted:
        return
    if before is not None:
        session.execute(
            delete(IdentityRecord).where(
                IdentityRecord.organization_id == organization_id,
                IdentityRecord.person_id == person_id,
                IdentityRecord.kind == people.IdentityKind.e_mail,
            )
        )
    row.google_address_sealed = None
    if wanted is None:
        return
    identity = people.email(wanted)
    holder = people.find(session, organization_id, identity)
    if holder is None:
        people.add_identity(session, organization_id, person_id, identity, now=now)
    elif holder != person_id:
        raise _address_taken()
    row.google_address_sealed = seal(
        session, StaffRecord.__tablename__, organization_id, row.id, "google_address_sealed", wanted
    )


def _address_taken() -> StaffRefusedError:
    remedy = "Enter another address; this one is on record for another person."
    return StaffRefusedError(Obstacle(code=StaffCode.address_taken, remedy=remedy))


def _row(
    session: Session, organization_id: UUID, school_id: UUID, person_id: UUID
) -> StaffRecord | None:
    return session.scalars(
        select(StaffRecord).where(
            StaffRecord.organization_id == organization_id,
            StaffRecord.school_id == school_id,
            StaffRecord.person_id == person_id,
        )
    ).one_or_none()


def _teaches(session: Session, organization_id: UUID, school_id: UUID, person_id: UUID) -> bool:
    return (
        session.scalars(
            select(MembershipRecord.id)
            .join(
                CourseRecord,
                (CourseRecord.organization_id == MembershipRecord.organization_id)
                & (CourseRecord.id == MembershipRecord.course_id),
            )
            .where(
                MembershipRecord.organization_id == organization_id,
                MembershipRecord.person_id == person_id,
                MembershipRecord.role.in_(TEACHING),
                MembershipRecord.left_at.is_(None),
                CourseRecord.school_id == school_id,
            )
        ).first()
        is not None
    )


def _write(
    session: Session,
    action: str,
    organization_id: UUID,
    person_id: UUID,
    actor_id: UUID,
    now: datetime,
    payload: dict[str, str],
) -> None:
    audit.write(
        session,
        organization_id=organization_id,
        actor_id=actor_id,
        action=action,
        subject_kind="person",
        subject_id=person_id,
        now=now,
        payload=payload,
    )
