"""Google accounts: staff of a Workspace domain, and people outside it."""

import hashlib

from sandbox.google.world import World
from sandbox.store import Document


def subject_id(email: str) -> str:
    """Return the 21 digits that Google would know this account by; the same at every start."""
    number = int(hashlib.sha256(email.encode()).hexdigest(), 16)
    return "1" + str(number)[:20]


def domain_of(email: str) -> str:
    return email.rpartition("@")[2]


def workspace_domains(world: World) -> set[str]:
    """Return the domains that belong to a school."""
    return set(world.store.all("domain"))


def add_user(
    world: World,
    *,
    email: str,
    name: str,
    staff: bool | None = None,
    suspended: bool = False,
) -> Document:
    """Create or change an account; staff get a primary calendar."""
    address = email.strip().lower()
    in_school = domain_of(address) in workspace_domains(world)
    user: Document = {
        "id": subject_id(address),
        "email": address,
        "name": name,
        "staff": in_school if staff is None else staff,
        "suspended": suspended,
    }
    world.store.put("user", address, user)
    if user["staff"]:
        world.store.add(
            "calendar",
            address,
            {
                "owner": address,
                "project": None,
                "resource": {
                    "kind": "calendar#calendar",
                    "etag": '"0"',
                    "id": address,
                    "summary": address,
                    "timeZone": "America/New_York",
                },
            },
        )
    return user


def find_user(world: World, email: str) -> Document | None:
    return world.store.get("user", email.strip().lower())


def find_by_id(world: World, user: str) -> Document | None:
    """Return the account of ``users/<id>``."""
    wanted = user.removeprefix("users/")
    return next((u for u in world.store.all("user").values() if u["id"] == wanted), None)


def active_staff(world: World, email: str, domain: str) -> Document | None:
    """Return the account if it is an active staff account of exactly this domain."""
    user = find_user(world, email)
    if user is None or user["suspended"] or not user["staff"] or domain_of(email) != domain:
        return None
    return user
