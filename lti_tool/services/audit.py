"""The audit log: who did what to whom and when; append-only, erasable, tamper-evident.

Lines are written in the transaction of the act. `chain` links them shortly afterwards, so that
two hundred launches a minute need not wait for each other's place in the chain, and signs the
head with a key outside the database.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.keyring import Keyring, Purpose
from lti_tool.domain import audit as rules
from lti_tool.domain.audit import GENESIS
from lti_tool.models.audit import AuditRecord, AuditSealRecord
from lti_tool.models.people import OrganizationRecord
from lti_tool.models.sealed import seal

CHAINED_WITHIN = timedelta(hours=1)
"""Older lines outside the chain mean that the beat stood still, or that somebody cut them out."""


def write(
    session: Session,
    *,
    organization_id: UUID,
    actor_id: UUID | None,
    action: str,
    subject_kind: str,
    subject_id: UUID,
    now: datetime,
    payload: Mapping[str, str] | None = None,
) -> None:
    """Put an act on record; names and free text belong in `payload`, which can be erased."""
    body = json.dumps(dict(payload or {}), sort_keys=True)
    salt, row_id = os.urandom(rules.SALT_BYTES_MIN), uuid4()
    session.add(
        AuditRecord(
            organization_id=organization_id,
            id=row_id,
            at=now,
            actor_id=actor_id,
            action=action,
            subject_kind=subject_kind,
            subject_id=subject_id,
            payload_digest=rules.payload_digest(salt, body.encode()),
            payload_sealed=seal(
                session, AuditRecord.__tablename__, organization_id, row_id, "payload_sealed", body
            ),
            salt=salt,
        )
    )


def chain(session: Session, keyring: Keyring, *, organization_id: UUID, now: datetime) -> int:
    """Link all lines that are not yet in the chain and sign its head; return how many.

    The organization's row is the lock: chains of different organizations do not meet.
    """
    session.get_one(OrganizationRecord, organization_id, with_for_update=True)
    waiting = session.scalars(
        select(AuditRecord)
        .where(AuditRecord.organization_id == organization_id, AuditRecord.sequence.is_(None))
        .order_by(AuditRecord.at, AuditRecord.id)
    ).all()
    if not waiting:
        return 0
    sequence, previous = head(session, organization_id)
    for line in waiting:
        sequence += 1
        line.sequence, line.link = sequence, link(previous, line, sequence)
        previous = line.link
    session.add(
        AuditSealRecord(
            organization_id=organization_id,
            id=uuid4(),
            sequence=sequence,
            link=previous,
            sealed_at=now,
            seal=keyring.digest(Purpose.seals, _head_text(organization_id, sequence, previous)),
        )
    )
    return len(waiting)


def link(previous: bytes, line: AuditRecord, sequence: int) -> bytes:
    """Return the hash that ties a line to the one before it."""
    text = "|".join(
        (
            str(line.organization_id),
            str(line.id),
            line.at.isoformat(),
            str(line.actor_id),
            line.action,
            line.subject_kind,
            str(line.subject_id),
            line.payload_digest.hex(),
        )
    )
    digest = hashlib.sha256(text.encode()).digest()
    return rules.link(previous, line_digest=digest, sequence=sequence)


def verify(
    session: Session,
    keyring: Keyring,
    *,
    organization_id: UUID,
    now: datetime,
    known_head: tuple[int, bytes] | None = None,
) -> tuple[str, ...]:
    """Return what is wrong with the chain; nothing means that it holds.

    Somebody who can write the whole database could cut off its end together with the seals; what
    shows that is a head the school kept elsewhere: `known_head`, sequence and link.
    """
    faults: list[str] = []
    late = session.scalar(
        select(func.count())
        .select_from(AuditRecord)
        .where(
            AuditRecord.organization_id == organization_id,
            AuditRecord.sequence.is_(None),
            AuditRecord.at < now - CHAINED_WITHIN,
        )
    )
    if late:
        faults.append(f"{late} lines were not chained in time")
    previous, expected = GENESIS, 0
    links: dict[int, bytes] = {}
    for line in session.scalars(
        select(AuditRecord)
        .where(AuditRecord.organization_id == organization_id, AuditRecord.sequence.is_not(None))
        .order_by(AuditRecord.sequence)
    ):
        expected += 1
        if line.sequence != expected or line.link != link(previous, line, expected):
            faults.append(f"line {expected} does not follow from the one before it")
            break
        links[expected] = previous = line.link
    seals = session.scalars(
        select(AuditSealRecord).where(AuditSealRecord.organization_id == organization_id)
    ).all()
    for row in seals:
        text = _head_text(organization_id, row.sequence, row.link)
        if row.seal not in keyring.digests(Purpose.seals, text):
            faults.append(f"the seal at line {row.sequence} was not made with our key")
        elif links.get(row.sequence) != row.link:
            faults.append(f"the chain differs from what was sealed at line {row.sequence}")
    if expected and max((row.sequence for row in seals), default=0) < expected:
        faults.append("the end of the chain is not sealed")
    if known_head is not None and links.get(known_head[0]) != known_head[1]:
        faults.append(f"line {known_head[0]} is not the one whose head was kept outside")
    return tuple(faults)


def head(session: Session, organization_id: UUID) -> tuple[int, bytes]:
    """Return sequence and link of the newest chained line, for the school to keep elsewhere."""
    sequence = session.scalar(
        select(func.max(AuditRecord.sequence)).where(AuditRecord.organization_id == organization_id)
    )
    if sequence is None:
        return 0, GENESIS
    newest = session.scalars(
        select(AuditRecord.link).where(
            AuditRecord.organization_id == organization_id, AuditRecord.sequence == sequence
        )
    ).one()
    return sequence, newest or GENESIS


def _head_text(organization_id: UUID, sequence: int, head: bytes) -> str:
    return f"{organization_id}|{sequence}|{head.hex()}"
