"""An organization's connection to Google: its service account, and staff addresses to act as."""

import json
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_tool.db import Database
from lti_tool.models.course import ProgramRecord
from lti_tool.models.google import GoogleConnectionRecord
from lti_tool.models.meetings import MeetingRecord
from lti_tool.models.outbox import PromiseRecord
from lti_tool.models.pairings import PairingRecord
from lti_tool.models.people import StaffRecord
from lti_tool.models.sealed import seal, unseal
from lti_tool.ports.errors import NotAuthorizedError
from lti_tool.ports.google import Account
from lti_tool.services import audit

KEY_FIELDS = frozenset({"client_email", "private_key", "token_uri"})


class KeyFileError(Exception):
    """The key file is not that of a service account; the message says what is missing."""


class StoredKeys:
    """Give the adapters the keys that organizations have connected."""

    def __init__(self, database: Database) -> None:
        """Read from `database`, each time anew: a replaced key counts at once."""
        self._database = database

    def service_account(self, organization_id: UUID) -> dict[str, str]:
        """Return the parsed key file.

        :raises NotAuthorizedError: if the organization has not connected Google
        """
        with self._database.reading() as session:
            row = session.get(GoogleConnectionRecord, (organization_id, organization_id))
            text = unseal(session, row, "service_account_sealed") if row else None
        if text is None:
            raise NotAuthorizedError("Connect Google: `career-mentoring google connect`.")
        key: dict[str, str] = json.loads(text)
        return key


def connect(
    session: Session,
    *,
    organization_id: UUID,
    domain: str,
    key_text: str,
    actor_id: UUID | None,
    now: datetime,
) -> None:
    """Store the service account of the organization, replacing an earlier one.

    :raises KeyFileError: if the text is not a service account's key file
    """
    try:
        key = json.loads(key_text)
    except json.JSONDecodeError as error:
        raise KeyFileError("The file is not JSON.") from error
    missing = sorted(KEY_FIELDS - set(key)) if isinstance(key, dict) else sorted(KEY_FIELDS)
    if missing:
        raise KeyFileError(f"The file lacks {', '.join(missing)}.")
    sealed = seal(
        session,
        GoogleConnectionRecord.__tablename__,
        organization_id,
        organization_id,
        "service_account_sealed",
        json.dumps(key),
    )
    row = session.get(GoogleConnectionRecord, (organization_id, organization_id))
    if row is None:
        row = GoogleConnectionRecord(
            organization_id=organization_id,
            id=organization_id,
            domain=domain.strip().lower(),
            service_account_sealed=sealed,
            connected_at=now,
        )
        session.add(row)
    else:
        row.domain, row.service_account_sealed = domain.strip().lower(), sealed
        row.connected_at = now
    _go_on(session, organization_id, now)
    audit.write(
        session,
        organization_id=organization_id,
        actor_id=actor_id,
        action="google-connected",
        subject_kind="organization",
        subject_id=organization_id,
        now=now,
        payload={"domain": row.domain},
    )


def _go_on(session: Session, organization_id: UUID, now: datetime) -> None:
    """Have what waited for a good credential tried at once."""
    session.execute(
        update(PromiseRecord)
        .where(
            PromiseRecord.organization_id == organization_id,
            PromiseRecord.error_code == NotAuthorizedError.code,
            PromiseRecord.is_open,
        )
        .values(due_at=now)
        .execution_options(synchronize_session=False)
    )


def domain_of(session: Session, organization_id: UUID) -> str | None:
    """Return the Workspace domain that the organization connected, or nothing."""
    row = session.get(GoogleConnectionRecord, (organization_id, organization_id))
    return row.domain if row else None


def account_of(
    session: Session, organization_id: UUID, school_id: UUID, person_id: UUID
) -> Account | None:
    """Return the account in which a staff member's rooms and events lie.

    Subjects come from the confirmed roster and the connected domain only (decision 22). Somebody
    who left the roster keeps the account of the rooms they own, so that a call can still be ended.
    """
    domain = domain_of(session, organization_id)
    row = session.scalars(
        select(StaffRecord).where(
            StaffRecord.organization_id == organization_id,
            StaffRecord.school_id == school_id,
            StaffRecord.person_id == person_id,
        )
    ).first()
    address = unseal(session, row, "google_address_sealed") if row else None
    if domain is None or address is None or not address.lower().endswith(f"@{domain}"):
        return None
    return Account(organization_id=organization_id, owner=address.lower())


def staff_accounts(session: Session, organization_id: UUID) -> tuple[Account, ...]:
    """Return the accounts of everybody on the rosters whose address was given."""
    rows = session.scalars(
        select(StaffRecord).where(
            StaffRecord.organization_id == organization_id, StaffRecord.removed_at.is_(None)
        )
    )
    addresses = {unseal(session, row, "google_address_sealed") for row in rows}
    return tuple(
        Account(organization_id=organization_id, owner=address.lower())
        for address in sorted(address for address in addresses if address)
    )


def host_account(session: Session, meeting: MeetingRecord) -> Account | None:
    """Return the account that owns the room and the event of a meeting, or nothing without one."""
    school_id = _school_of(session, meeting)
    host_id = meeting.host_id or meeting.supervisor_id
    return account_of(session, meeting.organization_id, school_id, host_id)


def staff_addresses(session: Session, meeting: MeetingRecord) -> dict[UUID, str]:
    """Return the addresses of supervisor and backup in the connected domain, as far as known.

    An address elsewhere, such as a private one, never becomes a co-host or a guest (decision 22).
    """
    domain = domain_of(session, meeting.organization_id)
    rows = session.scalars(
        select(StaffRecord).where(
            StaffRecord.organization_id == meeting.organization_id,
            StaffRecord.school_id == _school_of(session, meeting),
            StaffRecord.person_id.in_((meeting.supervisor_id, meeting.backup_id)),
            StaffRecord.removed_at.is_(None),
        )
    )
    found = {row.person_id: unseal(session, row, "google_address_sealed") for row in rows}
    return {
        person_id: address.lower()
        for person_id, address in found.items()
        if address and address.lower().endswith(f"@{domain}")
    }


def _school_of(session: Session, meeting: MeetingRecord) -> UUID:
    return session.scalars(
        select(ProgramRecord.school_id)
        .join(
            PairingRecord,
            (PairingRecord.organization_id == ProgramRecord.organization_id)
            & (PairingRecord.program_id == ProgramRecord.id),
        )
        .where(
            PairingRecord.organization_id == meeting.organization_id,
            PairingRecord.id == meeting.pairing_id,
        )
    ).one()
