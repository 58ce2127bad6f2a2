"""A tool that can do nothing but sign, publish its keys, and follow a login by hand."""

import json
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import jwt
import requests
from bs4 import BeautifulSoup
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask, Response, jsonify
from jwt.algorithms import RSAAlgorithm
from werkzeug.serving import make_server

from sandbox.lms.app import create_app
from sandbox.store import Store

AGS = "https://purl.imsglobal.org/spec/lti-ags/scope"
LINE_ITEM_SCOPE = f"{AGS}/lineitem"
LINE_ITEM_READ_SCOPE = f"{AGS}/lineitem.readonly"
RESULT_SCOPE = f"{AGS}/result.readonly"
SCORE_SCOPE = f"{AGS}/score"
MEMBERS_SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
LTI = "https://purl.imsglobal.org/spec/lti/claim"
DL = "https://purl.imsglobal.org/spec/lti-dl/claim"
AGS_CLAIM = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NRPS_CLAIM = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
MEMBERS_TYPE = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
LINE_ITEM_TYPE = "application/vnd.ims.lis.v2.lineitem+json"
LINE_ITEMS_TYPE = "application/vnd.ims.lis.v2.lineitemcontainer+json"
SCORE_TYPE = "application/vnd.ims.lis.v1.score+json"
RESULTS_TYPE = "application/vnd.ims.lis.v2.resultcontainer+json"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
TIMEOUT = 30

Json = dict[str, Any]


@contextmanager
def served(app: Flask, listener: socket.socket) -> Iterator[None]:
    server = make_server("127.0.0.1", 0, app, threaded=True, fd=listener.fileno())
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def listening() -> tuple[socket.socket, int]:
    listener = socket.create_server(("127.0.0.1", 0))
    return listener, int(listener.getsockname()[1])


