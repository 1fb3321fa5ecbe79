"""Reads and checks what protects the way between storage and front end."""

from __future__ import annotations

import ssl
from pathlib import Path

from reference_server.contract.addresses import Address, UnixAddress
from reference_server.contract.mutual_tls import MutualTls, stays_on_this_host
from reference_server.programs.refusals import UsageRefusedError


def read_link_security(
    address: Address, certificate: Path | None, key: Path | None, authority: Path | None
) -> MutualTls | None:
    """Return what protects an address; None on this host without TLS.

    Raise UsageRefusedError for an address elsewhere without TLS, and for files that do not do.
    """
    if certificate is None and key is None and authority is None:
        if stays_on_this_host(address):
            return None
        raise UsageRefusedError(
            f"{address.target} is not on this host alone: tokens and files would travel in clear text, and whoever "
            "reaches it could speak to the storage; give --link-certificate, --link-key and --link-authority"
        )
    if certificate is None or key is None or authority is None:
        raise UsageRefusedError("--link-certificate, --link-key and --link-authority belong together: give all three")
    if isinstance(address, UnixAddress):
        raise UsageRefusedError("a unix socket takes no --link-certificate: only this user reaches it anyway")
    tls = MutualTls(_read(certificate, "certificate"), _read(key, "key"), _read(authority, "authority"))
    _check(certificate, key, authority)
    return tls


def _read(path: Path, what: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageRefusedError(f"--link-{what} {path}: {error.strerror}") from None


def _check(certificate: Path, key: Path, authority: Path) -> None:
    """Refuse what gRPC would refuse only later, and without a reason."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(certificate, key, password="")
    except (ssl.SSLError, OSError):
        sentence = f"{certificate} is no PEM certificate, {key} is not its private key, or the key needs a password"
        raise UsageRefusedError(f"--link-certificate: {sentence}") from None
    try:
        context.load_verify_locations(authority)
    except (ssl.SSLError, OSError):
        raise UsageRefusedError(f"--link-authority: {authority} holds no PEM certificate") from None
