"""Which hosts a redirected download may be fetched from, and what goes along."""

from ipaddress import ip_address

import pytest

from conformance.target.access import Unavailable
from conformance.target.redirects import IpAddress, RedirectPolicy, carried
from conformance.transport.address import parse_address

KNOWN = {
    "public.example": "93.184.216.34",
    "company.example": "10.1.2.3",
    "metadata.example": "169.254.169.254",
    "here.example": "127.0.0.1",
    "mapped.example": "::ffff:127.0.0.1",
    "carrier.example": "100.64.0.1",
}


def resolve(host: str) -> frozenset[IpAddress]:
    return frozenset({ip_address(KNOWN[host])} if host in KNOWN else set())


@pytest.mark.parametrize(
    ("registry", "storage"),
    [
        ("public.example", "public.example"),
        ("company.example", "company.example"),
        ("company.example", "public.example"),
        ("here.example", "here.example"),
        ("here.example", "company.example"),
    ],
)
def test_a_storage_as_near_as_the_registry_or_farther_is_asked_at_the_address_that_was_looked_at(
    registry: str, storage: str
) -> None:
    pinned = RedirectPolicy(registry, resolve=resolve).pinned(parse_address(f"https://{storage}"))
    assert (pinned.host, pinned.ip) == (storage, KNOWN[storage])


@pytest.mark.parametrize(
    ("registry", "storage"),
    [
        ("public.example", "company.example"),
        ("public.example", "carrier.example"),
        ("public.example", "here.example"),
        ("public.example", "mapped.example"),
        ("company.example", "here.example"),
        ("company.example", "metadata.example"),
        ("here.example", "metadata.example"),
    ],
)
def test_a_storage_nearer_than_the_registry_is_not_asked_unless_it_is_named(registry: str, storage: str) -> None:
    address = parse_address(f"https://{storage}")
    with pytest.raises(Unavailable, match=f"name it with --follow-redirects-to {storage}"):
        RedirectPolicy(registry, resolve=resolve).pinned(address)
    assert RedirectPolicy(registry, frozenset({storage}), resolve).pinned(address) == address


def test_a_host_that_is_not_found_is_not_asked() -> None:
    with pytest.raises(Unavailable, match="not found"):
        RedirectPolicy("public.example", resolve=resolve).pinned(parse_address("https://nowhere.example"))


def test_what_asks_for_a_part_goes_along_and_no_credential() -> None:
    headers = (("PRIVATE-TOKEN", "t"), ("Range", "bytes=0-1"), ("Authorization", "Basic x"), ("If-None-Match", '"1"'))
    assert carried(headers) == (("Range", "bytes=0-1"), ("If-None-Match", '"1"'))
