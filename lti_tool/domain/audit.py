"""The append-only record of acts (S6), chained by hashes yet erasable (decision 15).

The chain holds ids, times and salted digests. The payload lies elsewhere and can be erased with
its salt: the chain still verifies, and the digest tells nothing without the salt.
"""

import hashlib

HASH_BYTES = 32
SALT_BYTES_MIN = 16
# The link before the first one.
GENESIS = bytes(HASH_BYTES)


def payload_digest(salt: bytes, payload: bytes) -> bytes:
    """Digest a payload so that nobody can guess it once the salt is erased.

    :raises ValueError: when the salt is too short to hide a short payload.
    """
    if len(salt) < SALT_BYTES_MIN:
        raise ValueError("an audit salt needs 16 bytes or more")
    # The length keeps one salt and payload from passing for another pair.
    return hashlib.sha256(b"payload" + len(salt).to_bytes(8, "big") + salt + payload).digest()


def link(previous_hash: bytes, *, line_digest: bytes, sequence: int) -> bytes:
    """Chain one line to all before it; `GENESIS` stands before the first.

    :raises ValueError: when a hash has the wrong length or the sequence is negative.
    """
    if len(previous_hash) != HASH_BYTES or len(line_digest) != HASH_BYTES:
        raise ValueError("an audit link joins two hashes of 32 bytes")
    if sequence < 0:
        raise ValueError("an audit sequence starts at 0")
    return hashlib.sha256(
        b"link" + sequence.to_bytes(8, "big") + previous_hash + line_digest
    ).digest()
