"""The platform itself: where it is served, its signing keys, and its signature."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import current_app
from jwt.algorithms import RSAAlgorithm

from sandbox.store import Document, Store

_KEYS = "platform_key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lms:
    """What every part of the platform needs: its documents and the two addresses."""

    store: Store
    url: str
    tool_url: str


def current() -> Lms:
    """Return the platform that serves this request."""
    return cast("Lms", current_app.extensions["lms"])


def fresh_id() -> str:
    """Return an identifier that nobody can guess."""
    return secrets.token_urlsafe(18)


def _new_key() -> Document:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    kid = base64.urlsafe_b64encode(hashlib.sha256(public).digest()).decode()[:16]
    return {"kid": kid, "pem": pem}


@lru_cache(maxsize=32)
def load_key(pem: str) -> rsa.RSAPrivateKey:
    """Return the key object; parsing it anew for every signature would cost 30 ms."""
    return cast(
        "rsa.RSAPrivateKey", serialization.load_pem_private_key(pem.encode(), password=None)
    )


def signing_keys(lms: Lms, profile: str) -> list[Document]:
    """Return the keys of one platform: the first signs, the second is announced."""
    with lms.store.atomic():
        found = lms.store.get(_KEYS, profile)
        if found is None:
            found = {"keys": [_new_key(), _new_key()]}
            lms.store.put(_KEYS, profile, found)
    return cast("list[Document]", found["keys"])


def rotate(lms: Lms, profile: str, *, surprise: bool) -> list[str]:
    """Let the announced key sign from now on, or replace both without a word."""
    with lms.store.atomic():
        keys = signing_keys(lms, profile)
        keys = [_new_key(), _new_key()] if surprise else [keys[1], _new_key()]
        lms.store.put(_KEYS, profile, {"keys": keys})
    return [key["kid"] for key in keys]


def foreign_key(lms: Lms) -> Document:
    """Return a key that no platform publishes."""
    return signing_keys(lms, "foreign")[0]


def key_set(lms: Lms, profile: str) -> Document:
    """Return the public keys, as a JSON Web Key Set."""
    keys = []
    for key in signing_keys(lms, profile):
        public = RSAAlgorithm.to_jwk(load_key(key["pem"]).public_key(), as_dict=True)
        keys.append({**public, "kid": key["kid"], "alg": "RS256", "use": "sig"})
    return {"keys": keys}


def sign(key: Document, payload: Any, *, header: Document) -> str:
    """Sign any JSON value with RS256; the header is taken as it is given."""
    return jwt.PyJWS().encode(
        json.dumps(payload).encode(), load_key(key["pem"]), algorithm="RS256", headers=header
    )
