"""Sealed columns: authenticated with organization, table, row and column (decision 17).

Envelope encryption: every organization has a data key, wrapped by the keyring. A sealed value
copied to another row, column or tenant does not open.
"""

import os
from functools import lru_cache
from typing import cast
from uuid import UUID

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from config.keyring import KEY_BYTES, Keyring, Purpose, close, unclose
from lti_tool.db import TenantRow
from lti_tool.models.people import OrganizationRecord


def new_data_key(keyring: Keyring, organization_id: UUID) -> bytes:
    """Return a fresh data key for the organization, wrapped."""
    place = f"organizations/{organization_id}/data_key"
    return keyring.seal(Purpose.data, os.urandom(KEY_BYTES), place=place)


def seal(
    session: Session, table: str, organization_id: UUID, row_id: UUID, column: str, text: str
) -> bytes:
    """Encrypt `text` for one column of one row."""
    place = f"{table}/{organization_id}/{row_id}/{column}"
    return close(_data_key(session, organization_id), text.encode(), place=place)


def unseal(session: Session, row: TenantRow, column: str) -> str | None:
    """Return the text of a sealed column of `row`, or nothing when it is empty or erased."""
    sealed = cast("bytes | None", getattr(row, column))
    if sealed is None:
        return None
    table = inspect(type(row)).local_table.name
    return unseal_value(session, table, row.organization_id, row.id, column, sealed)


def unseal_value(
    session: Session, table: str, organization_id: UUID, row_id: UUID, column: str, sealed: bytes
) -> str:
    """Return the text of a sealed value that was selected without its row."""
    place = f"{table}/{organization_id}/{row_id}/{column}"
    return unclose(_data_key(session, organization_id), sealed, place=place).decode()


def _data_key(session: Session, organization_id: UUID) -> bytes:
    cached = session.info.setdefault("data keys", {})
    if organization_id not in cached:
        wrapped = session.scalars(
            select(OrganizationRecord.data_key_sealed).where(
                OrganizationRecord.id == organization_id
            )
        ).one()
        cached[organization_id] = _unwrap(session.info["keyring"], organization_id, wrapped)
    return cast("bytes", cached[organization_id])


@lru_cache(maxsize=256)
def _unwrap(keyring: Keyring, organization_id: UUID, wrapped: bytes) -> bytes:
    place = f"organizations/{organization_id}/data_key"
    return keyring.open(Purpose.data, wrapped, place=place)
