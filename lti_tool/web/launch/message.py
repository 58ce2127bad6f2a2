"""PyLTI1p3 as the parser of the protocol, with what it leaves out checked round it.

The library reads the token, finds the key and validates the message; the order, the algorithm,
the times, the audience and the binding to our login are checked here. Nothing of the library
leaves this module: the outcome is a plain mapping of claims.
"""

import hmac
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

import jwt
from jwcrypto.common import JWException  # type: ignore[import-untyped]  # ships no types
from pylti1p3.cookie import CookieService
from pylti1p3.deployment import Deployment
from pylti1p3.exception import LtiException
from pylti1p3.message_launch import MessageLaunch, TLaunchData
from pylti1p3.registration import Registration as LibraryRegistration
from pylti1p3.registration import TKeySet
from pylti1p3.request import Request
from pylti1p3.session import SessionService
from pylti1p3.tool_config.abstract import ToolConfAbstract

from lti_tool.queries.registration import Registration
from lti_tool.web.launch import claims as names
from lti_tool.web.launch.claims import Claims
from lti_tool.web.launch.state import LoginState

LEEWAY = timedelta(seconds=30)
OLDEST = timedelta(minutes=10)
LONGEST_LIFE = timedelta(hours=24)
LONGEST_TOKEN = 200_000
KNOWN_MESSAGES = frozenset(
    {names.RESOURCE_MESSAGE, names.DEEP_LINKING_MESSAGE, names.REVIEW_MESSAGE}
)

KeySet = Callable[[str], dict[str, Any]]
"""Gives the platform's key set; asked with the key id that it should contain."""


class LaunchRefusedError(Exception):
    """The message is not one that this tool accepts; lists every reason that was found."""

    def __init__(self, *reasons: str) -> None:
        """Keep the reasons in the order in which they were found."""
        self.reasons = reasons
        super().__init__("; ".join(reasons))


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What the message must match: one registration and one login of one browser."""

    registration: Registration
    state: LoginState
    now: datetime
    """Real time: tokens of platforms know nothing of the story's clock."""


def verified_claims(id_token: str, expected: Expected, key_set: KeySet) -> Claims:
    """Return the claims of a genuine message that answers our login.

    :raises LaunchRefusedError: with every reason against it
    :raises GatewayError: if the platform's keys cannot be had
    """
    if not id_token:
        raise LaunchRefusedError("id_token is missing")
    if len(id_token) > LONGEST_TOKEN:
        raise LaunchRefusedError("id_token is too long")
    message = _Message(id_token, expected, key_set)
    try:
        message.validate()
    except LtiException as error:
        raise LaunchRefusedError(str(error)) from error
    except (jwt.PyJWTError, JWException, ValueError, TypeError, KeyError, AttributeError) as error:
        raise LaunchRefusedError("the platform's keys or the token cannot be read") from error
    return message.claims


class _Form(Request):
    """The library's view of a request that we have read already."""

    def is_secure(self) -> bool:
        return True

    def get_param(self, key: str) -> str:
        raise LtiException(f"{key} is read from the login state")


class _NoSession(SessionService):
    """Nothing is kept between requests: the sealed state carries all."""

    def __init__(self) -> None:
        """Do without the library's session storage."""


class _NoCookies(CookieService):
    """The browser's proof is our own cookie; the library reads and sets none."""

    def get_cookie(self, name: str) -> str | None:
        return None

    def set_cookie(self, name: str, value: str | int, exp: int | None = None) -> None:
        raise LtiException(f"{name} is not set by the library")


class _OneRegistration(ToolConfAbstract[Request]):
    """The one registration whose login this message answers; another is unknown here."""

    def __init__(self, registration: Registration) -> None:
        self._registration = registration

    def check_iss_has_one_client(self, iss: str) -> bool:
        return False

    def check_iss_has_many_clients(self, iss: str) -> bool:
        return True

    def find_registration_by_issuer(
        self, iss: str, *args: Any, **kwargs: Any
    ) -> LibraryRegistration:
        raise LtiException("an issuer alone names no registration")

    def find_registration_by_params(
        self, iss: str, client_id: str, *args: Any, **kwargs: Any
    ) -> LibraryRegistration:
        if iss != self._registration.issuer:
            raise LtiException("iss is not the platform that the login went to")
        found = LibraryRegistration()
        return found.set_issuer(iss).set_client_id(self._registration.client_id)

    def find_deployment(self, iss: str, deployment_id: str) -> Deployment | None:
        raise LtiException("an issuer alone names no deployment")

    def find_deployment_by_params(
        self, iss: str, deployment_id: str, client_id: str, *args: Any, **kwargs: Any
    ) -> Deployment | None:
        # Whether it is approved is decided once the message is known to be genuine.
        return Deployment() if names.is_id(deployment_id) else None


