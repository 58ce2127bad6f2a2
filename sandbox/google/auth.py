"""Service accounts with domain-wide delegation: keys, the token endpoint, bearer tokens."""

import re
import secrets
from dataclasses import dataclass
from datetime import timedelta

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from sandbox.clock import real_now
from sandbox.google.errors import ApiError
from sandbox.google.people import active_staff
from sandbox.google.world import World, moment, stamp
from sandbox.store import Document

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
# google-auth writes this audience whatever token_uri the key names.
GOOGLE_TOKEN_URL = "https://oauth2.googleapis.com/token"
LIFETIME = timedelta(hours=1)
SCOPE_PREFIX = "https://www.googleapis.com/auth/"
UNAUTHORIZED = (
    "Client is unauthorized to retrieve access tokens using this method, or client not "
    "authorized for any of the scopes requested."
)


class TokenError(Exception):
    """A refusal of the token endpoint, in OAuth's shape."""

    def __init__(self, error: str, description: str, code: int = 400) -> None:
        super().__init__(description)
        self.code = code
        self.body = {"error": error, "error_description": description}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """What a valid access token stands for."""

    subject: str
    scopes: frozenset[str]
    project: str


def full_scope(scope: str) -> str:
    """Return the scope's address; short names are accepted from the control API only."""
    return scope if scope.startswith("https://") else SCOPE_PREFIX + scope


def add_service_account(world: World, *, domain: str, scopes: list[str]) -> Document:
    """Create a service account for a domain, delegated exactly these scopes; return its key file.

    Every account of one domain belongs to the same Cloud project, so that a new key still reaches
    the rooms, calendars and forms made with the old one.
    """
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    project = "mentoring-" + re.sub(r"[^a-z0-9]+", "-", domain.lower())
    client = f"tool-{secrets.token_hex(4)}@{project}.iam.gserviceaccount.com"
    key_id = secrets.token_hex(20)
    world.store.add("domain", domain, {})
    world.store.put(
        "service_account",
        client,
        {
            "domain": domain,
            "project": project,
            "scopes": [full_scope(scope) for scope in scopes],
            "key_id": key_id,
            "public_key": public.decode(),
            "disabled": False,
        },
    )
    return {
        "type": "service_account",
        "project_id": project,
        "private_key_id": key_id,
        "private_key": private,
        "client_email": client,
        "client_id": str(secrets.randbelow(10**21)).zfill(21),
        "auth_uri": f"{world.url}/auth",
        "token_uri": world.token_url,
        "universe_domain": "googleapis.com",
    }


def exchange(world: World, form: dict[str, str]) -> tuple[Document, str]:
    """Turn a signed assertion into an access token; return the answer and the subject."""
    if form.get("grant_type") != GRANT:
        raise TokenError("unsupported_grant_type", f"Invalid grant_type: {form.get('grant_type')}")
    assertion = form.get("assertion", "")
    account = _account(world, assertion)
    claims = _claims(world, assertion, account)
    wanted = set(str(claims.get("scope", "")).split())
    if not wanted:
        raise TokenError("invalid_scope", "Empty or missing scope not allowed.")
    if not wanted <= set(account["scopes"]):
        raise TokenError("unauthorized_client", UNAUTHORIZED, 401)
    subject = str(claims.get("sub", "")).lower()
    if active_staff(world, subject, account["domain"]) is None:
        raise TokenError("invalid_grant", "Invalid email or User ID")
    return _issue(world, subject, wanted, claims["iss"]), subject


def _account(world: World, assertion: str) -> Document:
    try:
        issuer = jwt.decode(assertion, options={"verify_signature": False}).get("iss", "")
    except jwt.InvalidTokenError as error:
        raise TokenError("invalid_grant", "Bad Request: the assertion is no JWT.") from error
    account = world.store.get("service_account", str(issuer))
    if account is None or account["disabled"]:
        raise TokenError("invalid_grant", "Invalid grant: account not found")
    return account


def _claims(world: World, assertion: str, account: Document) -> Document:
    try:
        claims: Document = jwt.decode(
            assertion,
            account["public_key"],
            algorithms=["RS256"],
            audience=[world.token_url, GOOGLE_TOKEN_URL],
            leeway=10,
            options={"require": ["iss", "aud", "exp", "iat"]},
        )
    except jwt.InvalidSignatureError as error:
        raise TokenError("invalid_grant", "Invalid JWT Signature.") from error
    except jwt.InvalidTokenError as error:
        raise TokenError("invalid_grant", f"Invalid JWT: {error}") from error
    if claims["exp"] - claims["iat"] > LIFETIME.total_seconds():
        raise TokenError(
            "invalid_grant", "Invalid JWT: Token must be a short-lived token (60 minutes)."
        )
    return claims


def _issue(world: World, subject: str, scopes: set[str], client: str) -> Document:
    now = real_now()
    for old, held in world.store.all("token").items():
        if moment(held["expires"]) < now:
            world.store.delete("token", old)
    token = "ya29." + secrets.token_urlsafe(40)
    world.store.put(
        "token",
        token,
        {
            "subject": subject,
            "scopes": sorted(scopes),
            "client": client,
            "expires": stamp(now + LIFETIME),
        },
    )
    return {
        "access_token": token,
        "expires_in": int(LIFETIME.total_seconds()),
        "token_type": "Bearer",
    }


def bearer(world: World, header: str) -> Bearer:
    """Return what the Authorization header stands for, or refuse with 401."""
    kind, _, token = header.partition(" ")
    held = world.store.get("token", token) if kind.lower() == "bearer" else None
    refusal = ApiError(401, "authError", "Invalid Credentials")
    if held is None or moment(held["expires"]) < real_now():
        raise refusal
    account = world.store.get("service_account", held["client"])
    if account is None or account["disabled"]:
        raise refusal
    if active_staff(world, held["subject"], account["domain"]) is None:
        raise refusal
    return Bearer(
        subject=held["subject"], scopes=frozenset(held["scopes"]), project=account["project"]
    )
