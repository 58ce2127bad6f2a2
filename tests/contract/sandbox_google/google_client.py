"""The real Google client, and a hand on the control API, for tests of the stand-in."""

from dataclasses import dataclass, field
from typing import Any

import google_auth_httplib2
import httplib2
import requests
from google.oauth2 import service_account
from googleapiclient.discovery import build

SCOPES = (
    "calendar.app.created",
    "calendar.events.freebusy",
    "meetings.space.created",
    "drive.file",
)
PREFIX = "https://www.googleapis.com/auth/"
PATHS = {"calendar": "/calendar/v3/", "drive": "/drive/v3/", "meet": "/", "forms": "/"}
VERSIONS = {"calendar": "v3", "drive": "v3", "meet": "v2", "forms": "v1"}
RIVERA = "rivera@harbor.example"
CHEN = "chen@harbor.example"
OKAFOR = "okafor@harbor.example"
MAYA = "maya@students.harborcareer.example"
MENTOR = "jordan.ellis@brightworks.example"


class SingleSend:
    """Looks like httplib2 to the client; one call is one request."""

    redirect_codes = frozenset({301, 302, 303, 307})
    timeout = None

    def __init__(self, read_s: float) -> None:
        self._limits = (5, read_s)

    def request(
        self,
        uri: str,
        method: str = "GET",
        body: str | bytes | None = None,
        headers: dict[str, str] | None = None,
        **_ignored: object,
    ) -> tuple[httplib2.Response, bytes]:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.request(
                method,
                uri,
                data=body,
                headers=headers,
                timeout=self._limits,
                allow_redirects=False,
            )
        skipped = ("content-encoding", "content-length")
        fields = {k.lower(): v for k, v in answer.headers.items() if k.lower() not in skipped}
        fields["status"] = str(answer.status_code)
        shaped = httplib2.Response(fields)
        shaped.reason = answer.reason
        return shaped, answer.content

    def close(self) -> None:
        """Hold nothing open."""


@dataclass(kw_only=True)
class Google:
    """The running stand-in as tests reach it."""

    url: str
    key: dict[str, Any] = field(default_factory=dict)
    read_s: float = 10

    def control(self, path: str, body: Any = None, verb: str = "POST") -> Any:
        answer = self.raw(path, body, verb)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def raw(self, path: str, body: Any = None, verb: str = "POST") -> requests.Response:
        with requests.Session() as session:
            session.trust_env = False
            return session.request(verb, f"{self.url}/control{path}", json=body, timeout=10)

    def requests(self) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = self.control("/requests", verb="GET")["requests"]
        return entries

    def counts(self) -> dict[str, int]:
        counts: dict[str, int] = self.control("/requests", verb="GET")["counts"]
        return counts

    def credentials(self, subject: str | None = RIVERA, scopes: tuple[str, ...] = SCOPES) -> Any:
        unbound = service_account.Credentials.from_service_account_info(
            self.key, scopes=[PREFIX + scope for scope in scopes]
        )
        return unbound.with_subject(subject) if subject else unbound

    def service(self, name: str, subject: str = RIVERA, scopes: tuple[str, ...] = SCOPES) -> Any:
        http = google_auth_httplib2.AuthorizedHttp(
            self.credentials(subject, scopes), http=SingleSend(self.read_s)
        )
        return build(
            name,
            VERSIONS[name],
            http=http,
            client_options={"api_endpoint": self.url + PATHS[name]},
            static_discovery=True,
        )
