"""A registration at the stand-in LMS, with our key published for it, and no tool around."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import jwt
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask, jsonify
from jwt.algorithms import RSAAlgorithm
from werkzeug.serving import make_server

from integrations.lms.connector import Connector
from integrations.lms.guard import Guard
from integrations.lms.http import LmsHttp
from lti_tool.ports.lms import Platform, SigningKey

COURSE = "pathways-a"
KID = "contract-key"
TIMEOUT = 30
Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class OneKey:
    """The port that hands out the signing key."""

    key: SigningKey

    def current(self) -> SigningKey:
        return self.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Lms:
    """The stand-in as a test uses it."""

    url: str
    jwks_url: str
    keys: OneKey
    http: LmsHttp = field(default_factory=lambda: LmsHttp(Guard(allows_private=True)))

    def control(self, method: str, path: str, body: Json | None = None) -> Any:
        answer = requests.request(method, f"{self.url}/control{path}", json=body, timeout=TIMEOUT)
        assert answer.ok, answer.text
        return answer.json() if answer.content else None

    def register(self, profile: str, **wishes: Any) -> Platform:
        known = self.control("POST", "/registrations", {"profile": profile, **wishes})
        address = f"/registrations/{known['client_id']}"
        self.control("PATCH", address, {"jwks_url": self.jwks_url})
        return Platform(
            registration_id=uuid4(),
            profile=profile,
            issuer=known["issuer"],
            client_id=known["client_id"],
            token_url=known["token_url"],
            token_audience=known["token_url"],
            jwks_url=known["jwks_url"],
        )

    def connector(self, **options: Any) -> Connector:
        return Connector(self.http, self.keys, **options)

    def context(self, profile: str) -> str:
        contexts = {"canvas": "4f1c8aab09d24c6e9be1f6dd2f0c41b7", "schoology": "6410004101"}
        return contexts[profile]

    def roster_url(self, platform: Platform) -> str:
        return f"{self.url}/{platform.profile}/names-roles/{self.context(platform.profile)}"

    def line_items_url(self, platform: Platform) -> str:
        return f"{self.url}/{platform.profile}/line-items/{self.context(platform.profile)}"

    def subject(self, platform: Platform, user: str) -> str:
        people = self.control("GET", f"/courses/{COURSE}/people?client_id={platform.client_id}")
        return next(str(each["sub"]) for each in people if each["user"] == user)

    def posted(self, platform: Platform) -> list[Json]:
        scores: list[Json] = self.control("GET", f"/scores?client_id={platform.client_id}")
        return scores

    def break_next(self, endpoint: str, mode: str) -> None:
        self.control("POST", "/faults", {"endpoint": endpoint, "mode": mode, "times": 1})

    def token_requests(self) -> int:
        return int(self.control("GET", "/tokens")["requests"])


@contextmanager
def published_key() -> Iterator[tuple[str, OneKey]]:
    """Publish a fresh key on loopback, and return its address and the key."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = RSAAlgorithm.to_jwk(private.public_key(), as_dict=True)
    app = Flask(__name__)
    app.add_url_rule(
        "/jwks",
        "jwks",
        lambda: jsonify(keys=[{**public, "kid": KID, "alg": "RS256", "use": "sig"}]),
    )
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
    try:
        yield (
            f"http://127.0.0.1:{server.server_port}/jwks",
            OneKey(key=SigningKey(kid=KID, private_pem=pem)),
        )
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def claims_of(token: str) -> Json:
    """Read a token of ours without checking it."""
    return jwt.decode(token, options={"verify_signature": False})
