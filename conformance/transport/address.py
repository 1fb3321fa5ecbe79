"""The address of a registry: where to connect and which prefix its paths have."""

from dataclasses import dataclass, replace
from urllib.parse import SplitResult, urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}
API = "/api/v4"


class AddressError(Exception):
    """A URL that cannot be the address of a registry; the message says why."""


@dataclass(frozen=True, slots=True)
class Address:
    """Scheme, host and port, and the prefix before /api/v4, which is empty or starts with a slash.

    `ip` is the IP address to connect to, where the host is not to be looked up.
    """

    scheme: str
    host: str
    port: int
    prefix: str
    ip: str | None = None

    @property
    def authority(self) -> str:
        """The value of the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme and authority, as in a URL."""
        return f"{self.scheme}://{self.authority}"

    def at(self, ip: str) -> "Address":
        """Return the same address, to be connected to at an IP address."""
        return replace(self, ip=ip)

    def __str__(self) -> str:
        return self.origin + self.prefix


def split_url(url: str) -> SplitResult | None:
    """Return the parts of a URL, None when it has none, as with a bracket that is not closed."""
    try:
        return urlsplit(url)
    except ValueError:
        return None


def parse_address(url: str) -> Address:
    """Return the address that a URL names; a trailing /api/v4 is taken off, because every path brings its own.

    Raises AddressError when the URL is not http or https, has no host, or carries credentials, a query or a fragment.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise AddressError(f"{url!r} is no URL: {error}") from error
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        raise AddressError(
            f"{url!r} is no URL of a registry: it must look like https://gitlab.example.com or http://127.0.0.1:8080"
        )
    if not parts.netloc.isascii() or not parts.netloc.isprintable():
        raise AddressError(f"{url!a} is no URL: write the host in ASCII, its other letters in Punycode")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise AddressError("the URL must hold no credentials, query or fragment; give the token with --token-file")
    prefix = parts.path.rstrip("/").removesuffix(API)
    return Address(parts.scheme, parts.hostname, port or DEFAULT_PORTS[parts.scheme], prefix)
