"""How a person stays signed in: a tab in the LMS frame, or a first-party session.

Tokens are random, given out once and stored as keyed hashes. A tab begins with a one-time launch
code that the frame's script exchanges, with the browser's proof, for a token that lives in that
tab only (decision 7).
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from config.keyring import Keyring, Purpose
from lti_tool.models.people import SignInRecord
from lti_tool.models.sealed import seal

CODE_LIFETIME = timedelta(minutes=2)
TAB_IDLE = timedelta(minutes=90)
FIRST_PARTY_IDLE = timedelta(days=30)
TOUCH_EVERY = timedelta(minutes=5)
TOKEN_BYTES = 32


class SignInKind(StrEnum):
    """The two kinds of sign-in."""

    tab = "tab"
    first_party = "first-party"


class ExchangeRefusedError(Exception):
    """The launch code is unknown, used or too old, or the browser did not prove itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """What a launch has proven, to be bound to the tab's token."""

    organization_id: UUID
    school_id: UUID
    person_id: UUID
    deployment_id: UUID
    course_id: UUID
    resource_link_id: UUID | None
    course_role: str
    masquerading_person_id: UUID | None
    landing_path: str
    deep_linking: str | None
    """JSON of the deep-linking settings, when the launch is a deep-linking request."""


def open_tab(session: Session, tab: Tab, *, browser_proof: str | None, now: datetime) -> str:
    """Store a tab and return its one-time launch code.

    `browser_proof` is what the browser must still show with the code; empty when its cookie has
    proved it already.
    """
    keyring = _keyring(session)
    code, row_id = secrets.token_urlsafe(TOKEN_BYTES), uuid4()
    row = SignInRecord(
        id=row_id,
        kind=SignInKind.tab,
        organization_id=tab.organization_id,
        school_id=tab.school_id,
        person_id=tab.person_id,
        created_at=now,
        authenticated_at=now,
        last_seen_at=now,
        code_digest=_digest(keyring, code),
        code_expires_at=now + CODE_LIFETIME,
        browser_proof_digest=_digest(keyring, browser_proof) if browser_proof else None,
        deployment_id=tab.deployment_id,
        course_id=tab.course_id,
        resource_link_id=tab.resource_link_id,
        course_role=tab.course_role,
        masquerading_person_id=tab.masquerading_person_id,
        landing_path=tab.landing_path,
    )
    if tab.deep_linking is not None:
        row.deep_linking_sealed = seal(
            session,
            SignInRecord.__tablename__,
            tab.organization_id,
            row_id,
            "deep_linking_sealed",
            tab.deep_linking,
        )
    session.add(row)
    return code


def exchange(
    session: Session, code: str, *, browser_proof: str | None, now: datetime
) -> tuple[str, str]:
    """Exchange a launch code for a tab token, once; return the token and the landing path.

    :raises ExchangeRefusedError: if the code is not good, or the proof is not the browser's
    """
    keyring = _keyring(session)
    row = session.scalars(
        select(SignInRecord)
        .where(SignInRecord.code_digest.in_(keyring.digests(Purpose.links, code)))
        .with_for_update()
    ).one_or_none()
    if row is None or row.code_expires_at is None or row.code_expires_at <= now:
        raise ExchangeRefusedError
    if row.browser_proof_digest is not None and not (
        browser_proof and row.browser_proof_digest in keyring.digests(Purpose.links, browser_proof)
    ):
        raise ExchangeRefusedError
    token = secrets.token_urlsafe(TOKEN_BYTES)
    row.code_digest = row.code_expires_at = row.browser_proof_digest = None
    row.token_digest = _digest(keyring, token)
    return token, row.landing_path


def open_first_party(
    session: Session,
    *,
    organization_id: UUID,
    school_id: UUID,
    person_id: UUID,
    now: datetime,
) -> str:
    """Sign a person in outside the LMS and return the token for the cookie."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    session.add(
        SignInRecord(
            id=uuid4(),
            kind=SignInKind.first_party,
            organization_id=organization_id,
            school_id=school_id,
            person_id=person_id,
            created_at=now,
            authenticated_at=now,
            last_seen_at=now,
            token_digest=_digest(_keyring(session), token),
        )
    )
    return token


def touch(session: Session, sign_in_id: UUID, *, now: datetime) -> None:
    """Note that the person is still there, at most every few minutes."""
    session.execute(
        update(SignInRecord)
        .where(SignInRecord.id == sign_in_id, SignInRecord.last_seen_at < now - TOUCH_EVERY)
        .values(last_seen_at=now)
        .execution_options(synchronize_session=False)
    )


def revoke(session: Session, sign_in_id: UUID, *, now: datetime) -> None:
    """End a sign-in; its token opens nothing from here on."""
    session.execute(
        update(SignInRecord)
        .where(SignInRecord.id == sign_in_id)
        .values(revoked_at=now)
        .execution_options(synchronize_session=False)
    )


def _keyring(session: Session) -> Keyring:
    keyring: Keyring = session.info["keyring"]
    return keyring


def _digest(keyring: Keyring, text: str) -> bytes:
    return keyring.digest(Purpose.links, text)
