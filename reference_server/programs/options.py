"""Every option of every program, once: the same for the command line and the configuration file."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from reference_server.contract import addresses, emulations
from reference_server.contract.limits import MAXIMUM_FILE_BYTES
from reference_server.frontend.http.acceptor import DEFAULT_MOST_CONNECTIONS
from reference_server.storage.rules.gitlab import KNOWN_FEATURES, read_feature
from reference_server.storage.rules.gitlab_version import NEWEST, OLDEST, read_version

OptionValue = str | int | float | bool | Path | addresses.Address | tuple[str, ...] | None

_HIGHEST_PORT = 65_535
_MOST_WORKERS = 64
_MOST_BYTES = 2**62
_MOST_DAYS = 3650
_MOST_FAILURES = 1_000_000
_MOST_CONNECTIONS = 1_000_000
_ORIGIN = re.compile(r"https?://([\w.-]+|\[[0-9a-f:.]+\])(:[0-9]+)?", re.ASCII)
DEFAULT_FAILED_AUTHENTICATIONS = 1000  # a minute: the self-test of the suite presents fewer
DEFAULT_TRASH_DAYS = 7  # time to notice that a backup of other metadata was restored


@dataclass(frozen=True, slots=True)
class Option:
    """One option. `kind` is its type in TOML, list for one that may be given several times.

    `read` makes the value of its text, or the value of one of its texts, and raises ValueError.
    """

    name: str
    kind: type[str | int | bool | list[str]]
    help: str
    metavar: str | None = None
    default: OptionValue = None
    required: bool = False
    read: Callable[[str], OptionValue] = str


def _port(text: str) -> int:
    return _whole(text, 0, _HIGHEST_PORT)


def _workers(text: str) -> int:
    return _whole(text, 1, _MOST_WORKERS)


def _whole(text: str, lowest: int, highest: int) -> int:
    """Read a whole number within bounds."""
    if not (text.isascii() and text.isdigit() and lowest <= int(text) <= highest):
        raise ValueError(f"must be a whole number from {lowest} to {highest}")
    return int(text)


def _seconds(text: str) -> int:
    return _whole(text, 0, 86_400)


def _days(text: str) -> int:
    return _whole(text, 0, _MOST_DAYS)


def _failures(text: str) -> int:
    return _whole(text, 0, _MOST_FAILURES)


def _network(text: str) -> str:
    """Read an address or a network of addresses."""
    try:
        return str(ipaddress.ip_network(text))
    except ValueError:
        raise ValueError("must be an IP address, or a network such as 10.0.0.0/8") from None


def _connections(text: str) -> int:
    return _whole(text, 1, _MOST_CONNECTIONS)


def _bytes(text: str) -> int:
    return _whole(text, 1, _MOST_BYTES)


def _origin(text: str) -> str:
    """Read a URL of scheme, host and port."""
    origin = text.removesuffix("/")
    if not _ORIGIN.fullmatch(origin):
        raise ValueError("must be http:// or https:// with a host, with a port if need be, and without a path")
    return origin


def _one_of(*allowed: str) -> Callable[[str], str]:
    """Make a reader of one of a few words."""

    def read(text: str) -> str:
        if text not in allowed:
            raise ValueError(f"must be one of: {', '.join(allowed)}")
        return text

    return read


DATA = Option("data", str, "folder of all data; made when it is missing", "DIR", required=True, read=Path)
HOST = Option("host", str, "address to listen on (default 127.0.0.1)", "HOST", default="127.0.0.1")
PORT = Option("port", int, "port to listen on; 0 takes a free one (default 8080)", "PORT", default=8080, read=_port)
WORKERS = Option(
    "workers",
    int,
    "front-end processes (default: one for each core)",
    "N",
    default=os.cpu_count() or 1,
    read=_workers,
)
EXTERNAL_URL = Option(
    "external-url",
    str,
    "how clients reach the server, if TLS ends before it, such as https://registry.example.com: what links begin with "
    "(default: http and the host that a request names)",
    "URL",
    read=_origin,
)
ROOT_TOKEN_FILE = Option(
    "root-token-file",
    str,
    "make an administrator whose token is read from this file, or written to it when it is missing",
    "FILE",
    read=Path,
)
GITLAB = Option(
    "gitlab",
    str,
    f"the version of GitLab to follow, from {OLDEST} to {NEWEST} (default {NEWEST})",
    "VERSION",
    default=str(NEWEST),
    read=lambda text: str(read_version(text)),
)
FEATURE = Option(
    "feature",
    list,
    "a feature flag of GitLab that is off by default and on here; may be given several times. "
    f"Known: {', '.join(KNOWN_FEATURES)}",
    "NAME",
    default=(),
    read=read_feature,
)
LEGACY_DIGESTS = Option("legacy-digests", bool, "compute MD5 and SHA-1 besides SHA-256", default=False)
CARRIER = Option(
    "carrier",
    str,
    "how large files travel: auto or streamed (default auto: direct when the volume is shared)",
    "CARRIER",
    default="auto",
    read=_one_of("auto", "streamed"),
)
GRACE_SECONDS = Option(
    "grace-seconds",
    int,
    "how long running requests may go on after SIGTERM (default 30)",
    "SECONDS",
    default=30,
    read=_seconds,
)
HANG_SECONDS = Option(
    "hang-seconds",
    int,
    "after how long without a sign of life a process is killed and started again (default 20); 0: never",
    "SECONDS",
    default=20,
    read=_seconds,
)
LOG_LEVEL = Option(
    "log-level",
    str,
    "what to log on standard error, besides the audit log: debug, info (every request and publication) or warning "
    "(default info)",
    "LEVEL",
    default="info",
    read=_one_of("debug", "info", "warning"),
)
MAX_FILE_SIZE = Option(
    "max-file-size",
    int,
    f"the largest file that is taken (default {MAXIMUM_FILE_BYTES}, 5 GiB)",
    "BYTES",
    default=MAXIMUM_FILE_BYTES,
    read=_bytes,
)
TRASH_DAYS = Option(
    "trash-days",
    int,
    f"how long content that the metadata do not know stays in the volume's trash (default {DEFAULT_TRASH_DAYS})",
    "DAYS",
    default=DEFAULT_TRASH_DAYS,
    read=_days,
)
FAILED_AUTHENTICATIONS = Option(
    "failed-authentications",
    int,
    "how many credentials that name no valid token may come from one address in a minute before further ones are "
    f"answered 429 (default {DEFAULT_FAILED_AUTHENTICATIONS}); 0: any number",
    "N",
    default=DEFAULT_FAILED_AUTHENTICATIONS,
    read=_failures,
)
TRUSTED_PROXY = Option(
    "trusted-proxy",
    list,
    "an address or network, such as 10.0.0.0/8, whose X-Forwarded-For is believed; may be given several times",
    "NETWORK",
    default=(),
    read=_network,
)
MAX_CONNECTIONS = Option(
    "max-connections",
    int,
    f"connections of clients that each front end has open (default {DEFAULT_MOST_CONNECTIONS}); for further ones it "
    "closes those without a valid token that it is waiting for, or lets them wait",
    "N",
    default=DEFAULT_MOST_CONNECTIONS,
    read=_connections,
)
LINK_CERTIFICATE = Option(
    "link-certificate",
    str,
    "PEM certificate that this half shows to the other, for an address that is not on this host alone",
    "FILE",
    read=Path,
)
LINK_KEY = Option("link-key", str, "PEM private key of --link-certificate", "FILE", read=Path)
LINK_AUTHORITY = Option(
    "link-authority", str, "PEM certificate of who must have signed the other half's certificate", "FILE", read=Path
)
EMULATE = Option(
    "emulate",
    list,
    "behave as some of GitLab's deployments do; see below for the names; may be given several times",
    "NAME[=N][,...]",
    default=(),
    read=lambda text: str(emulations.read(text)),
)
LISTEN = Option(
    "listen",
    str,
    'where to serve front ends: "unix:/path" or "host:port"',
    "ADDRESS",
    required=True,
    read=addresses.parse,
)
STORAGE = Option(
    "storage",
    str,
    'where the storage serves: "unix:/path" or "host:port"',
    "ADDRESS",
    required=True,
    read=addresses.parse,
)

SERVE = (
    *(DATA, HOST, PORT, WORKERS, EXTERNAL_URL, ROOT_TOKEN_FILE, GITLAB, FEATURE, LEGACY_DIGESTS, MAX_FILE_SIZE),
    *(TRASH_DAYS, CARRIER, MAX_CONNECTIONS, GRACE_SECONDS, HANG_SECONDS, LOG_LEVEL),
    *(FAILED_AUTHENTICATIONS, TRUSTED_PROXY, EMULATE),
)
_LINK = (LINK_CERTIFICATE, LINK_KEY, LINK_AUTHORITY)
STORAGE_PROGRAM = (
    *(DATA, LISTEN, *_LINK, ROOT_TOKEN_FILE, GITLAB, FEATURE, LEGACY_DIGESTS, MAX_FILE_SIZE),
    *(TRASH_DAYS, LOG_LEVEL, FAILED_AUTHENTICATIONS, EMULATE),
)
FRONT_END_PROGRAM = (
    *(STORAGE, *_LINK, HOST, PORT, EXTERNAL_URL, CARRIER, MAX_CONNECTIONS, GRACE_SECONDS),
    *(LOG_LEVEL, TRUSTED_PROXY, EMULATE),
)
