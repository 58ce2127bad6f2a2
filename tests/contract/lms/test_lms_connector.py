"""Tokens: whose they are, how long they live, and what ends them."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from integrations.lms.connector import with_path, with_query
from integrations.lms.rosters import ACCEPT, SCOPE
from lti_tool.ports.errors import (
    GatewayError,
    NotAuthorizedError,
    QuotaExceededError,
    UnavailableError,
)
from lti_tool.ports.lms import Platform
from tests.contract.lms.platform import Lms

SCORE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
HOUR = 3600.0


class Hands:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def test_65_two_clients_of_one_issuer_never_share_a_token(lms: Lms) -> None:
    one, other = lms.register("schoology"), lms.register("schoology")
    connector = lms.connector()
    for platform in (one, other, one, other):
        connector.get(platform, lms.roster_url(platform), scopes=(SCOPE,), accept=ACCEPT)
    by_client = lms.control("GET", "/tokens")["by_client"]
    assert by_client[one.client_id] == by_client[other.client_id] == 1


def test_a_token_is_asked_for_again_shortly_before_it_ends(lms: Lms, canvas: Platform) -> None:
    clock = Hands()
    connector = lms.connector(clock=clock)
    before = lms.token_requests()
    for clock.at in (0.0, HOUR - 61, HOUR - 59):
        connector.get(canvas, lms.roster_url(canvas), scopes=(SCOPE,), accept=ACCEPT)
    assert lms.token_requests() == before + 2


def test_each_set_of_scopes_has_its_token(lms: Lms, canvas: Platform) -> None:
    connector = lms.connector()
    before = lms.token_requests()
    for scopes in ((SCOPE,), (SCOPE, SCORE), (SCORE, SCOPE)):
        connector.get(canvas, lms.roster_url(canvas), scopes=scopes, accept=ACCEPT)
    assert lms.token_requests() == before + 2


def test_many_threads_ask_for_one_token(lms: Lms, canvas: Platform) -> None:
    connector = lms.connector()
    before = lms.token_requests()

    def ask(_: int) -> int:
        url = lms.roster_url(canvas)
        return connector.get(canvas, url, scopes=(SCOPE,), accept=ACCEPT).status

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(ask, range(12))) == {200}
    assert lms.token_requests() == before + 1


def test_a_refused_token_is_dropped(lms: Lms, canvas: Platform) -> None:
    connector = lms.connector()
    url, before = lms.roster_url(canvas), lms.token_requests()
    connector.get(canvas, url, scopes=(SCOPE,), accept=ACCEPT)
    lms.break_next("names-roles", "401")
    with pytest.raises(NotAuthorizedError):
        connector.get(canvas, url, scopes=(SCOPE,), accept=ACCEPT)
    connector.get(canvas, url, scopes=(SCOPE,), accept=ACCEPT)
    assert lms.token_requests() == before + 2


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("500", UnavailableError),
        ("401", NotAuthorizedError),
        ("403-rate", QuotaExceededError),
        ("429", QuotaExceededError),
        ("html", UnavailableError),
        ("drop-after", UnavailableError),
    ],
)
def test_65_a_token_address_out_of_order_is_told_apart(
    lms: Lms, canvas: Platform, mode: str, expected: type[GatewayError]
) -> None:
    connector = lms.connector()
    lms.break_next("token", mode)
    with pytest.raises(expected):
        connector.get(canvas, lms.roster_url(canvas), scopes=(SCOPE,), accept=ACCEPT)
    answer = connector.get(canvas, lms.roster_url(canvas), scopes=(SCOPE,), accept=ACCEPT)
    assert answer.status == 200


def test_an_address_keeps_its_query() -> None:
    assert (
        with_path("https://a.example/b/1?x=Y%2F", "/scores")
        == "https://a.example/b/1/scores?x=Y%2F"
    )
    assert with_path("https://a.example/b/1/", "/scores") == "https://a.example/b/1/scores"
    assert with_query("https://a.example/b?limit=3", {"limit": "50"}).endswith("?limit=3")
