"""Registrations, deployments and the tool's keys, as frozen values."""

import base64
import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from config.clock import Clock
from config.keyring import Keyring, Purpose
from lti_tool.db import Database
from lti_tool.models.people import OrganizationRecord, SchoolRecord
from lti_tool.models.registration import DeploymentRecord, RegistrationRecord, ToolKeyRecord
from lti_tool.ports.errors import NotAuthorizedError
from lti_tool.ports.lms import Platform, SigningKey

_HOST = re.compile(r"[\w.:-]+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """A platform that may launch us, with everything a launch is checked against."""

    id: UUID
    name: str
    profile: str
    issuer: str
    client_id: str
    auth_login_url: str
    token_url: str
    token_audience: str
    jwks_url: str
    frame_origins: tuple[str, ...]

    @property
    def platform(self) -> Platform:
        """Return the registration as the adapters take it."""
        return Platform(
            registration_id=self.id,
            profile=self.profile,
            issuer=self.issuer,
            client_id=self.client_id,
            token_url=self.token_url,
            token_audience=self.token_audience,
            jwks_url=self.jwks_url,
        )

    @property
    def storage_origin(self) -> str | None:
        """Return the origin that platform storage answers from: the authorization address's."""
        return origin(self.auth_login_url)

    def owns(self, url: str) -> bool:
        """Tell whether an address lies on a host that is bound to this registration."""
        own = (self.issuer, self.auth_login_url, self.token_url, self.jwks_url)
        origins = {found for address in own if (found := origin(address))}
        wanted = origin(url)
        return wanted is not None and (
            wanted in origins or any(_fits(wanted, pattern) for pattern in self.frame_origins)
        )

    def is_secure_enough(self, url: str) -> bool:
        """Tell whether an address has the scheme that this platform's own addresses have."""
        schemes = {"https", urlsplit(self.token_url).scheme}
        return origin(url) is not None and urlsplit(url).scheme in schemes


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentLine:
    """A deployment as an administrator sees it before and after approval."""

    id: UUID
    registration_id: UUID
    registration_name: str
    lti_deployment_id: str
    first_seen_at: datetime
    approved_at: datetime | None
    organization: str | None
    school: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyLine:
    """One of the tool's keys: what is published of it, and from when to when."""

    kid: str
    created_at: datetime
    signs_from: datetime
    retired_at: datetime | None


def origin(url: str) -> str | None:
    """Return scheme, host and port of a web address; nothing for any other text."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
        return None
    if not _HOST.fullmatch(parts.hostname):
        return None  # it goes into headers, where ; and * have a meaning of their own
    usual = {"http": 80, "https": 443}[parts.scheme]
    suffix = "" if port in {None, usual} else f":{port}"
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}{suffix}"


def registration(session: Session, registration_id: UUID) -> Registration | None:
    """Return the registration, or nothing when there is none of that id."""
    row = session.get(RegistrationRecord, registration_id)
    return _registration(row) if row else None


def registration_of_client(session: Session, issuer: str, client_id: str) -> Registration | None:
    """Return the registration of a platform that names its client when it begins a login."""
    row = session.scalars(
        select(RegistrationRecord).where(
            RegistrationRecord.issuer == issuer, RegistrationRecord.client_id == client_id
        )
    ).one_or_none()
    return _registration(row) if row else None


def registration_of_deployment(
    session: Session, deployment_id: UUID
) -> tuple[Registration, str] | None:
    """Return the deployment's registration and the id that the platform calls it by."""
    row = session.execute(
        select(RegistrationRecord, DeploymentRecord.lti_deployment_id)
        .join(DeploymentRecord, DeploymentRecord.registration_id == RegistrationRecord.id)
        .where(DeploymentRecord.id == deployment_id)
    ).one_or_none()
    return (_registration(row[0]), row[1]) if row else None


def deployments(session: Session) -> tuple[DeploymentLine, ...]:
    """List all deployments, those that wait first seen last."""
    rows = session.execute(
        select(
            DeploymentRecord, RegistrationRecord.name, OrganizationRecord.name, SchoolRecord.name
        )
        .join(RegistrationRecord, RegistrationRecord.id == DeploymentRecord.registration_id)
        .outerjoin(OrganizationRecord, OrganizationRecord.id == DeploymentRecord.organization_id)
        .outerjoin(
            SchoolRecord,
            (SchoolRecord.organization_id == DeploymentRecord.organization_id)
            & (SchoolRecord.id == DeploymentRecord.school_id),
        )
        .order_by(DeploymentRecord.first_seen_at)
    ).all()
    return tuple(
        DeploymentLine(
            id=row.id,
            registration_id=row.registration_id,
            registration_name=name,
            lti_deployment_id=row.lti_deployment_id,
            first_seen_at=row.first_seen_at,
            approved_at=row.approved_at,
            organization=organization,
            school=school,
        )
        for row, name, organization, school in rows
    )


def keys(session: Session) -> tuple[KeyLine, ...]:
    """List all of the tool's keys, retired ones too, oldest first."""
    rows = session.scalars(select(ToolKeyRecord).order_by(ToolKeyRecord.created_at))
    return tuple(
        KeyLine(
            kid=row.kid,
            created_at=row.created_at,
            signs_from=row.signs_from,
            retired_at=row.retired_at,
        )
        for row in rows
    )


def published_keys(session: Session, *, now: datetime) -> list[dict[str, Any]]:
    """Return the public halves of all keys that are not retired, as JSON Web Keys."""
    keyring: Keyring = session.info["keyring"]
    return [
        _public_jwk(row.kid, _private_pem(keyring, row.kid, row.private_key_sealed))
        for row in session.scalars(_unretired(now).order_by(ToolKeyRecord.created_at))
    ]


def signing_key(session: Session, *, now: datetime) -> SigningKey:
    """Return the newest key that platforms have had time to learn.

    :raises NotAuthorizedError: if the tool has no key yet
    """
    keyring: Keyring = session.info["keyring"]
    row = session.scalars(
        _unretired(now)
        .where(ToolKeyRecord.signs_from <= now)
        .order_by(ToolKeyRecord.signs_from.desc(), ToolKeyRecord.kid)
        .limit(1)
    ).one_or_none()
    if row is None:
        raise NotAuthorizedError("Make a key for the tool: career-mentoring keys rotate.")
    return SigningKey(
        kid=row.kid, private_pem=_private_pem(keyring, row.kid, row.private_key_sealed)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSigningKeys:
    """The tool's current key for the adapters, read when it is needed."""

    database: Database
    clock: Clock

    def current(self) -> SigningKey:
        """Return the key to sign with now.

        :raises NotAuthorizedError: if the tool has no key yet
        """
        with self.database.reading() as session:
            return signing_key(session, now=self.clock.now())


def key_place(kid: str) -> str:
    """Return the place that a sealed private key is bound to."""
    return f"tool_keys/{kid}/private_key_sealed"


@lru_cache(maxsize=32)
def rsa_key(private_pem: str) -> RSAPrivateKey:
    """Return the key object: parsing costs a hundred times what signing with it does.

    :raises TypeError: if it is not an RSA key
    """
    key = load_pem_private_key(private_pem.encode(), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("the tool signs with RSA only")
    return key


def _unretired(now: datetime) -> Select[ToolKeyRecord]:
    return select(ToolKeyRecord).where(
        or_(ToolKeyRecord.retired_at.is_(None), ToolKeyRecord.retired_at > now)
    )


def _private_pem(keyring: Keyring, kid: str, sealed: bytes) -> str:
    return keyring.open(Purpose.data, sealed, place=key_place(kid)).decode()


def _public_jwk(kid: str, private_pem: str) -> dict[str, Any]:
    numbers = rsa_key(private_pem).public_key().public_numbers()
    return {
        "kty": "RSA",
        "use": "sig",
        "alg": "RS256",
        "kid": kid,
        "n": _base64url(numbers.n),
        "e": _base64url(numbers.e),
    }


def _base64url(number: int) -> str:
    raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _fits(wanted: str, pattern: str) -> bool:
    """Match an origin against one such as ``https://*.instructure.com``."""
    scheme, star, domain = pattern.partition("://*.")
    if not star:
        return wanted == pattern
    return wanted.startswith(f"{scheme}://") and wanted.endswith(f".{domain}")


def _registration(row: RegistrationRecord) -> Registration:
    return Registration(
        id=row.id,
        name=row.name,
        profile=row.profile,
        issuer=row.issuer,
        client_id=row.client_id,
        auth_login_url=row.auth_login_url,
        token_url=row.token_url,
        token_audience=row.token_audience,
        jwks_url=row.jwks_url,
        frame_origins=tuple(row.frame_origins),
    )
