"""One HTTP client for everything that goes to an LMS.

Time-outs, no redirects, a cap on size, a name of its own, and connections only to addresses that
the guard has judged.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from integrations.lms.guard import Guard
from lti_tool.ports.errors import GatewayError, RefusedError, UnavailableError

CONNECT_SECONDS = 5.0
READ_SECONDS = 30.0
WHOLE_SECONDS = 60.0
LARGEST_BODY = 5 * 1024 * 1024
CHUNK = 64 * 1024
POOL = 10
USER_AGENT = "CareerMentoring/1.0 (+LTI 1.3 tool)"
"""Some platforms answer 403 to a client without a name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back: status, headers and the whole body."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    def json(self) -> Any:
        """Return the parsed body.

        :raises UnavailableError: if it is not JSON, such as the page of a proxy
        """
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise UnavailableError(
                "The LMS answered with something that is not JSON; try later."
            ) from error


class LmsHttp:
    """The client; one per process, safe for threads."""

    def __init__(
        self, guard: Guard, *, connect: float = CONNECT_SECONDS, read: float = READ_SECONDS
    ) -> None:
        self._guard = guard
        self._timeout = (connect, read)
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["User-Agent"] = USER_AGENT
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, _GuardedAdapter(guard))

    def get(self, url: str, *, headers: Mapping[str, str]) -> Answer:
        """Fetch an address.

        :raises GatewayError: if no complete answer came
        """
        return self._request("GET", url, headers=headers, data=None)

    def post(
        self, url: str, *, headers: Mapping[str, str], data: bytes | Mapping[str, str]
    ) -> Answer:
        """Send a body, or form fields.

        :raises GatewayError: if no complete answer came
        """
        return self._request("POST", url, headers=headers, data=data)

    def _request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        data: bytes | Mapping[str, str] | None,
    ) -> Answer:
        self._guard.check_url(url)
        try:
            with self._session.request(
                method,
                url,
                headers=dict(headers),
                data=data,
                timeout=self._timeout,
                allow_redirects=False,
                stream=True,
            ) as response:
                body = _read(response)
                return Answer(
                    status=response.status_code,
                    headers=CaseInsensitiveDict(response.headers),
                    body=body,
                )
        except requests.RequestException as error:
            refusal = _refusal(error)
            if refusal is not None:
                raise refusal from error
            raise UnavailableError("The LMS did not answer completely; try later.") from error


def _read(response: requests.Response) -> bytes:
    """Read the body with a cap on size and on time: a drip of bytes holds no worker."""
    until = time.monotonic() + WHOLE_SECONDS
    body = bytearray()
    for chunk in response.iter_content(CHUNK):
        body += chunk
        if len(body) > LARGEST_BODY:
            raise RefusedError("The LMS sent far more than fits; report it to its support.")
        if time.monotonic() > until:
            raise UnavailableError("The LMS sends too slowly; try later.")
    return bytes(body)


def _refusal(error: BaseException) -> GatewayError | None:
    """Find the guard's own word among the causes that the libraries wrapped it in."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, GatewayError):
            return seen
        seen = seen.__cause__ or seen.__context__
    return None


class _GuardedAdapter(HTTPAdapter):
    """An adapter whose connections go to judged addresses only."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        super().__init__(pool_connections=POOL, pool_maxsize=POOL, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _pool_classes(self._guard)


def _pool_classes(guard: Guard) -> dict[str, type[HTTPConnectionPool]]:
    """Return urllib3's pools with connections that ask the guard before they connect."""

    class Plain(HTTPConnection):
        def _new_conn(self) -> Any:
            return _connect(self, guard, super()._new_conn)

    class Secure(HTTPSConnection):
        def _new_conn(self) -> Any:
            return _connect(self, guard, super()._new_conn)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


def _connect(connection: HTTPConnection, guard: Guard, connect: Any) -> Any:
    """Connect to the judged address; TLS and the Host header keep the name."""
    name = connection._dns_host  # noqa: SLF001 - urllib3 offers no other place to pin an address
    try:
        connection._dns_host = guard.resolve(name, connection.port)  # noqa: SLF001 - as above
        return connect()
    finally:
        connection._dns_host = name  # noqa: SLF001 - as above
