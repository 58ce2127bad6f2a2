"""Beginning a launch: who may open what, and the login initiation that goes to the tool."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sandbox.clock import real_now
from sandbox.lms import people, registrations
from sandbox.lms.platform import Lms, fresh_id
from sandbox.lms.profiles import PROFILES
from sandbox.lms.refusals import BrowserRefusalError
from sandbox.store import Document

HINT: Final = "login_hint"
MESSAGE: Final = "message_hint"
LIFETIME: Final = timedelta(minutes=5)
PLACEMENTS: Final = ("course_navigation", "deep_linking", "link", "submission", "review")
_FOR_STAFF: Final = frozenset({"deep_linking", "submission", "review"})
_OF_A_LINK: Final = frozenset({"link", "submission", "review"})
_OF_A_STUDENT: Final = frozenset({"submission", "review"})
STORAGE_FRAME: Final = "lti_storage"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants to open."""

    registration: Document
    course: Document
    user: str
    placement: str
    link: Document | None = None
    student: str | None = None
    masquerading_as: str | None = None
    misbehavior: Document | None = None
    from_page: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """The login initiation: where it is posted, and its fields."""

    url: str
    fields: dict[str, str]


def begin(lms: Lms, wish: Wish) -> Login:
    """Check the wish, remember it under fresh hints, and return the login initiation."""
    _check(wish)
    tool = wish.registration["tool"]
    target = _target(lms, wish)
    acting = wish.masquerading_as or wish.user
    login_hint = _login_hint(wish)
    message_hint = fresh_id()
    expires = (real_now() + LIFETIME).isoformat()
    lms.store.put(
        HINT,
        login_hint,
        {
            "client_id": wish.registration["client_id"],
            "user": wish.user,
            "from_page": wish.from_page,
            "expires": expires,
        },
    )
    lms.store.put(
        MESSAGE,
        message_hint,
        {
            "login_hint": login_hint,
            "client_id": wish.registration["client_id"],
            "course": wish.course["course"],
            "user": acting,
            "masquerader": wish.user if wish.masquerading_as else None,
            "placement": wish.placement,
            "link_id": wish.link["id"] if wish.link else None,
            "student": wish.student,
            "target_link_uri": target,
            "misbehavior": wish.misbehavior or {},
            "expires": expires,
        },
    )
    fields = _fields(wish, login_hint=login_hint, message_hint=message_hint, target=target)
    return Login(url=tool["initiate_login_url"], fields=fields)


def alive(document: Document, now: datetime) -> bool:
    """Tell whether a hint may still be used."""
    return datetime.fromisoformat(document["expires"]) > now


def _login_hint(wish: Wish) -> str:
    if wish.registration["profile"] == "schoology":
        return f"{fresh_id()}-{wish.course['contexts']['schoology']}"
    return fresh_id()


def _fields(wish: Wish, *, login_hint: str, message_hint: str, target: str) -> dict[str, str]:
    registration = wish.registration
    fields: dict[str, Any] = {
        "iss": registration["issuer"],
        "target_link_uri": target,
        "login_hint": login_hint,
        "lti_message_hint": message_hint,
    }
    if PROFILES[registration["profile"]].login_names_client:
        fields |= {
            "client_id": registration["client_id"],
            "deployment_id": registration["deployment_id"],
            "lti_deployment_id": registration["deployment_id"],
            "canvas_region": "us-east-1",
            "canvas_environment": "prod",
        }
    if registration["storage"] != "absent":
        fields["lti_storage_target"] = STORAGE_FRAME
    fields |= (wish.misbehavior or {}).get("initiation", {})
    return {name: str(value) for name, value in fields.items() if value is not None}


def _check(wish: Wish) -> None:
    if wish.placement not in PLACEMENTS:
        raise BrowserRefusalError(f"unknown placement {wish.placement}")
    if not registrations.launchable(wish.registration):
        raise BrowserRefusalError("the tool has not said where its logins begin")
    enrollment = people.membership(wish.course, wish.user)
    acting = people.membership(wish.course, wish.masquerading_as or wish.user)
    if enrollment is None or acting is None:
        raise BrowserRefusalError("this person is not in the course")
    if wish.masquerading_as and enrollment["role"] != "administrator":
        raise BrowserRefusalError("only an administrator may act as somebody else")
    if wish.masquerading_as and wish.registration["profile"] != "canvas":
        raise BrowserRefusalError("only Canvas lets an administrator act as somebody else")
    if wish.placement in _FOR_STAFF and not people.is_staff(acting):
        raise BrowserRefusalError("only staff of the course may do this")
    if wish.placement in _OF_A_LINK:
        _check_link(wish)
    if wish.placement in _OF_A_STUDENT and not people.active_student(
        wish.course, wish.student or "", None
    ):
        raise BrowserRefusalError("this student is not in the course")


def _check_link(wish: Wish) -> None:
    link = wish.link
    if link is None or link["course"] != wish.course["course"]:
        raise BrowserRefusalError("this link is not in the course")
    if link["type"] != "ltiResourceLink":
        raise BrowserRefusalError("this link is a plain address, not a launch")
    if link["client_id"] != wish.registration["client_id"]:
        raise BrowserRefusalError("this link belongs to another tool")


def _target(lms: Lms, wish: Wish) -> str:
    tool = wish.registration["tool"]
    default = str(tool["target_link_uri"])
    if wish.placement == "deep_linking":
        return str(tool.get("deep_linking_url") or default)
    if wish.link is None or wish.placement == "course_navigation":
        return default
    own = str(wish.link["url"] or default)
    if wish.placement == "submission":
        return _submission_url(lms, wish) or own
    if wish.placement == "review":
        return _review_url(lms, wish) or own
    return own


def _submission_url(lms: Lms, wish: Wish) -> str | None:
    for item in (wish.link or {})["line_items"]:
        result = lms.store.get("result", f"{item}/{wish.student}")
        submission = (result or {}).get("submission") or {}
        if submission.get("submission_data"):
            return str(submission["submission_data"])
    return None


def _review_url(lms: Lms, wish: Wish) -> str | None:
    for item in (wish.link or {})["line_items"]:
        review = (lms.store.get("line_item", item) or {}).get("submissionReview") or {}
        if review.get("url"):
            return str(review["url"])
    return None
