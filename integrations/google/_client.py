"""The one way to Google: credentials, one request per call, and what an error means.

A service account with domain-wide delegation acts as one staff member. Nothing here retries: the
outbox owns that. One service object serves one call, because a shared one returns other requests'
bodies; a connection that breaks leaves the outcome unknown, and the caller finds out by reading.
"""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Any
from uuid import UUID

import google_auth_httplib2
import httplib2
import requests
from google.auth.exceptions import GoogleAuthError, RefreshError
from google.oauth2 import service_account
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

from lti_tool.ports.errors import (
    ConflictError,
    GatewayError,
    GoneError,
    NotAuthorizedError,
    NotFoundError,
    QuotaExceededError,
    RefusedError,
    UnavailableError,
)
from lti_tool.ports.google import Account, Credentials

SCOPES = tuple(
    f"https://www.googleapis.com/auth/{name}"
    for name in (
        "calendar.app.created",
        "calendar.events.freebusy",
        "meetings.space.created",
        "drive.file",
    )
)
CONNECT_SECONDS = 5
READ_SECONDS = 30
DAILY_QUOTA_PAUSE = timedelta(hours=2)
SHORT_LIMITS = frozenset({"rateLimitExceeded", "userRateLimitExceeded"})
LONG_LIMITS = frozenset({"quotaExceeded", "dailyLimitExceeded"})
MISSING_SCOPE = frozenset({"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"})


class PreconditionFailedError(RefusedError):
    """The thing is not in the state that the request asks for."""


class Api(StrEnum):
    """The four services that the tool uses."""

    calendar = "calendar"
    drive = "drive"
    meet = "meet"
    forms = "forms"


VERSIONS = {Api.calendar: "v3", Api.drive: "v3", Api.meet: "v2", Api.forms: "v1"}
# An endpoint replaces root and service path together, so these two need their path again.
PATHS = {Api.calendar: "/calendar/v3/", Api.drive: "/drive/v3/", Api.meet: "/", Api.forms: "/"}


class SingleSend:
    """Stand where the client expects httplib2, and send exactly one request per call.

    httplib2 itself sends a POST again when the connection drops after the request was written.
    """

    redirect_codes = frozenset({301, 302, 303, 307})
    timeout = None

    def request(
        self,
        uri: str,
        method: str = "GET",
        body: str | bytes | None = None,
        headers: Mapping[str, str] | None = None,
        **_ignored: object,
    ) -> tuple[httplib2.Response, bytes]:
        """Send the request once, follow nothing, and shape the answer as httplib2 does."""
        with requests.Session() as session:
            session.trust_env = False  # a .netrc entry would replace our bearer
            answer = session.request(
                method,
                uri,
                data=body,
                headers=dict(headers or {}),
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
            )
        skipped = {"content-encoding", "content-length"}  # the body is decoded already
        fields = {k.lower(): v for k, v in answer.headers.items() if k.lower() not in skipped}
        fields["status"] = str(answer.status_code)
        shaped = httplib2.Response(fields)
        shaped.reason = answer.reason
        return shaped, answer.content

    def close(self) -> None:
        """Hold nothing open between requests."""


class GoogleClient:
    """Sends one request as one staff member and says what went wrong in our own words."""

    def __init__(self, credentials: Credentials, *, base_url: str | None = None) -> None:
        """Take keys from `credentials`; `base_url` names the sandbox instead of Google."""
        self._keys = credentials
        self._base_url = base_url.rstrip("/") if base_url else None
        self._cached: dict[tuple[UUID, str, tuple[str, ...], str], Any] = {}
        self._lock = threading.Lock()

    def call(
        self, api: Api, account: Account, ask: Callable[[Any], Any], *, if_match: str | None = None
    ) -> dict[str, Any]:
        """Send the one request that `ask` builds on a fresh service; return the decoded answer.

        :raises GatewayError: for everything that is not a success
        """
        try:
            http = google_auth_httplib2.AuthorizedHttp(self._signed(account), http=SingleSend())
            endpoint = {"api_endpoint": self._base_url + PATHS[api]} if self._base_url else None
            with build(
                str(api),
                VERSIONS[api],
                http=http,
                client_options=endpoint,
                static_discovery=True,
            ) as service:
                prepared = ask(service)
                if if_match is not None:
                    prepared.headers["If-Match"] = if_match
                answer = prepared.execute(num_retries=0)
        except HttpError as error:
            raise _explained(error) from error
        except RefreshError as error:
            raise _refused_token(error) from error
        except (requests.RequestException, GoogleAuthError, OSError) as error:
            raise UnavailableError("Google did not answer; it is tried again.") from error
        return answer if isinstance(answer, dict) else {}

    def pages(
        self, api: Api, account: Account, ask: Callable[[Any, str | None], Any], field: str
    ) -> Iterator[dict[str, Any]]:
        """Read a list to its last page; `ask` gets the service and the page's token."""
        token: str | None = None
        while True:
            answer = self.call(api, account, partial(_at, ask, token))
            yield from answer.get(field, ())
            token = answer.get("nextPageToken")
            if not token:
                return

    def try_scopes(self, account: Account, scopes: tuple[str, ...] = SCOPES) -> None:
        """Ask for a token with these scopes and throw it away.

        :raises GatewayError: if Google refuses or does not answer
        """
        unbound = self._unbound(self._keys.service_account(account.organization_id), scopes)
        try:
            unbound.with_subject(account.owner).refresh(google_auth_httplib2.Request(SingleSend()))
        except RefreshError as error:
            raise _refused_token(error) from error
        except (requests.RequestException, GoogleAuthError, OSError) as error:
            raise UnavailableError("Google did not answer; try again.") from error

    def _unbound(self, key: dict[str, str], scopes: tuple[str, ...]) -> Any:
        try:
            return service_account.Credentials.from_service_account_info(key, scopes=scopes)
        except ValueError as error:
            raise NotAuthorizedError("Connect Google again: the key is damaged.") from error

    def _signed(self, account: Account) -> Any:
        """Return credentials that keep their token; a subject costs one token request an hour."""
        key = self._keys.service_account(account.organization_id)
        fingerprint = hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()
        place = (account.organization_id, account.owner, SCOPES, fingerprint)
        with self._lock:
            if place not in self._cached:
                self._cached[place] = self._unbound(key, SCOPES).with_subject(account.owner)
            return self._cached[place]


