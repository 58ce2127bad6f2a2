"""Registering platforms, approving their deployments, and the tool's own keys."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import available_timezones

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from config.keyring import Keyring, Purpose
from lti_tool.db import insert_if_absent
from lti_tool.domain.permissions import ProgramRole
from lti_tool.models.people import GrantRecord, OrganizationRecord, SchoolRecord
from lti_tool.models.registration import (
    ConsumedStateRecord,
    DeploymentRecord,
    RegistrationRecord,
    ToolKeyRecord,
)
from lti_tool.models.sealed import new_data_key
from lti_tool.queries.registration import key_place, origin
from lti_tool.services import audit, people

KEY_BITS = 2048
PUBLISHED_BEFORE_SIGNING = timedelta(days=1)
"""Platforms keep key sets for hours; they must know a key before it signs."""
PUBLISHED_AFTER_SIGNING = timedelta(days=7)
HOSTED_FRAMES = {
    "canvas": ("instructure.com", "canvaslms.com"),
    "schoology": ("schoology.com", "schoologytest.com"),
}
"""Hosted products show courses on one host per customer below these domains."""


class RegistrationError(Exception):
    """The registration or approval cannot be carried out; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRegistration:
    """What an administrator copies from the LMS."""

    name: str
    profile: str
    issuer: str
    client_id: str
    auth_login_url: str
    token_url: str
    jwks_url: str
    token_audience: str | None = None
    frame_origins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """To whom a deployment belongs, and who may set up the program there."""

    organization: str
    school: str
    time_zone: str
    coordinators: tuple[str, ...]
    """LTI subjects (`sub`), as the platform names the person."""
    it_administrators: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """What an approval made or found."""

    deployment_id: UUID
    organization_id: UUID
    school_id: UUID
    coordinator_ids: tuple[UUID, ...]


def register(session: Session, new: NewRegistration, *, now: datetime) -> UUID:
    """Store a platform, or bring the known one of that issuer and client up to date.

    :raises RegistrationError: naming every address that is not a web address
    """
    addresses = {
        "auth-login-url": new.auth_login_url,
        "token-url": new.token_url,
        "jwks-url": new.jwks_url,
    }
    wrong = [name for name, address in addresses.items() if origin(address) is None]
    if wrong or not new.issuer or not new.client_id:
        missing = [name for name in ("issuer", "client_id") if not getattr(new, name)]
        raise RegistrationError(f"not usable: {', '.join([*missing, *wrong])}")
    row = session.scalars(
        select(RegistrationRecord).where(
            RegistrationRecord.issuer == new.issuer, RegistrationRecord.client_id == new.client_id
        )
    ).one_or_none()
    if row is None:
        row = _new_row(new, now=now)
        session.add(row)
    else:
        row.name, row.profile = new.name, new.profile
        row.auth_login_url, row.jwks_url = new.auth_login_url, new.jwks_url
        row.token_url = new.token_url
        row.token_audience = new.token_audience or new.token_url
        row.frame_origins = list(new.frame_origins) or _frame_origins(new)
    ensure_key(session, now=now)
    return row.id


def seen_deployment(
    session: Session, registration_id: UUID, lti_deployment_id: str, *, now: datetime
) -> DeploymentRecord:
    """Return the deployment of a genuine launch, noting an unknown one as not yet approved."""
    wanted = select(DeploymentRecord).where(
        DeploymentRecord.registration_id == registration_id,
        DeploymentRecord.lti_deployment_id == lti_deployment_id,
    )
    row = session.scalars(wanted).one_or_none()
    if row is None:
        insert_if_absent(
            session,
            DeploymentRecord,
            {
                "id": uuid4(),
                "registration_id": registration_id,
                "lti_deployment_id": lti_deployment_id,
                "first_seen_at": now,
                "frame_origins": [],
            },
        )
        row = session.scalars(wanted).one()
    return row


def approve(
    session: Session, deployment_id: UUID, approval: Approval, *, now: datetime
) -> Approved:
    """Give a deployment to an organization and school, and name the first coordinators.

    Approving again with the same words changes nothing.

    :raises RegistrationError: if the deployment is unknown or belongs to somebody else
    """
    if approval.time_zone not in available_timezones():
        raise RegistrationError(f"{approval.time_zone} is not a time zone of the IANA list")
    deployment = session.get(DeploymentRecord, deployment_id, with_for_update=True)
    if deployment is None:
        raise RegistrationError("there is no such deployment")
    organization_id = _organization(session, approval, now=now)
    school_id = _school(session, organization_id, approval.school)
    if deployment.organization_id not in {None, organization_id}:
        raise RegistrationError("the deployment belongs to another organization")
    if deployment.approved_at is None:
        deployment.approved_at = now
        audit.write(
            session,
            organization_id=organization_id,
            actor_id=None,
            action="deployment-approved",
            subject_kind="deployment",
            subject_id=deployment.id,
            now=now,
        )
    deployment.organization_id, deployment.school_id = organization_id, school_id
    session.flush()
    granted = {
        ProgramRole.coordinator: approval.coordinators,
        ProgramRole.it_administrator: approval.it_administrators,
    }
    holders = {
        role: tuple(
            _grant(session, deployment, subject=subject, role=role, now=now) for subject in subjects
        )
        for role, subjects in granted.items()
    }
    return Approved(
        deployment_id=deployment.id,
        organization_id=organization_id,
        school_id=school_id,
        coordinator_ids=holders[ProgramRole.coordinator],
    )


