"""Who is in which course, and under which identifiers and roles a tool meets them."""

import uuid
from typing import cast

from sandbox.lms.platform import Lms
from sandbox.lms.profiles import PROFILES
from sandbox.lms.vocabulary import CONTEXT_ROLES, INSTITUTION_ROLES, OFF_ROSTER, SYSTEM
from sandbox.store import Document

_NAMESPACE = uuid.UUID("2a1f5b0e-6f0d-4d53-9a6e-6f1c6f0b9f11")


def person(lms: Lms, user: str) -> Document | None:
    """Return the person of that sign-in name."""
    return lms.store.get("person", user)


def subject(profile: str, who: Document) -> str:
    """Return the person's `sub`: the same in every registration of one platform."""
    if profile == "schoology":
        return f"{who['number']}0{who['number'] % 97:02d}"
    return str(uuid.uuid5(_NAMESPACE, f"{profile}:{who['user']}"))


def by_subject(lms: Lms, profile: str, sub: str) -> Document | None:
    """Return the person whom the platform calls `sub`."""
    people = lms.store.all("person").values()
    return next((who for who in people if subject(profile, who) == sub), None)


def course(lms: Lms, name: str) -> Document | None:
    """Return the course of that name."""
    return lms.store.get("course", name)


def course_of_context(lms: Lms, profile: str, context: str) -> Document | None:
    """Return the course that the platform calls `context`."""
    courses = lms.store.all("course").values()
    return next((each for each in courses if each["contexts"][profile] == context), None)


def membership(of: Document, user: str) -> Document | None:
    """Return the active enrollment, or nothing."""
    found = cast("Document | None", of["members"].get(user))
    return found if found and found["status"] == "Active" else None


def is_staff(enrollment: Document) -> bool:
    """Tell whether the enrollment may add material and see every grade."""
    return enrollment["role"] in {"teacher", "assistant", "administrator"}


def active_student(of: Document, user: str, section: str | None) -> bool:
    """Tell whether grades may be stored for the person in that section of the course."""
    enrollment = membership(of, user)
    if enrollment is None or enrollment["role"] != "student":
        return False
    return section is None or enrollment["section"] == section


def context_roles(enrollment: Document) -> list[str]:
    """Return the roles the enrollment gives in its course."""
    return list(CONTEXT_ROLES[enrollment["role"]])


def launch_roles(profile: str, enrollment: Document, who: Document) -> list[str]:
    """Return every role of a launch: those of the course and what the LMS adds."""
    roles = context_roles(enrollment)
    if PROFILES[profile].institution_roles:
        roles += [*INSTITUTION_ROLES[who["role"]], f"{SYSTEM}#User"]
    return roles


def on_roster(enrollment: Document) -> bool:
    """Tell whether the roster service knows the enrollment at all."""
    return enrollment["role"] not in OFF_ROSTER and enrollment["status"] == "Active"


def students(of: Document) -> list[str]:
    """Return the sign-in names of the active students, in the order of the register."""
    return [user for user in of["members"] if active_student(of, user, None)]
