"""What we need from the LMS: key sets, access to its services, rosters, line items and scores."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """A registered platform, as the adapter needs it."""

    registration_id: UUID
    profile: str
    issuer: str
    client_id: str
    token_url: str
    token_audience: str
    jwks_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """The tool's current key: PEM text of an RSA private key and its id."""

    kid: str
    private_pem: str


class SigningKeys(Protocol):
    """Where the adapter gets the tool's current signing key from."""

    def current(self) -> SigningKey:
        """Return the key to sign with now."""
        ...


class KeySets(Protocol):
    """Public keys of platforms."""

    def key_set(self, platform: Platform, *, kid: str | None) -> dict[str, Any]:
        """Return the platform's JWKS, fetched again when `kid` is not in the cached one.

        :raises GatewayError: if the platform's keys cannot be had
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A member of a course as NRPS tells it."""

    subject: str
    roles: tuple[str, ...]
    is_active: bool
    name: str | None
    email: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterPage:
    """One page of a course's members; `next_url` is empty on the last one."""

    members: tuple[Member, ...]
    next_url: str | None


class Rosters(Protocol):
    """Names and Role Provisioning Services."""

    def page(self, platform: Platform, url: str) -> RosterPage:
        """Fetch one page.

        :raises GatewayError: if it cannot be had
        """
        ...


class GradingProgress(StrEnum):
    """AGS `gradingProgress`, the values that we use."""

    fully_graded = "FullyGraded"
    pending_manual = "PendingManual"


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A score for one user on one line item; `at` grows with every version of the grade."""

    subject: str
    given: float
    maximum: float
    comment: str | None
    at: datetime
    progress: GradingProgress = GradingProgress.fully_graded


class Gradebook(Protocol):
    """Assignment and Grade Services."""

    def post_score(self, platform: Platform, line_item_url: str, score: Score) -> None:
        """Post the score; posting the same one twice leaves one.

        A platform that already holds this or a newer score counts as success.
        :raises GatewayError: if the platform did not take it
        """
        ...
