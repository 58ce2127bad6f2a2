"""The tool's own addresses, made from the setting and never from the Host header."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from uuid import UUID

LOGIN = "/lti/login"
LAUNCH = "/lti/launch"
AGAIN = "/lti/again"
EXCHANGE = "/lti/exchange"
COOKIE_CHECK = "/lti/cookie"
KEY_SET = "/lti/jwks"
CANVAS = "/lti/canvas.json"


def login_url(public_url: str, registration_id: UUID) -> str:
    """Return where the platform begins logins of this registration."""
    return f"{public_url}{LOGIN}/{registration_id}"


def launch_url(public_url: str) -> str:
    """Return the only redirect address, which is also the target of every link."""
    return public_url + LAUNCH


def key_set_url(public_url: str) -> str:
    """Return where platforms read the tool's public keys."""
    return public_url + KEY_SET


def canvas_url(public_url: str) -> str:
    """Return where a Canvas administrator gets the developer key's settings from."""
    return public_url + CANVAS


def is_own_target(public_url: str, address: str) -> bool:
    """Tell whether a link may lead there: our own origin and a path that we know."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    own = urlsplit(public_url)
    return (parts.scheme, parts.netloc) == (own.scheme, own.netloc) and parts.path == LAUNCH


def with_query(address: str, **parameters: str | None) -> str:
    """Add parameters to an address that may have a query already."""
    parts = urlsplit(address)
    given = {name: value for name, value in parameters.items() if value is not None}
    query = [*parse_qsl(parts.query, keep_blank_values=True), *given.items()]
    return urlunsplit(parts._replace(query=urlencode(query)))
