"""Addresses: what is one, and what is taken off."""

import pytest

from conformance.transport.address import Address, AddressError, parse_address


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://127.0.0.1:8080", Address("http", "127.0.0.1", 8080, "")),
        ("https://gitlab.example.com/", Address("https", "gitlab.example.com", 443, "")),
        ("https://example.com/gitlab/api/v4/", Address("https", "example.com", 443, "/gitlab")),
    ],
)
def test_a_url_becomes_an_address(url: str, address: Address) -> None:
    assert parse_address(url) == address


@pytest.mark.parametrize(
    "url",
    [
        "gitlab.example.com",
        "ftp://example.com",
        "http://",
        "http://u:p@example.com",
        "http://example.com?x=1",
        "http://example.com:port",
    ],
)
def test_what_is_no_address_is_refused_in_words(url: str) -> None:
    with pytest.raises(AddressError):
        parse_address(url)


def test_the_usual_port_and_an_ipv6_host_are_written_as_http_wants_them() -> None:
    assert parse_address("https://example.com:443").authority == "example.com"
    assert parse_address("http://[::1]:8080").authority == "[::1]:8080"
