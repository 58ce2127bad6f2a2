from datetime import timedelta

import pytest

from integrations.google._client import GoogleClient
from integrations.google.meet import GoogleRooms
from lti_tool.ports.errors import (
    ConflictError,
    NotAuthorizedError,
    QuotaExceededError,
    RefusedError,
    UnavailableError,
)
from lti_tool.ports.google import Account
from tests.servers.google import CHEN, JORDAN, RIVERA, GoogleServer


def join(google: GoogleServer, space: str, who: dict[str, str], at: str) -> None:
    body = {**who, "at": at, "admitted_by": RIVERA}
    google.control(f"/calls/{space.removeprefix('spaces/')}/join", body)


def test_a_new_room_is_restricted_and_moderated(rooms: GoogleRooms, account: Account) -> None:
    made = rooms.create(account)
    assert made.is_restricted
    assert made.is_moderated
    assert rooms.read(account, made.space_name) == made


def test_a_lost_answer_is_one_request_and_an_unknown_outcome(
    rooms: GoogleRooms, account: Account, google: GoogleServer
) -> None:
    google.fault("meet", "drop_after_send", "spaces.create")
    with pytest.raises(UnavailableError):
        rooms.create(account)
    assert google.counts()["meet.spaces.create"] == 1


def test_a_cohost_is_listed_and_removed_twice_without_complaint(
    rooms: GoogleRooms, account: Account
) -> None:
    space = rooms.create(account).space_name
    member = rooms.add_cohost(account, space, CHEN)
    assert rooms.members(account, space) == (member,)
    with pytest.raises(ConflictError):
        rooms.add_cohost(account, space, CHEN)
    rooms.remove_member(account, member.name)
    rooms.remove_member(account, member.name)
    assert rooms.members(account, space) == ()


def test_ending_a_call_that_does_not_run_is_done(rooms: GoogleRooms, account: Account) -> None:
    rooms.end_call(account, rooms.create(account).space_name)


def test_a_call_is_read_down_to_its_sessions(
    rooms: GoogleRooms, account: Account, google: GoogleServer
) -> None:
    google.control("/settings", {"page_size": 1})
    space = rooms.create(account).space_name
    join(google, space, {"email": RIVERA}, "2026-11-23T10:00:00Z")
    join(google, space, {"email": JORDAN}, "2026-11-23T10:01:00.250Z")
    join(google, space, {"anonymous": "Maya"}, "2026-11-23T10:02:00Z")
    (call,) = rooms.calls(account, space)
    people = {person.display_name: person for person in rooms.participants(account, call.name)}
    assert call.ended_at is None
    assert people["Maya"].identity_kind == "anonymous"
    assert people["Jordan Ellis"].google_user == google.user(JORDAN)
    (session,) = rooms.participant_sessions(account, people["Jordan Ellis"].name)
    assert session.joined_at.microsecond == 250_000
    assert session.left_at is None
    rooms.end_call(account, space)
    assert rooms.calls(account, space)[0].ended_at is not None


def test_another_owners_room_is_refused(rooms: GoogleRooms, account: Account) -> None:
    other = Account(organization_id=account.organization_id, owner=CHEN)
    space = rooms.create(other).space_name
    with pytest.raises(RefusedError):
        rooms.read(account, space)


@pytest.mark.parametrize(
    ("service", "mode", "error"),
    [
        ("meet", "500", UnavailableError),
        ("meet", "503", UnavailableError),
        ("meet", "429", QuotaExceededError),
        ("meet", "403:rateLimitExceeded", QuotaExceededError),
        ("meet", "403:quotaExceeded", QuotaExceededError),
        ("meet", "403:forbidden", RefusedError),
        ("token", "invalid_grant", NotAuthorizedError),
        ("token", "unauthorized_client", NotAuthorizedError),
        ("token", "drop_after_send", UnavailableError),
    ],
)
def test_a_fault_is_told_in_our_own_words(
    service: str,
    mode: str,
    error: type[Exception],
    client: GoogleClient,
    account: Account,
    google: GoogleServer,
) -> None:
    google.fault(service, mode)
    with pytest.raises(error):
        GoogleRooms(client).create(account)


def test_the_wait_that_google_asks_for_is_kept(
    rooms: GoogleRooms, account: Account, google: GoogleServer
) -> None:
    google.fault("meet", "429", retry_after=17)
    with pytest.raises(QuotaExceededError) as caught:
        rooms.create(account)
    assert caught.value.retry_after == timedelta(seconds=17)


def test_a_used_up_quota_pauses_for_hours(
    rooms: GoogleRooms, account: Account, google: GoogleServer
) -> None:
    google.fault("meet", "403:quotaExceeded")
    with pytest.raises(QuotaExceededError) as caught:
        rooms.create(account)
    assert caught.value.retry_after == timedelta(hours=2)


def test_a_stale_token_is_renewed_once(
    rooms: GoogleRooms, account: Account, google: GoogleServer
) -> None:
    google.fault("meet", "401", "spaces.create")
    assert rooms.create(account).is_restricted


def test_an_address_outside_the_staff_gets_no_token(rooms: GoogleRooms, account: Account) -> None:
    stranger = Account(organization_id=account.organization_id, owner="nobody@harbor.example")
    with pytest.raises(NotAuthorizedError):
        rooms.create(stranger)
