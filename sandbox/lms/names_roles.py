"""Names and roles: who is in a course, page by page."""

from flask import Blueprint, Response, jsonify, request

from sandbox.lms import bearer, custom, paging, people
from sandbox.lms.platform import Lms, current
from sandbox.lms.profiles import PROFILES, ROUTE
from sandbox.lms.refusals import ServiceRefusalError
from sandbox.lms.vocabulary import LTI, MEMBERS_TYPE, MEMBERSHIP, SCOPE_MEMBERS
from sandbox.store import Document

blueprint = Blueprint("names_roles", __name__)


@blueprint.get(f"/{ROUTE}/names-roles/<context>")
def members(profile: str, context: str) -> Response:
    """Answer one page of the roster, as far as the registration's privacy lets it."""
    lms = current()
    registration = bearer.caller(lms, profile, any_of=(SCOPE_MEMBERS,))
    bearer.accept(MEMBERS_TYPE)
    course = bearer.context(lms, profile, context)
    link = _link(lms, registration, course)
    chosen = _chosen(course, request.args.get("role"))
    page = paging.cut(
        lms,
        chosen,
        most=min(registration["page_size"], PROFILES[profile].names_roles_limit),
    )
    response = jsonify(
        id=f"{lms.url}{request.path}",
        context={"id": context, "label": course["label"], "title": course["title"]},
        members=[_member(lms, registration, course, user, link) for user in page.entries],
    )
    response.mimetype = MEMBERS_TYPE
    if page.link:
        response.headers["Link"] = page.link
    return response


def _chosen(course: Document, role: str | None) -> list[str]:
    wanted = role if role is None or "#" in role else f"{MEMBERSHIP}#{role}"
    return [
        user
        for user, enrollment in course["members"].items()
        if people.on_roster(enrollment)
        and (wanted is None or wanted in people.context_roles(enrollment))
    ]


def _link(lms: Lms, registration: Document, course: Document) -> Document | None:
    wanted = request.args.get("rlid")
    if wanted is None or wanted == course["contexts"][registration["profile"]]:
        return None
    link = lms.store.get("link", wanted)
    if link is None or link["course"] != course["course"]:
        raise ServiceRefusalError(400, "the resource link was not found in this course")
    if link["client_id"] != registration["client_id"]:
        raise ServiceRefusalError(400, "Tool does not have access to rlid")
    return link


def _member(
    lms: Lms, registration: Document, course: Document, user: str, link: Document | None
) -> Document:
    who = people.person(lms, user) or {}
    enrollment = course["members"][user]
    member: Document = {
        "status": enrollment["status"],
        "user_id": people.subject(registration["profile"], who),
        "roles": people.context_roles(enrollment),
    }
    if registration["privacy"] == "public":
        member |= {
            "name": who["name"],
            "given_name": who["given"],
            "family_name": who["family"],
            "email": who["email"],
            "lis_person_sourcedid": f"sis-{who['number']}",
        }
    if "rlid" in request.args:
        values = custom.parameters(lms, registration, course, who, link=link)
        member["message"] = [
            {f"{LTI}/message_type": "LtiResourceLinkRequest", f"{LTI}/custom": values}
        ]
    return member
