"""Signing in outside the LMS by a mailed code or link (decisions 8, 9 and 17).

The link works only in the browser that asked, the code in any browser for ten minutes. Whoever
asks learns nothing about which addresses are known. A mail scanner that opens the link, with all
its scripts and clicks, is another browser: it signs nobody in and uses nothing up.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session

from config.keyring import Keyring, Purpose
from lti_tool.models.people import IdentityRecord, SignInRecord, SignInRequestRecord
from lti_tool.queries import entrances
from lti_tool.queries.errors import NotFoundError
from lti_tool.services import audit, messages, people, sign_ins
from lti_tool.services.mail_texts import Template

LIFETIME = timedelta(minutes=10)
ATTEMPTS = 5
MAILS_AT_MOST = ((timedelta(minutes=15), 5), (timedelta(days=1), 20))
"""So that nobody's mailbox can be filled, nor a code be guessed by asking again and again."""
CODE_DIGITS = 6
SECRET_BYTES = 32
NEXT_PATH_LONGEST = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A session that was opened: the token for the cookie, and where the person wanted to go."""

    token: str
    next_path: str


def ask(session: Session, *, address: str, browser: str, next_path: str, now: datetime) -> None:
    """Have a code mailed to everybody known by the address, one mail for each organization.

    Nothing in the answer tells whether there is anybody.
    """
    for organization_id, person_id in _known_by(session, address):
        people.lock(session, organization_id, [person_id])
        if entrances.school_of(session, organization_id, person_id) is None:
            continue
        if _asked_too_often(session, organization_id, person_id, now):
            continue
        request = SignInRequestRecord(
            organization_id=organization_id,
            id=uuid4(),
            person_id=person_id,
            requested_at=now,
            expires_at=now + LIFETIME,
            browser_digest=_keyring(session).digest(Purpose.links, _browser(browser)),
            next_path=own_path(next_path),
        )
        session.add(request)
        session.flush()
        messages.mail_person(
            session,
            organization_id=organization_id,
            person_id=person_id,
            template=Template.sign_in,
            subject_id=request.id,
            now=now,
        )


def make_secrets(session: Session, request: SignInRequestRecord) -> tuple[str, str]:
    """Return a new code and link secret for the mail; only their digests are stored."""
    keyring = _keyring(session)
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
    link_secret = secrets.token_urlsafe(SECRET_BYTES)
    request.code_digest = keyring.digest(Purpose.links, _code(request.id, code))
    request.link_digest = keyring.digest(Purpose.links, _link(link_secret))
    return code, link_secret


def use_code(
    session: Session, *, code: str, address: str, browser: str, now: datetime
) -> SignedIn | None:
    """Sign in with the mailed code, once; a wrong one is counted and nothing else is told.

    Without an address the code must belong to a request of this browser.
    """
    typed = "".join(code.split())
    requests = _locked(session, _requests_of(session, address, browser, now))
    for request in requests:
        digests = _keyring(session).digests(Purpose.links, _code(request.id, typed))
        if request.code_digest in digests:
            return _consume(session, request, now)
    for request in requests:
        request.attempts += 1
    return None


def use_link(session: Session, *, link_secret: str, browser: str, now: datetime) -> SignedIn | None:
    """Sign in with the mailed link, once, in the browser that asked and in no other."""
    keyring = _keyring(session)
    requests = _locked(
        session,
        _open(now).where(
            SignInRequestRecord.link_digest.in_(keyring.digests(Purpose.links, _link(link_secret))),
            SignInRequestRecord.browser_digest.in_(
                keyring.digests(Purpose.links, _browser(browser))
            ),
        ),
    )
    return _consume(session, requests[0], now) if requests else None


def forget_device(
    session: Session, *, organization_id: UUID, person_id: UUID, sign_in_id: UUID, now: datetime
) -> None:
    """Sign a person out in one of their browsers.

    :raises NotFoundError: if it is not theirs
    """
    row = session.get(SignInRecord, sign_in_id, with_for_update=True)
    if row is None or (row.organization_id, row.person_id) != (organization_id, person_id):
        raise NotFoundError
    if row.revoked_at is not None:
        return
    row.revoked_at = now
    audit.write(
        session,
        organization_id=organization_id,
        actor_id=person_id,
        action="device-forgotten",
        subject_kind="person",
        subject_id=person_id,
        now=now,
    )


def own_path(path: str) -> str:
    """Return a path of our own, or the start page for anything that could lead elsewhere."""
    is_own = path.startswith("/") and not path.startswith("//")
    is_plain = path.isprintable() and "\\" not in path and len(path) <= NEXT_PATH_LONGEST
    return path if is_own and is_plain else "/"


def _known_by(session: Session, address: str) -> Sequence[tuple[UUID, UUID]]:
    rows = session.execute(
        select(IdentityRecord.organization_id, IdentityRecord.person_id)
        .where(_is_of(session, address))
        .order_by(IdentityRecord.organization_id)
    )
    return [(row.organization_id, row.person_id) for row in rows]


def _is_of(session: Session, address: str) -> ColumnElement[bool]:
    return IdentityRecord.subject_digest.in_(
        people.digests(_keyring(session), people.email(address))
    )


def _asked_too_often(
    session: Session, organization_id: UUID, person_id: UUID, now: datetime
) -> bool:
    return any(
        (
            session.scalar(
                select(func.count())
                .select_from(SignInRequestRecord)
                .where(
                    SignInRequestRecord.organization_id == organization_id,
                    SignInRequestRecord.person_id == person_id,
                    SignInRequestRecord.requested_at > now - period,
                )
            )
            or 0
        )
        >= most
        for period, most in MAILS_AT_MOST
    )


def _requests_of(
    session: Session, address: str, browser: str, now: datetime
) -> Select[SignInRequestRecord]:
    if not address:
        digests = _keyring(session).digests(Purpose.links, _browser(browser))
        return _open(now).where(SignInRequestRecord.browser_digest.in_(digests))
    return _open(now).where(
        exists().where(
            IdentityRecord.organization_id == SignInRequestRecord.organization_id,
            IdentityRecord.person_id == SignInRequestRecord.person_id,
            _is_of(session, address),
        )
    )


def _open(now: datetime) -> Select[SignInRequestRecord]:
    return select(SignInRequestRecord).where(
        SignInRequestRecord.consumed_at.is_(None),
        SignInRequestRecord.expires_at > now,
        SignInRequestRecord.attempts < ATTEMPTS,
    )


def _locked(session: Session, wanted: Select[SignInRequestRecord]) -> Sequence[SignInRequestRecord]:
    """Lock what is found: of two uses at once the second finds nothing that is still open."""
    return session.scalars(
        wanted.order_by(SignInRequestRecord.requested_at.desc(), SignInRequestRecord.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def _consume(session: Session, request: SignInRequestRecord, now: datetime) -> SignedIn | None:
    organization_id, person_id = request.organization_id, request.person_id
    request.consumed_at = now
    school_id = entrances.school_of(session, organization_id, person_id)
    if school_id is None:
        return None  # left the school since the code was asked for
    token = sign_ins.open_first_party(
        session,
        organization_id=organization_id,
        school_id=school_id,
        person_id=person_id,
        now=now,
    )
    audit.write(
        session,
        organization_id=organization_id,
        actor_id=person_id,
        action="signed-in",
        subject_kind="person",
        subject_id=person_id,
        now=now,
    )
    return SignedIn(token=token, next_path=request.next_path)


def _code(request_id: UUID, code: str) -> str:
    return f"sign-in code/{request_id}/{code}"


def _link(link_secret: str) -> str:
    return f"sign-in link/{link_secret}"


def _browser(browser: str) -> str:
    return f"sign-in browser/{browser}"


def _keyring(session: Session) -> Keyring:
    keyring: Keyring = session.info["keyring"]
    return keyring
