"""Names and roles, as both products answer."""

import pytest

from integrations.lms.rosters import LmsRosters
from lti_tool.ports.errors import (
    GatewayError,
    NotAuthorizedError,
    NotFoundError,
    QuotaExceededError,
    RefusedError,
    UnavailableError,
)
from lti_tool.ports.lms import Member, Platform
from tests.contract.lms.platform import Lms


def _walk(rosters: LmsRosters, platform: Platform, url: str) -> tuple[int, list[Member]]:
    members: list[Member] = []
    pages, address = 0, url
    while address:
        page = rosters.page(platform, address)
        members.extend(page.members)
        pages, address = pages + 1, page.next_url or ""
    return pages, members


def test_44_pages_follow_each_other_to_the_end(lms: Lms) -> None:
    small = lms.register("canvas", page_size=7)
    pages, members = _walk(LmsRosters(lms.connector()), small, lms.roster_url(small))
    assert pages == -(-len(members) // 7) > 2
    assert len({member.subject for member in members}) == len(members)
    assert all(member.name and member.roles and member.is_active for member in members)


def test_43_one_token_serves_every_page(lms: Lms) -> None:
    small = lms.register("schoology", page_size=7)
    before = lms.token_requests()
    _walk(LmsRosters(lms.connector()), small, lms.roster_url(small))
    assert lms.token_requests() == before + 1


def test_an_anonymous_roster_has_no_names(lms: Lms) -> None:
    hidden = lms.register("canvas", privacy="anonymous")
    page = LmsRosters(lms.connector()).page(hidden, lms.roster_url(hidden))
    assert {member.name for member in page.members} == {None}
    assert {member.email for member in page.members} == {None}


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("500", UnavailableError),
        ("503", UnavailableError),
        ("401", NotAuthorizedError),
        ("403-rate", QuotaExceededError),
        ("429", QuotaExceededError),
        ("html", UnavailableError),
        ("huge", RefusedError),
        ("drop-after", UnavailableError),
        ("redirect", RefusedError),
        ("loop-next", RefusedError),
        ("foreign-next", RefusedError),
    ],
)
def test_66_each_fault_is_told_apart(
    lms: Lms, platform: Platform, mode: str, expected: type[GatewayError]
) -> None:
    rosters = LmsRosters(lms.connector())
    lms.break_next("names-roles", mode)
    with pytest.raises(expected) as caught:
        rosters.page(platform, lms.roster_url(platform))
    assert caught.value.remedy
    assert rosters.page(platform, lms.roster_url(platform)).members


def test_a_course_that_is_gone_is_not_found(lms: Lms, platform: Platform) -> None:
    gone = lms.roster_url(platform) + "0"
    with pytest.raises(NotFoundError):
        LmsRosters(lms.connector()).page(platform, gone)


def test_a_service_that_was_not_granted_is_not_authorized(lms: Lms) -> None:
    narrow = lms.register("canvas", scopes=[])
    with pytest.raises(NotAuthorizedError):
        LmsRosters(lms.connector()).page(narrow, lms.roster_url(narrow))
