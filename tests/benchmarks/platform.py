"""The smallest platform that can launch: one key, one key set on loopback, signed messages."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from config.clock import real_now

ISSUER = "https://bench.example"
CLIENT_ID = "bench-client"
DEPLOYMENT_ID = "bench-deployment"
CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
ROLE = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
KID = "bench-key"
LIFETIME_SECONDS = 3600


class Platform:
    """Signs what it is asked to sign."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        public = jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        self.key_set = {"keys": [{**public, "kid": KID, "alg": "RS256", "use": "sig"}]}
        self.jwks_url = ""

    def message(self, *, nonce: str, target: str, user: str) -> str:
        """Return a signed launch of a student."""
        now = int(real_now().timestamp())
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "aud": CLIENT_ID,
            "sub": user,
            "iat": now,
            "exp": now + LIFETIME_SECONDS,
            "nonce": nonce,
            f"{CLAIM}message_type": "LtiResourceLinkRequest",
            f"{CLAIM}version": "1.3.0",
            f"{CLAIM}deployment_id": DEPLOYMENT_ID,
            f"{CLAIM}target_link_uri": target,
            f"{CLAIM}resource_link": {"id": "bench-link"},
            f"{CLAIM}roles": [f"{ROLE}Learner"],
            f"{CLAIM}context": {"id": "bench-course", "title": "Bench"},
        }
        return jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": KID})


@contextmanager
def running_platform() -> Iterator[Platform]:
    """Serve the key set of a new platform on loopback."""
    platform = Platform()
    body = json.dumps(platform.key_set).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    platform.jwks_url = f"http://127.0.0.1:{server.server_port}/jwks"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield platform
    finally:
        server.shutdown()
        thread.join()


def new_user() -> str:
    """Return a user whom nobody has seen yet."""
    return f"student-{uuid4()}"
