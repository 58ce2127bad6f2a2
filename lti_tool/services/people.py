"""Persons and the ways in which they are known; never merged by e-mail (decision 3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.keyring import Keyring, Purpose
from lti_tool.domain.ids import PersonId
from lti_tool.models.people import IdentityRecord, PersonRecord
from lti_tool.models.sealed import seal, unseal


class IdentityKind(StrEnum):
    """How a person is known."""

    lti = "lti"
    e_mail = "e-mail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A way in which a person is known; `namespace` is the registration id of an LTI subject."""

    kind: IdentityKind
    subject: str
    namespace: str = ""


def find(session: Session, organization_id: UUID, identity: Identity) -> PersonId | None:
    """Return the person known by `identity` in the organization, or nothing."""
    keyring: Keyring = session.info["keyring"]
    person_id = session.scalars(
        select(IdentityRecord.person_id).where(
            IdentityRecord.organization_id == organization_id,
            IdentityRecord.kind == identity.kind,
            IdentityRecord.namespace == identity.namespace,
            IdentityRecord.subject_digest.in_(digests(keyring, identity)),
        )
    ).first()
    return PersonId(person_id) if person_id else None


def find_many(
    session: Session, organization_id: UUID, identities: Iterable[Identity]
) -> dict[Identity, PersonId]:
    """Return who is known by which of the identities, with one statement."""
    keyring: Keyring = session.info["keyring"]
    wanted = {digest: each for each in identities for digest in digests(keyring, each)}
    rows = session.execute(
        select(IdentityRecord.subject_digest, IdentityRecord.person_id).where(
            IdentityRecord.organization_id == organization_id,
            IdentityRecord.subject_digest.in_(wanted),
        )
    )
    return {wanted[digest]: PersonId(person_id) for digest, person_id in rows}


def find_or_add(
    session: Session,
    organization_id: UUID,
    identity: Identity,
    *,
    name: str | None,
    now: datetime,
    is_test: bool = False,
) -> PersonId:
    """Return the person known by `identity`, adding one on first sight; keep the name current."""
    person_id = find(session, organization_id, identity)
    if person_id is None:
        return add(
            session, organization_id, identities=(identity,), name=name, now=now, is_test=is_test
        )
    if name:
        set_name(session, organization_id, person_id, name)
    return person_id


def add(
    session: Session,
    organization_id: UUID,
    *,
    identities: Iterable[Identity],
    name: str | None,
    now: datetime,
    is_test: bool = False,
) -> PersonId:
    """Add a person with the identities that are known of them."""
    row = PersonRecord(organization_id=organization_id, id=uuid4(), created_at=now, is_test=is_test)
    session.add(row)
    session.flush()
    for identity in identities:
        add_identity(session, organization_id, row.id, identity, now=now)
    if name:
        set_name(session, organization_id, PersonId(row.id), name)
    return PersonId(row.id)


def add_identity(
    session: Session, organization_id: UUID, person_id: UUID, identity: Identity, *, now: datetime
) -> None:
    """Add one more way in which a person is known; an act of staff, except for LTI subjects."""
    keyring: Keyring = session.info["keyring"]
    row_id = uuid4()
    session.add(
        IdentityRecord(
            organization_id=organization_id,
            id=row_id,
            person_id=person_id,
            kind=identity.kind,
            namespace=identity.namespace,
            subject_digest=digests(keyring, identity)[0],
            subject_sealed=seal(
                session,
                IdentityRecord.__tablename__,
                organization_id,
                row_id,
                "subject_sealed",
                identity.subject,
            ),
            created_at=now,
        )
    )
    session.flush()


def subject(
    session: Session,
    organization_id: UUID,
    person_id: UUID,
    kind: IdentityKind,
    namespace: str = "",
) -> str | None:
    """Return the readable subject by which a person is known, such as the e-mail address."""
    row = session.scalars(
        select(IdentityRecord)
        .where(
            IdentityRecord.organization_id == organization_id,
            IdentityRecord.person_id == person_id,
            IdentityRecord.kind == kind,
            IdentityRecord.namespace == namespace,
        )
        .order_by(IdentityRecord.created_at.desc())
    ).first()
    return unseal(session, row, "subject_sealed") if row else None


def set_name(session: Session, organization_id: UUID, person_id: PersonId, name: str) -> None:
    """Keep the person's name, sealed; writes only when it differs."""
    row = session.get_one(PersonRecord, (organization_id, person_id))
    if unseal(session, row, "display_name_sealed") != name:
        row.display_name_sealed = seal(
            session,
            PersonRecord.__tablename__,
            organization_id,
            person_id,
            "display_name_sealed",
            name,
        )


def lock(session: Session, organization_id: UUID, person_ids: Iterable[UUID]) -> None:
    """Lock person rows in a fixed order (decision 14).

    Every transaction that changes a gate or relies on one takes these locks first, so that a
    lapse and a showing of the link never pass each other. SQLite serializes by itself.
    """
    ids = sorted(set(person_ids))
    if ids:
        session.execute(
            select(PersonRecord.id)
            .where(PersonRecord.organization_id == organization_id, PersonRecord.id.in_(ids))
            .order_by(PersonRecord.id)
            .with_for_update()
        ).all()


def normalized_email(address: str) -> str:
    """Return the address as it is looked up: trimmed and in lower case."""
    return address.strip().casefold()


def email(address: str) -> Identity:
    """Return the identity of an e-mail address."""
    return Identity(kind=IdentityKind.e_mail, subject=normalized_email(address))


def lti(registration_id: UUID, subject: str) -> Identity:
    """Return the identity of an LTI user; `sub` is unique per registration only."""
    return Identity(kind=IdentityKind.lti, namespace=str(registration_id), subject=subject)


def digests(keyring: Keyring, identity: Identity) -> tuple[bytes, ...]:
    """Return what a person known by `identity` may be stored under, the current key's first."""
    return keyring.digests(
        Purpose.lookup, f"{identity.kind}|{identity.namespace}|{identity.subject}"
    )
