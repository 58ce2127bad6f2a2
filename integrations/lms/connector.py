"""Access to a platform's services: tokens by private-key JWT, kept until shortly before they end.

Tokens are kept by registration and scopes. Every Canvas or Schoology customer shares one issuer,
so a cache by issuer would hand one district's token to another.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from uuid import UUID, uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from config.clock import real_now
from integrations.lms.faults import fault, token_fault
from integrations.lms.http import Answer, LmsHttp
from lti_tool.ports.errors import UnavailableError
from lti_tool.ports.lms import Platform, SigningKeys

ASSERTION_SECONDS = 120
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
SLACK_SECONDS = 60.0
USUAL_LIFE_SECONDS = 3600
OK = 200
UNAUTHORIZED = 401

Place = tuple[UUID, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Token:
    value: str = field(repr=False)
    ends_at: float


class Connector:
    """Requests with a bearer token; one per process, safe for threads."""

    def __init__(
        self,
        http: LmsHttp,
        signing_keys: SigningKeys,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._http = http
        self._signing_keys = signing_keys
        self._clock = clock
        self._tokens: dict[Place, _Token] = {}
        self._locks: dict[Place, threading.Lock] = {}
        self._guard = threading.Lock()

    def get(self, platform: Platform, url: str, *, scopes: tuple[str, ...], accept: str) -> Answer:
        """Fetch from a service of the platform.

        :raises GatewayError: if it cannot be had
        """
        headers = {"Authorization": self._bearer(platform, scopes), "Accept": accept}
        return self._judged(platform, scopes, self._http.get(url, headers=headers))

    def post(
        self,
        platform: Platform,
        url: str,
        *,
        scopes: tuple[str, ...],
        content_type: str,
        body: bytes,
    ) -> Answer:
        """Send to a service of the platform; a 4xx answer is returned to be read.

        :raises GatewayError: if the platform did not answer, or does not let us in
        """
        headers = {
            "Authorization": self._bearer(platform, scopes),
            "Content-Type": content_type,
            "Accept": "application/json",
        }
        answer = self._http.post(url, headers=headers, data=body)
        return self._judged(platform, scopes, answer)

    def _judged(self, platform: Platform, scopes: tuple[str, ...], answer: Answer) -> Answer:
        if answer.status == UNAUTHORIZED:
            # The next attempt asks for a new token; this one may have been withdrawn.
            self._tokens.pop(_place(platform, scopes), None)
        error = fault(answer)
        if error is not None:
            raise error
        return answer

    def _bearer(self, platform: Platform, scopes: tuple[str, ...]) -> str:
        place = _place(platform, scopes)
        with self._guard:
            lock = self._locks.setdefault(place, threading.Lock())
        with lock:
            token = self._tokens.get(place)
            if token is None or token.ends_at <= self._clock():
                token = self._ask(platform, place[1])
                self._tokens[place] = token
        return f"Bearer {token.value}"

    def _ask(self, platform: Platform, scopes: tuple[str, ...]) -> _Token:
        answer = self._http.post(
            platform.token_url,
            headers={"Accept": "application/json"},
            data={
                "grant_type": "client_credentials",
                "client_assertion_type": ASSERTION_TYPE,
                "client_assertion": self._assertion(platform),
                "scope": " ".join(scopes),
            },
        )
        error = token_fault(answer)
        if error is not None:
            raise error
        body = answer.json()
        value = body.get("access_token") if isinstance(body, dict) else None
        if not isinstance(value, str) or not value:
            raise UnavailableError("The token address answered without a token; try later.")
        return _Token(value=value, ends_at=self._clock() + _life(body) - SLACK_SECONDS)

    def _assertion(self, platform: Platform) -> str:
        key = self._signing_keys.current()
        issued = int(real_now().timestamp())
        return jwt.encode(
            {
                "iss": platform.client_id,
                "sub": platform.client_id,
                "aud": platform.token_audience,
                "iat": issued,
                "exp": issued + ASSERTION_SECONDS,
                "jti": str(uuid4()),
            },
            _key(key.private_pem),
            algorithm="RS256",
            headers={"kid": key.kid},
        )


def with_path(url: str, ending: str) -> str:
    """Append to the path of an address and keep its query: Moodle's line items have one."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=parts.path.rstrip("/") + ending))


def with_query(url: str, parameters: Mapping[str, str]) -> str:
    """Add parameters that the address does not have yet."""
    parts = urlsplit(url)
    given = parse_qsl(parts.query, keep_blank_values=True)
    names = {name for name, _ in given}
    added = [(name, value) for name, value in parameters.items() if name not in names]
    return urlunsplit(parts._replace(query=urlencode([*given, *added])))


def _place(platform: Platform, scopes: tuple[str, ...]) -> Place:
    return (platform.registration_id, tuple(sorted(scopes)))


def _life(body: Mapping[str, Any]) -> float:
    seconds = body.get("expires_in", USUAL_LIFE_SECONDS)
    return float(seconds) if isinstance(seconds, int | float) else USUAL_LIFE_SECONDS


@lru_cache(maxsize=8)
def _key(private_pem: str) -> RSAPrivateKey:
    """Return the key object: signing from text costs a hundred times as much."""
    key = load_pem_private_key(private_pem.encode(), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("the tool signs with RSA only")
    return key
