"""Roles: what the LMS says about a person in a course, and what the school's roster says.

Only context roles decide what somebody may do in a course (decision 4). Institution and system
roles give nothing by themselves; an unknown role gets the least. LTI's `Mentor` is an observer,
often a parent, and never our mentor. Whether staff may supervise comes from the confirmed roster:
supervision counts when done by instructional staff, an administrator or a counselor (NYSED).
"""

from collections.abc import Iterable
from enum import StrEnum

_CONTEXT = "http://purl.imsglobal.org/vocab/lis/v2/membership"
_TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"


class CourseRole(StrEnum):
    """What somebody is in one course."""

    teacher = "teacher"
    teaching_assistant = "teaching-assistant"
    student = "student"
    observer = "observer"
    other = "other"


class StaffRole(StrEnum):
    """What somebody is on the school's staff roster."""

    instructional_staff = "instructional-staff"
    administrator = "administrator"
    counselor = "counselor"
    other_staff = "other-staff"

    @property
    def counts(self) -> bool:
        """Say whether minutes supervised in this role may count (NYSED, unregistered WBL)."""
        return self is not StaffRole.other_staff


_BY_NAME = {
    "TeachingAssistant": CourseRole.teaching_assistant,
    "Instructor": CourseRole.teacher,
    "Learner": CourseRole.student,
    "Mentor": CourseRole.observer,
}
# The sub-role comes with the plain Instructor role and must win over it.
_PRECEDENCE = (
    CourseRole.teaching_assistant,
    CourseRole.teacher,
    CourseRole.student,
    CourseRole.observer,
)


def course_role(role_uris: Iterable[str]) -> CourseRole:
    """Decide from the context roles alone what the person is in this course."""
    found = {_BY_NAME.get(name) for uri in role_uris if (name := _context_role(uri))}
    return next((role for role in _PRECEDENCE if role in found), CourseRole.other)


def is_test_user(role_uris: Iterable[str]) -> bool:
    """Say whether the LMS shows its pretend student, who stays outside every roster."""
    return _TEST_USER in set(role_uris)


def _context_role(uri: str) -> str | None:
    """Return the deciding word of a context role; nothing for any other role."""
    if "/" not in uri and "#" not in uri and ":" not in uri:
        return uri
    if not uri.startswith(_CONTEXT):
        return None
    principal, _, name = uri.removeprefix(_CONTEXT).partition("#")
    if principal == "":
        return name
    # A sub-role such as membership/Instructor#Grader is an Instructor, except the assistant.
    return name if name == "TeachingAssistant" else principal.removeprefix("/")
