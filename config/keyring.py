"""The keyring: authenticated encryption, keyed hashes and signatures from keys in the settings.

Keys live outside the database (decision 17). Each purpose has its own list of keys; the first one
is used for new work, the others still open what they once closed, so that keys can be rotated.
"""

import base64
import hashlib
import hmac
import os
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12


class Purpose(StrEnum):
    """What a key is for; one key never serves two purposes."""

    data = "data"
    """Wraps the data key of each organization and the tool's private keys."""
    state = "state"
    """Closes sealed state that travels through a browser (login state, tickets)."""
    links = "links"
    """Hashes one-time tokens, sign-in secrets and form tokens."""
    lookup = "lookup"
    """Hashes e-mail addresses so that they can be looked up without being readable."""
    seals = "seals"
    """Signs the head of the audit chain."""


class KeyringError(Exception):
    """The keyring in the settings is not usable."""


class SealBrokenError(Exception):
    """A sealed value was changed, moved to another place, or closed with an unknown key."""


@dataclass(frozen=True, slots=True)
class _Key:
    key_id: str
    secret: bytes


class Keyring:
    """Keys by purpose, the current one first."""

    def __init__(self, keys: dict[Purpose, tuple[_Key, ...]]) -> None:
        """Use `from_dict` or `generate`."""
        self._keys = keys

    @classmethod
    def from_dict(cls, body: Any) -> "Keyring":
        """Read ``{"data": [["key-id", "base64"], ...], "state": ...}``.

        :raises KeyringError: naming every purpose without a usable key
        """
        faults: list[str] = []
        keys: dict[Purpose, tuple[_Key, ...]] = {}
        for purpose in Purpose:
            try:
                keys[purpose] = tuple(
                    _Key(str(key_id), base64.b64decode(secret, validate=True))
                    for key_id, secret in body[purpose.value]
                )
            except (KeyError, TypeError, ValueError):
                keys[purpose] = ()
            if not keys[purpose] or any(len(key.secret) != KEY_BYTES for key in keys[purpose]):
                faults.append(purpose.value)
        if faults:
            raise KeyringError(f"no usable {KEY_BYTES}-byte key for: {', '.join(faults)}.")
        return cls(keys)

    @staticmethod
    def generate() -> dict[str, list[list[str]]]:
        """Return a new keyring as it stands in the settings."""
        return {
            purpose.value: [["1", base64.b64encode(os.urandom(KEY_BYTES)).decode()]]
            for purpose in Purpose
        }

    def seal(self, purpose: Purpose, plain: bytes, *, place: str) -> bytes:
        """Encrypt and authenticate `plain` for one place, such as a table, row and column."""
        key = self._keys[purpose][0]
        return key.key_id.encode() + b":" + close(key.secret, plain, place=place)

    def open(self, purpose: Purpose, sealed: bytes, *, place: str) -> bytes:
        """Return what was sealed for that place.

        :raises SealBrokenError: if it was changed, moved, or its key is gone
        """
        key_id, _, body = sealed.partition(b":")
        for key in self._keys[purpose]:
            if key.key_id.encode() == key_id:
                return unclose(key.secret, body, place=place)
        raise SealBrokenError(f"key {key_id!r} for {purpose} is not in the keyring")

    def digest(self, purpose: Purpose, text: str) -> bytes:
        """Return the keyed hash of `text` under the current key."""
        return _mac(self._keys[purpose][0].secret, text)

    def digests(self, purpose: Purpose, text: str) -> tuple[bytes, ...]:
        """Return the keyed hashes under every key that is still valid, for look-ups."""
        return tuple(_mac(key.secret, text) for key in self._keys[purpose])

    def key_id(self, purpose: Purpose) -> str:
        """Return the id of the current key."""
        return self._keys[purpose][0].key_id


def _mac(secret: bytes, text: str) -> bytes:
    return hmac.new(secret, text.encode(), hashlib.sha256).digest()


def close(secret: bytes, plain: bytes, *, place: str) -> bytes:
    """Encrypt with AES-256-GCM, bound to `place`."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(secret).encrypt(nonce, plain, place.encode())


def unclose(secret: bytes, sealed: bytes, *, place: str) -> bytes:
    """Undo `close`.

    :raises SealBrokenError: if anything differs
    """
    try:
        return AESGCM(secret).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode())
    except (InvalidTag, ValueError) as error:
        raise SealBrokenError(f"the sealed value does not belong to {place}") from error