@dataclass(slots=True, kw_only=True)
class FakeTool:
    url: str
    key: rsa.RSAPrivateKey
    key_set: Any = None
    status: int = 200

    def __post_init__(self) -> None:
        self.key_set = {"keys": [self.public(self.key, "tool-key")]}

    @staticmethod
    def public(key: rsa.RSAPrivateKey, kid: str) -> Json:
        jwk = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
        return {**jwk, "kid": kid, "alg": "RS256", "use": "sig"}

    def sign(self, claims: Json, **header: Any) -> str:
        return jwt.encode(claims, self.key, "RS256", headers={"kid": "tool-key", **header})

    def app(self) -> Flask:
        app = Flask(__name__)

        @app.get("/jwks")
        def jwks() -> Response:
            response = jsonify(self.key_set)
            response.status_code = self.status
            return response

        return app


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    url: str
    tool: FakeTool
    store: Store

    def post(self, path: str, body: Json) -> requests.Response:
        return requests.post(f"{self.url}{path}", json=body, timeout=TIMEOUT)

    def get(self, path: str, **params: str) -> Any:
        answer = requests.get(f"{self.url}{path}", params=params, timeout=TIMEOUT)
        answer.raise_for_status()
        return answer.json()

    def patch(self, path: str, body: Json) -> requests.Response:
        return requests.patch(f"{self.url}{path}", json=body, timeout=TIMEOUT)

    def register(self, profile: str = "canvas", **wanted: Any) -> "Registered":
        body = {"profile": profile, "name": "Career Mentoring", **wanted}
        registration = self.post("/control/registrations", body).json()
        custom = {"user": "$Canvas.user.id", "Actor": "$Canvas.masqueradingUser.id"}
        changed = self.patch(
            f"/control/registrations/{registration['client_id']}",
            {
                "initiate_login_url": f"{self.tool.url}/login",
                "redirect_uris": [f"{self.tool.url}/launch"],
                "target_link_uri": f"{self.tool.url}/launch",
                "deep_linking_url": f"{self.tool.url}/choose",
                "jwks_url": f"{self.tool.url}/jwks",
                "custom": custom,
            },
        )
        changed.raise_for_status()
        return Registered(world=self, about=changed.json())


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """One registration, and what a tool would do with it."""

    world: World
    about: Json
    _tokens: dict[str, str] = field(default_factory=dict)

    @property
    def client_id(self) -> str:
        return str(self.about["client_id"])

    def begin(self, user: str, **wanted: Any) -> Json:
        body = {
            "client_id": self.client_id,
            "course": "pathways-a",
            "user": user,
            "placement": "course_navigation",
            **wanted,
        }
        answer = self.world.post("/control/launches", body)
        assert answer.status_code == 200, answer.text
        fields: Json = answer.json()["fields"]
        return fields

    def request_fields(self, login: Json, **changed: Any) -> Json:
        fields = {
            "client_id": self.client_id,
            "redirect_uri": f"{self.world.tool.url}/launch",
            "response_type": "id_token",
            "response_mode": "form_post",
            "scope": "openid",
            "prompt": "none",
            "login_hint": login["login_hint"],
            "lti_message_hint": login["lti_message_hint"],
            "state": uuid.uuid4().hex,
            "nonce": uuid.uuid4().hex,
        } | changed
        return {name: value for name, value in fields.items() if value is not None}

    def authorize(self, fields: Json, **options: Any) -> requests.Response:
        return requests.get(self.about["auth_login_url"], params=fields, timeout=TIMEOUT, **options)

    def answer(self, user: str = "rivera", **wanted: Any) -> Json:
        """Go through a whole login, and return the fields that reach the tool."""
        login = self.begin(user, **wanted)
        page = self.authorize(self.request_fields(login))
        assert page.status_code == 200, page.text
        return form_fields(page.text)

    def claims(self, user: str = "rivera", **wanted: Any) -> Json:
        return self.verify(self.answer(user, **wanted)["id_token"])

    def verify(self, token: str) -> Json:
        keys = requests.get(self.about["jwks_url"], timeout=TIMEOUT).json()
        kid = jwt.get_unverified_header(token)["kid"]
        key = next(key for key in jwt.PyJWKSet.from_dict(keys).keys if key.key_id == kid)
        return jwt.decode(token, key, algorithms=["RS256"], audience=self.client_id)

    def assertion(self, **changed: Any) -> Json:
        now = int(time.time())
        claims = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": self.about["token_url"],
            "iat": now,
            "exp": now + 60,
            "jti": uuid.uuid4().hex,
        } | changed
        return {name: value for name, value in claims.items() if value is not None}

    def ask_token(self, scope: str, /, assertion: str | None = None, **changed: str) -> Any:
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion or self.world.tool.sign(self.assertion()),
            "scope": scope,
        } | changed
        return requests.post(self.about["token_url"], data=form, timeout=TIMEOUT)

    def token(self, scope: str) -> str:
        if scope not in self._tokens:
            self._tokens[scope] = self.ask_token(scope).json()["access_token"]
        return self._tokens[scope]

    def call(
        self,
        method: str,
        url: str,
        scope: str,
        *,
        accept: str | None = None,
        send: str | None = None,
        body: Any = None,
        **options: Any,
    ) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.token(scope)}"}
        headers |= {"Accept": accept} if accept else {}
        headers |= {"Content-Type": send} if send else {}
        data = json.dumps(body) if body is not None else None
        return requests.request(method, url, headers=headers, data=data, timeout=TIMEOUT, **options)

    def line_items_url(self) -> str:
        return str(self.claims()[AGS_CLAIM]["lineitems"])

    def add_line_item(self, **wanted: Any) -> Json:
        body = {"label": "First reflection", "scoreMaximum": 20, **wanted}
        answer = self.call(
            "POST", self.line_items_url(), LINE_ITEM_SCOPE, send=LINE_ITEM_TYPE, body=body
        )
        assert answer.status_code == 201, answer.text
        item: Json = answer.json()
        return item

    def sub(self, user: str) -> str:
        people = self.world.get("/control/courses/pathways-a/people", client_id=self.client_id)
        return next(str(who["sub"]) for who in people if who["user"] == user)

    def score(self, item: Json, user: str, **changed: Any) -> requests.Response:
        body = {
            "userId": self.sub(user),
            "scoreGiven": 15,
            "scoreMaximum": 20,
            "activityProgress": "Completed",
            "gradingProgress": "FullyGraded",
            "timestamp": "2026-11-23T10:00:00.000Z",
        } | changed
        sent = {name: value for name, value in body.items() if value is not None}
        return self.call("POST", f"{item['id']}/scores", SCORE_SCOPE, send=SCORE_TYPE, body=sent)

    def cell(self, item: Json, user: str) -> Json:
        book = self.world.get("/control/courses/pathways-a/gradebook", client_id=self.client_id)
        row = next(row for row in book["students"] if row["user"] == user)
        cell: Json = row["scores"][item["id"].rpartition("/")[2]]
        return cell

    def deep_link(
        self, items: Any, *, header: Json | None = None, visit: Json | None = None, **changed: Any
    ) -> requests.Response:
        """Answer a deep linking request with the items, signed and complete unless changed."""
        settings = visit or self.claims(placement="deep_linking")[f"{DL}/deep_linking_settings"]
        now = int(time.time())
        claims = {
            "iss": self.client_id,
            "aud": self.about["issuer"],
            "iat": now,
            "exp": now + 60,
            "nonce": uuid.uuid4().hex,
            f"{LTI}/message_type": "LtiDeepLinkingResponse",
            f"{LTI}/version": "1.3.0",
            f"{LTI}/deployment_id": self.about["deployment_id"],
            f"{DL}/data": settings["data"],
            f"{DL}/content_items": items,
        } | changed
        token = self.world.tool.sign(
            {name: value for name, value in claims.items() if value is not None},
            **(header or {}),
        )
        return requests.post(settings["deep_link_return_url"], data={"JWT": token}, timeout=TIMEOUT)

    def add_link(self, **wanted: Any) -> Json:
        item = {
            "type": "ltiResourceLink",
            "title": "Prepare to meet your mentor",
            "url": f"{self.world.tool.url}/launch",
            "custom": {"activity": "42", "link": "$ResourceLink.id"},
            "lineItem": {"scoreMaximum": 10, "resourceId": "42", "tag": "reflection"},
            **wanted,
        }
        item = {name: value for name, value in item.items() if value is not None}
        answer = self.deep_link([item])
        assert answer.status_code == 200, answer.text
        links = self.world.get("/control/courses/pathways-a/links", client_id=self.client_id)
        link: Json = links[-1]
        return link


def form_fields(page: str) -> Json:
    form = BeautifulSoup(page, "html.parser").find("form")
    assert form is not None
    return {str(tag["name"]): str(tag["value"]) for tag in form.find_all("input")}


def fault_of(page: requests.Response) -> str:
    assert page.status_code == 400, page.text
    note = BeautifulSoup(page.text, "html.parser").find(id="fault")
    assert note is not None
    return note.get_text()


@contextmanager
def running_world(
    store: Store, *, host: str = "127.0.0.1", make_tool: Callable[[FakeTool], Flask] = FakeTool.app
) -> Iterator[World]:
    listener, port = listening()
    tool_listener, tool_port = listening()
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    tool = FakeTool(url=f"http://{host}:{tool_port}", key=key)
    url = f"http://127.0.0.1:{port}"
    app = create_app(store, url=url, tool_url=tool.url)
    with listener, tool_listener, served(app, listener), served(make_tool(tool), tool_listener):
        yield World(url=url, tool=tool, store=store)