class _Message(MessageLaunch[Request, _OneRegistration, SessionService, CookieService]):
    """One message, validated in the order that a hostile sender cannot use."""

    def __init__(self, id_token: str, expected: Expected, key_set: KeySet) -> None:
        super().__init__(
            _Form(), _OneRegistration(expected.registration), _NoSession(), _NoCookies()
        )
        self.set_auto_validation(enable=False)
        self._id_token = id_token
        self._expected = expected
        self._key_set = key_set

    @property
    def claims(self) -> Claims:
        return cast("Claims", self._jwt["body"])

    def _get_request_param(self, key: str) -> str:
        return self._id_token if key == "id_token" else ""

    def get_client_id(self) -> str:
        """Return our client id if the token is meant for us, whatever its place in a list."""
        client_id = self._expected.registration.client_id
        return client_id if client_id in _audience(self.claims) else ""

    def validate(self) -> "_Message":
        self._validated = True
        self.validate_jwt_format()
        self.validate_registration()
        self.validate_jwt_signature()
        faults = tuple(_faults(self.claims, self._expected))
        if faults:
            raise LaunchRefusedError(*faults)
        self.validate_deployment()
        self.validate_message()
        return self

    def validate_jwt_format(self) -> "_Message":
        super().validate_jwt_format()
        parts: tuple[object, object] = (self._jwt["header"], self._jwt["body"])
        if not all(isinstance(part, dict) for part in parts):
            raise LtiException("the token's header or payload is not an object")
        return self

    def validate_jwt_signature(self) -> "_Message":
        header = cast("Mapping[str, Any]", self._jwt["header"])
        if header.get("alg") != "RS256":
            raise LtiException("alg must be RS256")
        kid = header.get("kid")
        if not isinstance(kid, str) or not kid:
            raise LtiException("kid is missing")
        if self._registration is None:
            raise LtiException("the registration is not known yet")
        self._registration.set_key_set(cast("TKeySet", self._key_set(kid)))
        public_key, _ = self.get_public_key()
        options = {"verify_aud": False, "verify_iss": False, "require": ["exp", "iat"]}
        try:
            verified = jwt.decode(
                self._id_token,
                public_key,
                algorithms=["RS256"],
                options=cast("Any", options),
                leeway=LEEWAY,
            )
        except jwt.InvalidTokenError as error:
            raise LtiException(f"the token does not hold: {error}") from error
        self._jwt["body"] = cast("TLaunchData", verified)
        return self


def _audience(claims: Claims) -> list[str]:
    found = claims.get("aud")
    values = found if isinstance(found, list) else [found]
    return [value for value in values if isinstance(value, str)]


def _faults(claims: Claims, expected: Expected) -> Iterator[str]:
    """Name everything that is wrong with a message whose signature holds."""
    login = expected.state.login
    yield from names.wrong_types(claims)
    yield from _audience_faults(claims, expected.registration.client_id)
    yield from _time_faults(claims, expected.now)
    if not _is_same(claims.get("nonce"), expected.state.nonce):
        yield "nonce is missing or belongs to another login"
    if claims.get(names.VERSION) != "1.3.0":
        yield "version is missing or not 1.3.0"
    if claims.get(names.MESSAGE_TYPE) not in KNOWN_MESSAGES:
        yield "message_type is missing or not one that this tool serves"
    if not names.is_id(claims.get(names.DEPLOYMENT_ID)):
        yield "deployment_id is missing"
    if claims.get(names.TARGET_LINK_URI) != login.target_link_uri:
        yield "target_link_uri is missing or differs from the login's"
    roles = claims.get(names.ROLES)
    if not isinstance(roles, list) or not all(isinstance(role, str) for role in roles):
        yield "roles is missing or not a list of texts"
    if not names.is_id(claims.get("sub")):
        yield "sub is missing: the launch is anonymous, and this tool needs to know who works"
    is_choosing = claims.get(names.MESSAGE_TYPE) == names.DEEP_LINKING_MESSAGE
    if not is_choosing and not names.is_id(names.child(claims, names.RESOURCE_LINK).get("id")):
        yield "resource_link or its id is missing"
    if is_choosing:
        yield from _deep_linking_faults(claims, expected.registration)


def _is_same(given: object, wanted: str) -> bool:
    return isinstance(given, str) and hmac.compare_digest(given.encode(), wanted.encode())


def _audience_faults(claims: Claims, client_id: str) -> Iterator[str]:
    audience = _audience(claims)
    if client_id not in audience:
        yield "aud does not name this tool"
    azp = claims.get("azp")
    if azp is not None and azp != client_id:
        yield "azp names another tool"
    if azp is None and len(audience) > 1:
        yield "azp is missing although aud names several"


def _time_faults(claims: Claims, now: datetime) -> Iterator[str]:
    issued, expires = claims.get("iat"), claims.get("exp")
    if not isinstance(issued, int | float) or not isinstance(expires, int | float):
        yield "iat or exp is not a number"
        return
    if issued < (now - OLDEST - LEEWAY).timestamp():
        yield "iat is too long ago"
    if expires - issued > LONGEST_LIFE.total_seconds():
        yield "exp is too far ahead"


def _deep_linking_faults(claims: Claims, registration: Registration) -> Iterator[str]:
    settings = names.child(claims, names.DEEP_LINKING_SETTINGS)
    address = settings.get("deep_link_return_url")
    if not isinstance(address, str) or not registration.is_secure_enough(address):
        yield "deep_link_return_url is missing or not a secure web address"
    if not isinstance(settings.get("accept_types"), list):
        yield "accept_types is missing"
