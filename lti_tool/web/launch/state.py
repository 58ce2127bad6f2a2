"""The login state: sealed, carried by the browser, used up once.

No row is written at login (decision 24): two thousand students of one school may open their
course in the same minute. What a launch must match travels in the sealed state itself.
"""

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from config.keyring import Keyring, Purpose, SealBrokenError

LIFETIME = timedelta(minutes=10)
PLACE = "lti/login-state"
AGAIN_PLACE = "lti/login-again"


class StateRefusedError(Exception):
    """The state was not made by us, was changed, or is too old; the message says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """What the platform asked for when it began the login."""

    registration_id: UUID
    login_hint: str
    message_hint: str | None
    target_link_uri: str
    deployment_hint: str | None
    storage_target: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginState:
    """One login under way: what the launch that answers it must match."""

    id: UUID
    nonce: str
    issued_at: datetime
    proof_digest: str
    """Hash of the secret that only the browser that began the login has."""
    login: Login

    @property
    def short(self) -> str:
        """Return a short name for the browser's cookie and storage key."""
        return self.id.hex[:8]

    def is_proved_by(self, secret: str) -> bool:
        """Tell whether a browser holds the secret of this login."""
        return hmac.compare_digest(digest(secret), self.proof_digest)


def begin(login: Login, *, now: datetime) -> tuple[LoginState, str]:
    """Return a fresh state and the secret for the browser that began it."""
    secret = secrets.token_urlsafe(32)
    state = LoginState(
        id=uuid4(),
        nonce=secrets.token_urlsafe(24),
        issued_at=now,
        proof_digest=digest(secret),
        login=login,
    )
    return state, secret


def digest(secret: str) -> str:
    """Return what stands for the browser's secret on our side."""
    return hashlib.sha256(secret.encode()).hexdigest()


def sealed(keyring: Keyring, state: LoginState) -> str:
    """Return the state as it travels through the browser and the platform."""
    body = {**_login_body(state.login), "id": str(state.id), "nonce": state.nonce}
    body |= {"issued_at": state.issued_at.timestamp(), "proof_digest": state.proof_digest}
    return _seal(keyring, body, PLACE)


def opened(keyring: Keyring, text: str, *, now: datetime) -> LoginState:
    """Return the state that we sealed.

    :raises StateRefusedError: if it is not ours or too old
    """
    body = _open(keyring, text, PLACE, now=now)
    return LoginState(
        id=UUID(body["id"]),
        nonce=body["nonce"],
        issued_at=datetime.fromtimestamp(body["issued_at"], UTC),
        proof_digest=body["proof_digest"],
        login=_login(body),
    )


def sealed_login(keyring: Keyring, login: Login, *, now: datetime) -> str:
    """Return the platform's wish for a new tab; it holds no secret and signs nobody in."""
    return _seal(keyring, {**_login_body(login), "issued_at": now.timestamp()}, AGAIN_PLACE)


def opened_login(keyring: Keyring, text: str, *, now: datetime) -> Login:
    """Return the wish that we sealed for a new tab.

    :raises StateRefusedError: if it is not ours or too old
    """
    return _login(_open(keyring, text, AGAIN_PLACE, now=now))


def _login_body(login: Login) -> dict[str, Any]:
    return {**asdict(login), "registration_id": str(login.registration_id)}


def _login(body: dict[str, Any]) -> Login:
    return Login(
        registration_id=UUID(body["registration_id"]),
        login_hint=body["login_hint"],
        message_hint=body["message_hint"],
        target_link_uri=body["target_link_uri"],
        deployment_hint=body["deployment_hint"],
        storage_target=body["storage_target"],
    )


def _seal(keyring: Keyring, body: dict[str, Any], place: str) -> str:
    closed = keyring.seal(Purpose.state, json.dumps(body).encode(), place=place)
    return base64.urlsafe_b64encode(closed).rstrip(b"=").decode()


def _open(keyring: Keyring, text: str, place: str, *, now: datetime) -> dict[str, Any]:
    try:
        closed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        plain = keyring.open(Purpose.state, closed, place=place)
    except (ValueError, SealBrokenError) as error:
        raise StateRefusedError("state is unknown: it was not made by this tool") from error
    body: dict[str, Any] = json.loads(plain)
    if body["issued_at"] < (now - LIFETIME).timestamp():
        raise StateRefusedError("state has expired: the login took more than ten minutes")
    return body
