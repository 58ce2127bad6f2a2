"""Which addresses may be connected to: public ones, or hosts the operator has named.

Addresses of platforms come from outside (registrations, signed claims, next-page links). A name is
resolved once, judged, and the connection goes to the very address that was judged, so that a
second answer of the name server changes nothing (decision 23).
"""

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from lti_tool.ports.errors import RefusedError, UnavailableError

NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """The rule for outbound addresses."""

    allowed_private_hosts: frozenset[str] = frozenset()
    """Hosts of an on-premises LMS."""
    allows_private: bool = False
    """True outside production only: the sandbox lives on loopback."""

    def check_url(self, url: str) -> None:
        """Judge scheme and form of an address before anything is resolved.

        :raises RefusedError: if the address must not be used
        """
        try:
            parts = urlsplit(url)
            host, is_plain = parts.hostname, parts.scheme == "http"
            _ = parts.port
        except ValueError:
            host, is_plain, parts = None, False, urlsplit("")
        if host is None or parts.scheme not in {"http", "https"} or "@" in parts.netloc:
            raise RefusedError("The address is not a web address; check the registration.")
        if is_plain and not self._may_be_private(host):
            raise RefusedError("The address must start with https://; check the registration.")

    def resolve(self, host: str, port: int) -> str:
        """Return an address of the host that may be connected to.

        :raises RefusedError: if any address of the host is not public
        :raises UnavailableError: if the name cannot be resolved
        """
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise UnavailableError(f"The name {host} cannot be resolved; try later.") from error
        addresses = [str(entry[4][0]) for entry in found]
        if not self._may_be_private(host) and not all(map(_is_public, addresses)):
            raise RefusedError(
                f"{host} leads into a private network. If this is your own LMS, "
                "name it in CAREER_MENTORING_ALLOWED_PRIVATE_HOSTS."
            )
        return addresses[0]

    def _may_be_private(self, host: str) -> bool:
        return self.allows_private or host in self.allowed_private_hosts


def _is_public(address: str) -> bool:
    found = ipaddress.ip_address(address.partition("%")[0])
    judged = _carried(found) if isinstance(found, ipaddress.IPv6Address) else found
    return judged.is_global and not judged.is_multicast


def _carried(
    found: ipaddress.IPv6Address,
) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Return the IPv4 address inside an IPv6 one, which is where a gateway would lead to."""
    if found in NAT64:
        return ipaddress.IPv4Address(found.packed[-4:])
    return found.ipv4_mapped or found.sixtofour or found
