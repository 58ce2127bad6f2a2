"""The token endpoint, driven by google-auth."""

import time
from typing import Any

import jwt
import pytest
import requests
from google.auth.exceptions import RefreshError
from google.auth.transport.requests import Request
from googleapiclient.errors import HttpError

from tests.contract.sandbox_google.google_client import CHEN, MAYA, PREFIX, RIVERA, SCOPES, Google

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def refusal(credentials: Any) -> tuple[str, bool]:
    with pytest.raises(RefreshError) as raised:
        credentials.refresh(Request())
    return str(raised.value.args[0]), raised.value.retryable


def assertion(google: Google, **changed: Any) -> str:
    now = int(time.time())
    claims = {
        "iss": google.key["client_email"],
        "sub": RIVERA,
        "aud": google.key["token_uri"],
        "iat": now,
        "exp": now + 3600,
        "scope": PREFIX + SCOPES[0],
    }
    return jwt.encode(claims | changed, google.key["private_key"], algorithm="RS256")


def exchange(google: Google, text: str, grant: str = GRANT) -> requests.Response:
    return requests.post(
        f"{google.url}/token", data={"grant_type": grant, "assertion": text}, timeout=10
    )


def test_a_delegated_service_account_gets_an_hour(google: Google) -> None:
    answer = exchange(google, assertion(google))

    assert answer.status_code == 200
    assert answer.json()["expires_in"] == 3600
    assert answer.json()["token_type"] == "Bearer"


def test_google_auth_gets_a_token_for_a_staff_member(google: Google) -> None:
    credentials = google.credentials(CHEN)
    credentials.refresh(Request())

    assert credentials.valid
    assert google.requests()[-1]["subject"] == CHEN


def test_a_scope_beyond_the_delegation_is_refused(google: Google) -> None:
    message, retryable = refusal(google.credentials(scopes=(*SCOPES, "calendar")))

    assert message.startswith("unauthorized_client")
    assert not retryable


@pytest.mark.parametrize("subject", ["nobody@harbor.example", MAYA, None])
def test_only_active_staff_of_the_domain_can_be_the_subject(
    google: Google, subject: str | None
) -> None:
    text = assertion(google, sub=subject) if subject else assertion(google, sub="")

    answer = exchange(google, text)

    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_grant"


def test_a_suspended_account_loses_its_tokens_at_once(google: Google) -> None:
    email = "leaving@harbor.example"
    google.control("/users", {"email": email, "name": "Lee Leaving"})
    calendar = google.service("calendar", email)
    calendar.calendars().insert(body={"summary": "Before"}).execute()
    google.control("/users", {"email": email, "name": "Lee Leaving", "suspended": True})

    with pytest.raises(RefreshError, match="invalid_grant"):
        calendar.calendars().insert(body={"summary": "After"}).execute()


def test_staff_of_another_domain_are_out_of_reach(google: Google) -> None:
    google.control("/service-accounts", {"domain": "other.example", "scopes": ["drive.file"]})
    google.control("/users", {"email": "ada@other.example", "name": "Ada Other"})

    message, _ = refusal(google.credentials("ada@other.example"))

    assert message.startswith("invalid_grant")


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "https://elsewhere.example/token"},
        {"exp": 1},
        {"exp": int(time.time()) + 9000},
        {"iss": "stranger@elsewhere.example"},
    ],
    ids=["audience", "expired", "lives too long", "unknown issuer"],
)
def test_a_wrong_claim_is_an_invalid_grant(google: Google, changed: dict[str, Any]) -> None:
    answer = exchange(google, assertion(google, **changed))

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_another_key_cannot_sign(google: Google) -> None:
    other = google.control("/service-accounts", {"domain": "harbor.example", "scopes": []})
    mixed = Google(url=google.url, key=google.key | {"private_key": other["private_key"]})

    assert "Invalid JWT Signature" in refusal(mixed.credentials())[0]


def test_another_grant_type_is_not_served(google: Google) -> None:
    answer = exchange(google, assertion(google), grant="client_credentials")

    assert answer.json()["error"] == "unsupported_grant_type"


def test_an_assertion_without_scopes_is_refused(google: Google) -> None:
    assert exchange(google, assertion(google, scope="")).json()["error"] == "invalid_scope"


def test_a_disabled_key_ends_in_invalid_grant(google: Google) -> None:
    key = google.control("/service-accounts", {"domain": "harbor.example", "scopes": list(SCOPES)})
    google.control(f"/service-accounts/{key['client_email']}", {"disabled": True})

    message, _ = refusal(Google(url=google.url, key=key).credentials())

    assert message.startswith("invalid_grant")


def test_a_narrowed_delegation_ends_tokens_with_the_lost_scope(google: Google) -> None:
    key = google.control("/service-accounts", {"domain": "harbor.example", "scopes": list(SCOPES)})
    meet = Google(url=google.url, key=key).service("meet")
    meet.spaces().create(body={}).execute()
    google.control(f"/service-accounts/{key['client_email']}", {"scopes": ["drive.file"]})

    with pytest.raises(RefreshError, match="unauthorized_client"):
        meet.spaces().create(body={}).execute()


@pytest.mark.parametrize("mode", ["invalid_grant", "unauthorized_client"])
def test_the_endpoint_refuses_on_request(google: Google, mode: str) -> None:
    google.control("/faults", {"service": "token", "mode": mode})

    message, retryable = refusal(google.credentials())

    assert message.startswith(mode)
    assert not retryable


def test_the_endpoint_is_down_on_request(google: Google) -> None:
    google.control("/faults", {"service": "token", "mode": "503"})

    answer = exchange(google, assertion(google))

    assert answer.status_code == 503
    assert answer.json() == {"error": "internal_failure"}
    assert google.requests()[-1]["status"] == 503


def test_a_dropped_token_reaches_nobody(google: Google) -> None:
    google.control("/faults", {"service": "token", "mode": "drop_after_send"})

    with pytest.raises(requests.ConnectionError):
        exchange(google, assertion(google))


def test_an_unknown_bearer_is_refused_in_googles_shape(google: Google) -> None:
    answer = requests.get(
        f"{google.url}/calendar/v3/calendars/primary",
        headers={"Authorization": "Bearer made-up"},
        timeout=10,
    )

    assert answer.status_code == 401
    assert answer.json()["error"]["status"] == "UNAUTHENTICATED"


def test_a_token_without_the_scope_of_the_method_is_refused(google: Google) -> None:
    forms = google.service("forms", scopes=("meetings.space.created",))

    with pytest.raises(HttpError) as raised:
        forms.forms().create(body={"info": {"title": "No"}}).execute()

    assert raised.value.status_code == 403
    assert "ACCESS_TOKEN_SCOPE_INSUFFICIENT" in str(raised.value)