def _at(ask: Callable[[Any, str | None], Any], token: str | None, service: Any) -> Any:
    return ask(service, token)


def expect(answer: Mapping[str, Any], field: str, wanted: str) -> None:
    """Refuse an answer about something else than what was asked for.

    :raises UnavailableError: so that it is asked again
    """
    if answer.get(field) != wanted:
        raise UnavailableError("Google answered about something else; it is tried again.")


def moment(text: str) -> datetime:
    """Read a time as Google writes it, to the microsecond."""
    whole, _, rest = text.removesuffix("Z").partition(".")
    micro = rest[:6].ljust(6, "0") if rest else "000000"
    return datetime.fromisoformat(f"{whole}.{micro}+00:00").astimezone(UTC)


def stamp(at: datetime) -> str:
    """Write a time as Google reads it."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _refused_token(error: RefreshError) -> GatewayError:
    if getattr(error, "retryable", False):
        return UnavailableError("Google's sign-in did not answer; it is tried again.")
    if "unauthorized_client" in str(error):
        return NotAuthorizedError(
            "Ask the Google administrator to allow the four scopes for the service account."
        )
    return NotAuthorizedError(
        "Google refuses the service account or the staff address: check both, then connect again."
    )


def _explained(error: HttpError) -> GatewayError:
    status, reasons = int(error.resp.status), _reasons(error)
    wait = _retry_after(error)
    if status == requests.codes.too_many_requests or reasons & SHORT_LIMITS:
        return QuotaExceededError("Too many requests; it goes on by itself.", retry_after=wait)
    if reasons & LONG_LIMITS:
        return QuotaExceededError(
            "Google's quota of the day is used up; it goes on in some hours.",
            retry_after=max(wait or DAILY_QUOTA_PAUSE, DAILY_QUOTA_PAUSE),
        )
    if status >= requests.codes.internal_server_error:
        return UnavailableError("Google is out of order for now.", retry_after=wait)
    if status == requests.codes.unauthorized or reasons & MISSING_SCOPE:
        return NotAuthorizedError("Check the service account and its scopes, then connect again.")
    if _status(error) == "FAILED_PRECONDITION" and status == requests.codes.bad_request:
        return PreconditionFailedError("Google refused: it is not in the right state for this.")
    known: dict[int, tuple[type[GatewayError], str]] = {
        404: (NotFoundError, "Google does not know it; look whether somebody deleted it."),
        409: (ConflictError, "Google has something under this id already."),
        410: (GoneError, "It was deleted at Google."),
        412: (ConflictError, "Somebody changed it at Google meanwhile; try again."),
    }
    kind, remedy = known.get(
        status, (RefusedError, "Google refused; ask the Google administrator to look at it.")
    )
    return kind(remedy)


def _body(error: HttpError) -> dict[str, Any]:
    try:
        body = json.loads(error.content)["error"]
    except (ValueError, KeyError, TypeError):
        return {}
    return body if isinstance(body, dict) else {}


def _status(error: HttpError) -> str:
    return str(_body(error).get("status", ""))


def _reasons(error: HttpError) -> frozenset[str]:
    """Collect the reasons of both error shapes that Google uses."""
    body = _body(error)
    listed = [*body.get("errors", ()), *body.get("details", ())]
    return frozenset(str(item.get("reason", "")) for item in listed if isinstance(item, dict))


def _retry_after(error: HttpError) -> timedelta | None:
    text = str(error.resp.get("retry-after", ""))
    return timedelta(seconds=int(text)) if text.isdigit() else None
