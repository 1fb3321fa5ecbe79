"""Whose request it is, with and without proxies before the server."""

import pytest

from reference_server.frontend.http.client_address import NO_PROXIES, TrustedProxies

PROXIES = TrustedProxies.named("10.0.0.0/8", "::1")


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "198.51.100.1, 203.0.113.9, 10.1.1.1", "203.0.113.9"),
        ("::1", "2001:db8::7", "2001:db8::7"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "unknown", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.9, rubbish, 10.1.1.1", "10.1.1.1"),
        ("10.0.0.1", "10.2.2.2", "10.2.2.2"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9"),
    ],
)
def test_a_trusted_proxy_names_the_client_and_nobody_else_does(peer: str, forwarded: str, client: str) -> None:
    assert PROXIES.client(peer, {"X-Forwarded-For": forwarded}) == client


def test_nobody_is_believed_unless_told() -> None:
    assert NO_PROXIES.client("127.0.0.1", {"X-Forwarded-For": "203.0.113.9"}) == "127.0.0.1"
