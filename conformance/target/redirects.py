"""Redirects of downloads to an object storage: which hosts may be asked, and what a client sends along.

GitLab answers a download with a redirect to a signed URL wherever it stores objects elsewhere. One such hop is
followed, without credentials. A registry that can name any address must not reach what the user's machine alone can
reach: loopback, private and link-local addresses are asked only where the registry itself is on one of that kind, or
where the user names the host.
"""

import re
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from conformance.target.access import Unavailable
from conformance.transport.address import DEFAULT_PORTS, Address, AddressError, parse_address
from conformance.transport.request import Headers

REDIRECTS = (
    HTTPStatus.MOVED_PERMANENTLY,
    HTTPStatus.FOUND,
    HTTPStatus.SEE_OTHER,
    HTTPStatus.TEMPORARY_REDIRECT,
    HTTPStatus.PERMANENT_REDIRECT,
)
CARRIED = {
    *("range", "if-range", "if-match", "if-none-match", "if-modified-since", "if-unmodified-since"),
    *("accept", "accept-encoding"),
}
REQUEST_TARGET = re.compile(r"[!-~]+")
IpAddress = IPv4Address | IPv6Address
Resolve = Callable[[str], frozenset[IpAddress]]


@dataclass(frozen=True, slots=True)
class RedirectDecision:
    """What was decided about a host, HOST or HOST:PORT: at which IP address it is asked, or why it is not."""

    authority: str
    ip: str | None = None
    refusal: str | None = None


def addresses_of(host: str) -> frozenset[IpAddress]:
    """Return the IP addresses of a host, none when it is not found."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return frozenset()
    return frozenset(ip_address(str(entry[4][0]).partition("%")[0]) for entry in found)


@dataclass(frozen=True, slots=True)
class RedirectPolicy:
    """Which hosts may be asked: those of `named`, HOST or HOST:PORT, and those whose addresses are no nearer than ours.

    `own` is the host of the registry. `decisions` are those that were taken, by HOST or HOST:PORT; each is taken once.
    """

    own: str
    named: frozenset[str] = frozenset()
    resolve: Resolve = addresses_of
    decisions: dict[str, RedirectDecision] = field(default_factory=dict)

    def pinned(self, address: Address) -> Address:
        """Return an address to connect to, whose IP address is settled, so that a name cannot lead elsewhere meanwhile.

        Raises Unavailable when it may not be asked, or is not found.
        """
        authority = address.authority
        if authority in self.named:
            return address
        if authority not in self.decisions:
            self.decisions.setdefault(authority, self._decision(address))
        decision = self.decisions[authority]
        if decision.ip is None:
            raise Unavailable(decision.refusal or f"redirected to {authority}")
        return address.at(decision.ip)

    def _decision(self, address: Address) -> RedirectDecision:
        authority = address.authority
        found, nearest = self.resolve(address.host), {_reach(one) for one in self.resolve(self.own)}
        for one in found:
            if not _may_be_asked(_reach(one), nearest):
                refusal = (
                    f"redirected to {authority}, not followed, because {one} is {_reach(one)}: "
                    f"name it with --follow-redirects-to {authority} if it may be asked"
                )
                return RedirectDecision(authority, refusal=refusal)
        if not found:
            return RedirectDecision(authority, refusal=f"redirected to {authority}, whose address is not found")
        return RedirectDecision(authority, ip=str(min(found, key=str)))


def redirect_target(url: str) -> tuple[Address, str]:
    """Return the address and the request target of a URL.

    Raises AddressError or ValueError when it is no URL of HTTP without credentials.
    """
    parts = urlsplit(url)
    if parts.scheme not in DEFAULT_PORTS:
        raise AddressError("only http and https can be")
    if "@" in parts.netloc:
        raise AddressError("it holds credentials")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not REQUEST_TARGET.fullmatch(target):
        raise AddressError("its path holds characters that no URL may")
    return parse_address(f"{parts.scheme}://{parts.netloc}"), target


def carried(headers: Headers) -> Headers:
    """Return the headers of a request that go along to another host: what asks for a part, never a credential."""
    return tuple((name, value) for name, value in headers if name.lower() in CARRIED)


def _reach(address: IpAddress) -> str:
    """Return from how far an address can be reached, in a word."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    address = mapped or address
    if address.is_loopback or address.is_unspecified:
        return "loopback"
    if address.is_link_local:
        return "link-local"
    return "global" if address.is_global and not address.is_multicast else "private"


def _may_be_asked(reach: str, ours: Iterable[str]) -> bool:
    """Return whether a registry that is reached so may lead there; one on loopback may lead to private ones too."""
    return reach == "global" or reach in ours or (reach == "private" and "loopback" in ours)