def consume_state(session: Session, state_id: UUID, *, expires_at: datetime) -> bool:
    """Use a login state up; tell whether this was the first use."""
    return insert_if_absent(
        session, ConsumedStateRecord, {"state_id": state_id, "expires_at": expires_at}
    )


def forget_states(session: Session, *, before: datetime) -> None:
    """Remove the marks of states that are too old to be accepted anyway."""
    session.execute(
        delete(ConsumedStateRecord)
        .where(ConsumedStateRecord.expires_at < before)
        .execution_options(synchronize_session=False)
    )


def ensure_key(session: Session, *, now: datetime) -> None:
    """Make the tool's first key, which signs at once: no platform knows an older one."""
    if session.scalars(select(ToolKeyRecord.kid).limit(1)).first() is None:
        _add_key(session, signs_from=now, now=now)


def rotate_keys(session: Session, *, now: datetime, at_once: bool = False) -> str:
    """Publish a new key, which signs once platforms know it, and set an end to the others.

    `at_once` is for a key that leaked: the new one signs now and the others are gone.
    """
    signs_from = now if at_once else now + PUBLISHED_BEFORE_SIGNING
    others_end = now if at_once else signs_from + PUBLISHED_AFTER_SIGNING
    session.execute(
        update(ToolKeyRecord)
        .where((ToolKeyRecord.retired_at.is_(None)) | (ToolKeyRecord.retired_at > others_end))
        .values(retired_at=others_end)
    )
    return _add_key(session, signs_from=signs_from, now=now)


def _add_key(session: Session, *, signs_from: datetime, now: datetime) -> str:
    keyring: Keyring = session.info["keyring"]
    kid = uuid4().hex
    pem = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    session.add(
        ToolKeyRecord(
            kid=kid,
            private_key_sealed=keyring.seal(Purpose.data, pem, place=key_place(kid)),
            created_at=now,
            signs_from=signs_from,
        )
    )
    session.flush()
    return kid


def _new_row(new: NewRegistration, *, now: datetime) -> RegistrationRecord:
    return RegistrationRecord(
        id=uuid4(),
        name=new.name,
        profile=new.profile,
        issuer=new.issuer,
        client_id=new.client_id,
        auth_login_url=new.auth_login_url,
        token_url=new.token_url,
        token_audience=new.token_audience or new.token_url,
        jwks_url=new.jwks_url,
        frame_origins=list(new.frame_origins) or _frame_origins(new),
        created_at=now,
    )


def _frame_origins(new: NewRegistration) -> list[str]:
    """Return who may frame launches: the platform itself, and its product's customers' hosts."""
    own = [origin(new.issuer), origin(new.auth_login_url)]
    found = [each for each in own if each]
    for domain in HOSTED_FRAMES.get(new.profile, ()):
        if any(each.endswith(f".{domain}") for each in found):
            found.append(f"https://*.{domain}")
    return list(dict.fromkeys(found))


def _organization(session: Session, approval: Approval, *, now: datetime) -> UUID:
    found = session.scalars(
        select(OrganizationRecord.id).where(OrganizationRecord.name == approval.organization)
    ).first()
    if found is not None:
        return found
    keyring: Keyring = session.info["keyring"]
    organization_id = uuid4()
    session.add(
        OrganizationRecord(
            id=organization_id,
            name=approval.organization,
            time_zone=approval.time_zone,
            data_key_sealed=new_data_key(keyring, organization_id),
            created_at=now,
        )
    )
    session.flush()
    return organization_id


def _school(session: Session, organization_id: UUID, name: str) -> UUID:
    found = session.scalars(
        select(SchoolRecord.id).where(
            SchoolRecord.organization_id == organization_id, SchoolRecord.name == name
        )
    ).first()
    if found is not None:
        return found
    row = SchoolRecord(organization_id=organization_id, id=uuid4(), name=name)
    session.add(row)
    session.flush()
    return row.id


def _grant(
    session: Session,
    deployment: DeploymentRecord,
    *,
    subject: str,
    role: ProgramRole,
    now: datetime,
) -> UUID:
    if deployment.organization_id is None or deployment.school_id is None:
        raise RegistrationError("the deployment is not approved")
    organization_id, school_id = deployment.organization_id, deployment.school_id
    person_id = people.find_or_add(
        session,
        organization_id,
        people.lti(deployment.registration_id, subject),
        name=None,
        now=now,
    )
    held = session.scalars(
        select(GrantRecord.id).where(
            GrantRecord.organization_id == organization_id,
            GrantRecord.person_id == person_id,
            GrantRecord.school_id == school_id,
            GrantRecord.role == role,
            GrantRecord.revoked_at.is_(None),
        )
    ).first()
    if held is None:
        session.add(
            GrantRecord(
                organization_id=organization_id,
                id=uuid4(),
                person_id=person_id,
                school_id=school_id,
                role=role,
                granted_at=now,
            )
        )
        audit.write(
            session,
            organization_id=organization_id,
            actor_id=None,
            action="role-granted",
            subject_kind="person",
            subject_id=person_id,
            now=now,
            payload={"role": role},
        )
    return person_id
