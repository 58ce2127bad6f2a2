"""The record of acts: chained, and erasable without breaking the chain."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.audit import GENESIS, HASH_BYTES, link, payload_digest

SALT = bytes(range(16))
HASHES = st.binary(min_size=HASH_BYTES, max_size=HASH_BYTES)


class TestDigest:
    def test_is_pinned(self) -> None:
        expected = sha256(b"payload" + (16).to_bytes(8, "big") + SALT + b"x").digest()
        assert payload_digest(SALT, b"x") == expected

    def test_needs_a_salt_that_hides(self) -> None:
        with pytest.raises(ValueError, match="16 bytes"):
            payload_digest(SALT[:15], b"x")

    @given(st.binary(max_size=8), st.binary(max_size=8))
    def test_keeps_salt_and_payload_apart(self, one: bytes, other: bytes) -> None:
        same = payload_digest(SALT + one, other) == payload_digest(SALT, one + other)
        assert same == (one == b"")


class TestLink:
    def test_is_pinned(self) -> None:
        digest = payload_digest(SALT, b"x")
        expected = sha256(b"link" + (258).to_bytes(8, "big") + GENESIS + digest).digest()
        assert link(GENESIS, line_digest=digest, sequence=258) == expected

    @given(HASHES, HASHES, st.integers(0, 10), st.integers(0, 10))
    def test_differs_with_its_place_and_with_what_came_before(
        self, before: bytes, digest: bytes, sequence: int, other: int
    ) -> None:
        here = link(before, line_digest=digest, sequence=sequence)
        assert len(here) == HASH_BYTES
        there = link(before, line_digest=digest, sequence=other)
        assert (here == there) == (sequence == other)
        swapped = link(digest, line_digest=before, sequence=sequence)
        assert (here == swapped) == (before == digest)

    @pytest.mark.parametrize(
        ("before", "digest"),
        [(b"", GENESIS), (GENESIS, b""), (GENESIS + b"x", GENESIS), (GENESIS, GENESIS + b"x")],
    )
    def test_joins_whole_hashes_only(self, before: bytes, digest: bytes) -> None:
        with pytest.raises(ValueError, match="32 bytes"):
            link(before, line_digest=digest, sequence=0)

    def test_starts_at_zero(self) -> None:
        assert link(GENESIS, line_digest=GENESIS, sequence=0)
        with pytest.raises(ValueError, match="starts at 0"):
            link(GENESIS, line_digest=GENESIS, sequence=-1)
