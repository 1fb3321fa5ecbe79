"""Addresses on which the halves meet."""

import pytest

from reference_server.contract.addresses import Address, TcpAddress, UnixAddress, parse


@pytest.mark.parametrize(
    ("text", "address", "target"),
    [
        ("unix:/run/storage.sock", UnixAddress("/run/storage.sock"), "unix:/run/storage.sock"),
        ("127.0.0.1:50051", TcpAddress("127.0.0.1", 50051), "127.0.0.1:50051"),
        ("storage.example:0", TcpAddress("storage.example", 0), "storage.example:0"),
        ("[::1]:50051", TcpAddress("::1", 50051), "[::1]:50051"),
    ],
)
def test_an_address_is_read_and_written_as_grpc_writes_it(text: str, address: Address, target: str) -> None:
    assert parse(text) == address
    assert parse(text).target == target


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("unix:relative.sock", "must be absolute"),
        ("unix:/" + "x" * 107, "at most 107 bytes"),
        ("localhost", "host:port"),
        (":50051", "host:port"),
        ("::1:50051", "host:port"),
        ("localhost:65536", "from 0 to 65535"),
        ("localhost:-1", "from 0 to 65535"),
        ("localhost:٣", "from 0 to 65535"),
    ],
)
def test_what_is_no_address_is_refused_with_what_to_write(text: str, advice: str) -> None:
    with pytest.raises(ValueError, match=advice):
        parse(text)
