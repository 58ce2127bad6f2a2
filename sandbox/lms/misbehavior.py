"""Wrong id_tokens on request, so that a tool can prove that it refuses them."""

import base64
import hashlib
import hmac
import json
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives import serialization

from sandbox.lms.platform import Lms, foreign_key, load_key, sign, signing_keys
from sandbox.store import Document

KNOWN = frozenset(
    {
        "claims",
        "drop",
        "shift",
        "header",
        "sign_with",
        "payload",
        "replay",
        "pad",
        "state",
        "initiation",
    }
)
SIGNERS = (None, "foreign", "other-platform", "none", "hs256")


def spoil(claims: Document, wish: Document, *, now: datetime, last_nonce: str | None) -> Any:
    """Return the payload changed as asked; without a wish it stays what it is."""
    if "payload" in wish:
        return wish["payload"]
    spoiled = {**claims, **wish.get("claims", {})}
    for name, seconds in wish.get("shift", {}).items():
        spoiled[name] = int((now + timedelta(seconds=seconds)).timestamp())
    if wish.get("replay") and last_nonce:
        spoiled["nonce"] = last_nonce
    if wish.get("pad"):
        spoiled["padding"] = "x" * int(wish["pad"])
    for name in wish.get("drop", ()):
        spoiled.pop(name, None)
    return spoiled


def seal(lms: Lms, profile: str, payload: Any, wish: Document) -> str:
    """Sign the payload, with the right key and header unless the wish says otherwise."""
    key = signing_keys(lms, profile)[0]
    header: Document = {"kid": key["kid"], **wish.get("header", {})}
    header = {name: value for name, value in header.items() if value is not None}
    signer = wish.get("sign_with")
    if signer == "none":
        return _compact({"typ": "JWT", **header, "alg": "none"}, payload, b"")
    if signer == "hs256":
        return _with_public_key_as_secret(key, payload, header)
    if signer == "foreign":
        key = foreign_key(lms)
    elif signer == "other-platform":
        other = "canvas" if profile == "schoology" else "schoology"
        key = signing_keys(lms, other)[0]
    return sign(key, payload, header=header)


def _encode(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def _compact(header: Document, payload: Any, signature: bytes) -> str:
    head, body = (_encode(json.dumps(part).encode()) for part in (header, payload))
    return f"{head}.{body}.{_encode(signature)}"


def _with_public_key_as_secret(key: Document, payload: Any, header: Document) -> str:
    """Sign with HMAC under the published key: the classic confusion of algorithms."""
    secret = (
        load_key(key["pem"])
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    full = {"typ": "JWT", **header, "alg": "HS256"}
    unsigned = _compact(full, payload, b"").rpartition(".")[0]
    signature = hmac.new(secret, unsigned.encode(), hashlib.sha256).digest()
    return f"{unsigned}.{_encode(signature)}"
