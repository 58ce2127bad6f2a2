"""Names and Role Provisioning Services: one page of a course's members."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

from requests.utils import parse_header_links

from integrations.lms.connector import Connector, with_query
from integrations.lms.http import Answer
from lti_tool.ports.errors import NotFoundError, RefusedError, UnavailableError
from lti_tool.ports.lms import Member, Platform, RosterPage

SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
ACCEPT = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
PAGE_SIZES = {"canvas": "50", "schoology": "100"}
OK, NOT_FOUND = 200, 404


class LmsRosters:
    """The `Rosters` port over HTTP."""

    def __init__(self, connector: Connector) -> None:
        self._connector = connector

    def page(self, platform: Platform, url: str) -> RosterPage:
        """Fetch one page.

        :raises GatewayError: if it cannot be had
        """
        size = PAGE_SIZES.get(platform.profile)
        asked = with_query(url, {"limit": size}) if size else url
        answer = self._connector.get(platform, asked, scopes=(SCOPE,), accept=ACCEPT)
        if answer.status == NOT_FOUND:
            raise NotFoundError("The LMS does not know this course's roster any more.")
        if answer.status != OK:
            raise RefusedError("The LMS refused to give the roster; check its settings.")
        body = answer.json()
        members = body.get("members") if isinstance(body, dict) else None
        if not isinstance(members, list):
            raise UnavailableError("The LMS answered without a roster; try later.")
        return RosterPage(
            members=tuple(_member(each) for each in members if _has_id(each)),
            next_url=_next(answer, asked),
        )


def _has_id(member: Any) -> bool:
    return isinstance(member, Mapping) and bool(_text(member, "user_id"))


def _member(member: Mapping[str, Any]) -> Member:
    roles = member.get("roles")
    return Member(
        subject=_text(member, "user_id") or "",
        roles=tuple(str(role) for role in roles) if isinstance(roles, list) else (),
        is_active=member.get("status", "Active") == "Active",
        name=_text(member, "name") or _joined(member),
        email=_text(member, "email"),
    )


def _joined(member: Mapping[str, Any]) -> str | None:
    parts = (_text(member, "given_name"), _text(member, "family_name"))
    return " ".join(part for part in parts if part) or None


def _text(member: Mapping[str, Any], name: str) -> str | None:
    value = member.get(name)
    return value.strip() or None if isinstance(value, str) else None


def _next(answer: Answer, asked: str) -> str | None:
    """Return the next page's address, its letters' case kept.

    :raises RefusedError: if it leads to another host, where our token must not go, or to itself
    """
    links = parse_header_links(answer.headers.get("Link", ""))
    found = next((link["url"] for link in links if "next" in link.get("rel", "").split()), None)
    if found is None:
        return None
    address = urljoin(asked, found)
    here, there = urlsplit(asked), urlsplit(address)
    if (here.scheme, here.netloc) != (there.scheme, there.netloc):
        raise RefusedError("The roster goes on at another host, which is not part of your LMS.")
    if address == asked:
        raise RefusedError("The roster's next page is the same page again.")
    return address
