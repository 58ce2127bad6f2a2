"""The claims of an id_token: one launch as each product tells it."""

from datetime import datetime
from typing import Any

from sandbox.lms import custom, people
from sandbox.lms.platform import Lms, fresh_id
from sandbox.lms.profiles import PROFILES
from sandbox.lms.refusals import BrowserRefusalError
from sandbox.lms.seed import SCHOOL
from sandbox.lms.vocabulary import (
    AGS_CLAIM,
    COURSE_SECTION,
    DEEP_LINKING,
    GRADE_SCOPES,
    LTI,
    NRPS_CLAIM,
    SCOPE_MEMBERS,
)
from sandbox.store import Document

LIFETIME_SECONDS = 300


def build(
    lms: Lms, registration: Document, message: Document, *, nonce: str, now: datetime
) -> Document:
    """Return the payload for a launch that was begun and is now authorized."""
    course = _known(people.course(lms, message["course"]))
    who = _known(people.person(lms, message["user"]))
    link = _link(lms, registration, message)
    issued = int(now.timestamp())
    claims = {
        "iss": registration["issuer"],
        "aud": registration["client_id"],
        "azp": registration["client_id"],
        "sub": people.subject(registration["profile"], who),
        "iat": issued,
        "exp": issued + LIFETIME_SECONDS,
        "nonce": nonce,
        "locale": "en",
        f"{LTI}/version": "1.3.0",
        f"{LTI}/deployment_id": registration["deployment_id"],
        f"{LTI}/target_link_uri": message["target_link_uri"],
        f"{LTI}/context": _context(registration, course),
        f"{LTI}/tool_platform": _tool_platform(registration),
        f"{LTI}/custom": custom.parameters(
            lms, registration, course, who, link=link, masquerader=message["masquerader"]
        ),
    }
    claims |= _person_claims(lms, registration, course, who)
    claims |= _services(lms, registration, course, link, who, message)
    if message["placement"] == "deep_linking":
        return claims | _deep_linking(lms, registration, message)
    return claims | _resource_link(lms, registration, course, link, message)


def _known(document: Document | None) -> Document:
    if document is None:
        raise BrowserRefusalError("somebody or something of this launch is gone meanwhile")
    return document


def _link(lms: Lms, registration: Document, message: Document) -> Document | None:
    """Return the launched link; Canvas opens a submission as if it were of the whole course."""
    of_course = message["placement"] == "submission" and registration["profile"] == "canvas"
    return None if of_course else lms.store.get("link", message["link_id"] or "")


def _context(registration: Document, course: Document) -> Document:
    return {
        "id": course["contexts"][registration["profile"]],
        "label": course["label"],
        "title": course["title"],
        "type": [COURSE_SECTION],
    }


def _tool_platform(registration: Document) -> Document:
    profile = PROFILES[registration["profile"]]
    return {
        "guid": f"harbor-career-high-school.{profile.name}",
        "name": SCHOOL,
        "product_family_code": profile.product,
        "version": profile.version,
    }


def _person_claims(lms: Lms, registration: Document, course: Document, who: Document) -> Document:
    enrollment = _known(people.membership(course, who["user"]))
    profile = registration["profile"]
    claims: Document = {f"{LTI}/roles": people.launch_roles(profile, enrollment, who)}
    if registration["privacy"] == "public":
        claims |= {
            "name": who["name"],
            "given_name": who["given"],
            "family_name": who["family"],
            "email": who["email"],
            f"{LTI}/lis": {"person_sourcedid": f"sis-{who['number']}"},
        }
    if enrollment["role"] == "observer":
        children = [people.person(lms, user) for user in who["observes"]]
        subjects = [people.subject(profile, child) for child in children if child]
        claims[f"{LTI}/role_scope_mentor"] = subjects
    return claims


def _services(
    lms: Lms,
    registration: Document,
    course: Document,
    link: Document | None,
    who: Document,
    message: Document,
) -> Document:
    base = f"{lms.url}/{registration['profile']}"
    context = course["contexts"][registration["profile"]]
    claims: Document = {}
    if SCOPE_MEMBERS in registration["scopes"]:
        claims[NRPS_CLAIM] = {
            "context_memberships_url": f"{base}/names-roles/{context}",
            "service_versions": ["2.0"],
        }
    grades = [scope for scope in GRADE_SCOPES if scope in registration["scopes"]]
    if grades:
        endpoint: dict[str, Any] = {"scope": grades, "lineitems": f"{base}/line-items/{context}"}
        item = _own_line_item(lms, course, link, message["student"] or who["user"])
        if item is not None:
            endpoint["lineitem"] = f"{base}/line-items/{context}/{item}"
        claims[AGS_CLAIM] = endpoint
    return claims


def _own_line_item(lms: Lms, course: Document, link: Document | None, user: str) -> str | None:
    """Return the line item of the link that belongs to the person's own section."""
    if link is None:
        return None
    items = [lms.store.get("line_item", item) for item in link["line_items"]]
    section = (people.membership(course, user) or {}).get("section")
    fitting = [item["id"] for item in items if item and item["section"] in {None, section}]
    return fitting[0] if fitting else None


def _resource_link(
    lms: Lms,
    registration: Document,
    course: Document,
    link: Document | None,
    message: Document,
) -> Document:
    profile = registration["profile"]
    whole_course = course["contexts"][profile]
    if profile == "schoology":
        whole_course = f"{whole_course}-{registration['client_id']}"
    shown: Document = {"id": whole_course, "title": registration["name"]}
    if link is not None:
        shown = {"id": link["id"], "title": link["title"]}
        if link["text"]:
            shown["description"] = link["text"]
    reviewed = _review(lms, registration, message) if message["placement"] == "review" else {}
    return {
        f"{LTI}/message_type": "LtiResourceLinkRequest",
        **reviewed,
        f"{LTI}/resource_link": shown,
        f"{LTI}/launch_presentation": {
            "document_target": "iframe",
            "locale": "en",
            "return_url": f"{lms.url}/courses/{course['course']}?returned=yes&from=tool",
        },
    }


def _review(lms: Lms, registration: Document, message: Document) -> Document:
    """Return what tells a submission review from a launch of the link: whose work it is about."""
    student = _known(people.person(lms, message["student"]))
    about: Document = {"user_id": people.subject(registration["profile"], student)}
    if registration["privacy"] == "public":
        about |= {"name": student["name"], "email": student["email"]}
    return {f"{LTI}/message_type": "LtiSubmissionReviewRequest", f"{LTI}/for_user": about}


def _deep_linking(lms: Lms, registration: Document, message: Document) -> Document:
    visit = fresh_id()
    data = fresh_id()
    lms.store.put(
        "deep_linking",
        visit,
        {
            "client_id": registration["client_id"],
            "course": message["course"],
            "user": message["user"],
            "data": data,
            "used": False,
        },
    )
    base = f"{lms.url}/{registration['profile']}"
    return {
        f"{LTI}/message_type": "LtiDeepLinkingRequest",
        f"{LTI}/launch_presentation": {"document_target": "iframe", "locale": "en"},
        f"{DEEP_LINKING}/deep_linking_settings": {
            "deep_link_return_url": f"{base}/deep-linking/{visit}?modal=true&placement=content",
            "accept_types": ["ltiResourceLink", "link"],
            "accept_presentation_document_targets": ["iframe", "window"],
            "accept_multiple": True,
            "accept_lineitem": True,
            "auto_create": False,
            "title": "Add to the course",
            "data": data,
        },
    }
