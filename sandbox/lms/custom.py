"""Custom parameters: the variables that each product fills in, and those it leaves as they are."""

from sandbox.lms import people
from sandbox.lms.platform import Lms
from sandbox.lms.profiles import PROFILES
from sandbox.store import Document


def parameters(
    lms: Lms,
    registration: Document,
    course: Document,
    who: Document,
    *,
    link: Document | None = None,
    masquerader: str | None = None,
) -> dict[str, str]:
    """Return the custom claim of one launch; a variable that is unknown arrives literally."""
    profile = PROFILES[registration["profile"]]
    raw: dict[str, str] = {}
    if link is None or profile.app_custom_reaches_links:
        raw |= registration["tool"].get("custom") or {}
    if link is not None:
        raw |= link.get("custom") or {}
    known = _common(registration, course, who, link)
    if profile.name == "canvas":
        known |= _canvas(lms, course, who, masquerader)
    else:
        known |= _schoology(lms, course, who)
    filled = {name: known.get(str(value), str(value)) for name, value in raw.items()}
    if profile.lower_case_custom:
        return {name.lower(): value for name, value in filled.items()}
    return filled


def _common(
    registration: Document, course: Document, who: Document, link: Document | None
) -> dict[str, str]:
    profile = registration["profile"]
    known = {
        "$Context.id": course["contexts"][profile],
        "$Context.id.history": ",".join(course["history"][profile]),
        "$Context.title": course["title"],
        "$User.id": people.subject(profile, who),
    }
    if link is not None:
        known |= {"$ResourceLink.id": link["id"], "$ResourceLink.title": link["title"]}
        known["$ResourceLink.id.history"] = ""
    if registration["privacy"] == "public":
        known |= {
            "$Person.name.full": who["name"],
            "$Person.name.given": who["given"],
            "$Person.name.family": who["family"],
            "$Person.email.primary": who["email"],
            "$User.username": who["user"],
        }
    return known


def _canvas(lms: Lms, course: Document, who: Document, masquerader: str | None) -> dict[str, str]:
    known = {
        "$Canvas.user.id": str(who["number"]),
        "$Canvas.user.loginId": who["user"],
        "$Canvas.course.id": str(course["number"]),
        "$Canvas.course.name": course["title"],
        "$Canvas.api.domain": lms.url.removeprefix("http://"),
        "$Canvas.enrollment.enrollmentState": "active",
        "$Person.address.timezone": "America/New_York",
        "$ToolConsumerInstance.guid": "harbor-career-high-school",
        "$com.instructure.User.observees": _observees(lms, who),
    }
    actor = people.person(lms, masquerader) if masquerader else None
    if actor is not None:
        known["$Canvas.masqueradingUser.id"] = str(actor["number"])
        known["$Canvas.masqueradingUser.userId"] = people.subject("canvas", actor)
    return known


def _schoology(lms: Lms, course: Document, who: Document) -> dict[str, str]:
    return {
        "$com.schoology.User.uniqueId": str(who["number"]),
        "$com.schoology.School.id": "77001",
        "$com.schoology.CourseSection.id": course["contexts"]["schoology"],
        "$com.schoology.Launch.domain": lms.url.removeprefix("http://"),
        "$com.schoology.User.timezone": "America/New_York",
        "$CourseSection.title": course["title"],
    }


def _observees(lms: Lms, who: Document) -> str:
    seen = [people.person(lms, user) for user in who["observes"]]
    return ",".join(people.subject("canvas", child) for child in seen if child)
