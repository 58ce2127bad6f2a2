"""Registrations: what the platform knows of a tool, and what it tells the tool of itself."""

import hashlib
from typing import Any, Final

from sandbox.lms.platform import Lms
from sandbox.lms.profiles import PROFILES
from sandbox.lms.vocabulary import ALL_SCOPES
from sandbox.store import Document

KIND: Final = "registration"
STORAGE: Final = ("answers", "silent", "wrong-origin", "absent")
TOOL_FIELDS: Final = (
    "initiate_login_url",
    "redirect_uris",
    "jwks_url",
    "target_link_uri",
    "deep_linking_url",
    "custom",
)
SETTINGS: Final = ("name", "privacy", "page_size", "storage", "scopes")


class UnfitRegistrationError(ValueError):
    """The registration asks for something this platform does not have."""


def create(lms: Lms, wanted: Document) -> Document:
    """Store a new registration; one that names a known `client_id` is answered as it is."""
    profile = wanted.get("profile")
    if profile not in PROFILES:
        raise UnfitRegistrationError(f"profile must be one of {sorted(PROFILES)}")
    with lms.store.atomic():
        number = len(lms.store.all(KIND)) + 1
        client_id = str(wanted.get("client_id") or _client_id(profile, number))
        known = lms.store.get(KIND, client_id)
        if known is not None:
            return known
        registration: Document = {
            "client_id": client_id,
            "profile": profile,
            "issuer": wanted.get("issuer") or f"{lms.url}/{profile}",
            "deployment_id": wanted.get("deployment_id") or _deployment_id(profile, client_id),
            "name": "Career Mentoring",
            "privacy": "public",
            "page_size": PROFILES[profile].names_roles_limit,
            "storage": "answers",
            "scopes": list(ALL_SCOPES),
            "tool": {"redirect_uris": [], "custom": {}},
        }
        _settle(registration, wanted)
        lms.store.put(KIND, client_id, registration)
    return registration


def change(lms: Lms, client_id: str, wanted: Document) -> Document | None:
    """Store what the tool's side of the registration is, and the settings named."""
    with lms.store.atomic():
        registration = lms.store.get(KIND, client_id)
        if registration is None:
            return None
        unknown = set(wanted) - {*TOOL_FIELDS, *SETTINGS}
        if unknown:
            raise UnfitRegistrationError(f"unknown fields: {sorted(unknown)}")
        registration["tool"] |= {name: wanted[name] for name in TOOL_FIELDS if name in wanted}
        _settle(registration, wanted)
        lms.store.put(KIND, client_id, registration)
    return registration


def find(lms: Lms, client_id: str, profile: str | None = None) -> Document | None:
    """Return the registration, of that platform if one is named."""
    found = lms.store.get(KIND, client_id)
    return found if found and profile in {None, found["profile"]} else None


def every(lms: Lms) -> list[Document]:
    """Return all registrations, oldest first."""
    return list(lms.store.all(KIND).values())


def launchable(registration: Document) -> bool:
    """Tell whether the tool has said where its logins begin."""
    return bool(
        registration["tool"].get("initiate_login_url")
        and registration["tool"].get("target_link_uri")
    )


def token_url(lms: Lms, registration: Document) -> str:
    """Return the address at which this registration's tool asks for tokens."""
    return f"{lms.url}/{registration['profile']}/token"


def describe(lms: Lms, registration: Document) -> Document:
    """Return what an administrator copies from the LMS into the tool, and the rest as stored."""
    base = f"{lms.url}/{registration['profile']}"
    return {
        "client_id": registration["client_id"],
        "profile": registration["profile"],
        "name": registration["name"],
        "privacy": registration["privacy"],
        "issuer": registration["issuer"],
        "deployment_id": registration["deployment_id"],
        "auth_login_url": f"{base}/authorize",
        "token_url": token_url(lms, registration),
        "jwks_url": f"{base}/jwks",
        "tool": registration["tool"],
        "settings": {name: registration[name] for name in SETTINGS},
    }


def _client_id(profile: str, number: int) -> str:
    return f"{10_000_000_000_000 + number}" if profile == "canvas" else f"{6_543_210_000 + number}"


def _deployment_id(profile: str, client_id: str) -> str:
    digest = hashlib.sha256(client_id.encode()).hexdigest()
    return f"{int(digest[:4], 16)}:{digest[:40]}" if profile == "canvas" else f"{client_id}-1"


def _settle(registration: Document, wanted: dict[str, Any]) -> None:
    if wanted.get("privacy", "public") not in {"public", "anonymous"}:
        raise UnfitRegistrationError("privacy must be public or anonymous")
    if wanted.get("storage", "answers") not in STORAGE:
        raise UnfitRegistrationError(f"storage must be one of {STORAGE}")
    if not set(wanted.get("scopes", ())) <= set(ALL_SCOPES):
        raise UnfitRegistrationError("scopes holds a scope this platform does not offer")
    size = wanted.get("page_size", 1)
    if not isinstance(size, int) or size < 1:
        raise UnfitRegistrationError("page_size must be a positive number")
    registration.update({name: wanted[name] for name in SETTINGS if name in wanted})
