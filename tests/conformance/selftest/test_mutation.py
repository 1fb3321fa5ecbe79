"""Each way to mutate changes what it says, leaves the rest alone, and is counted when it does."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from conformance.selftest.faults.framing import (
    TakesBrokenBodies,
    TakesTheFirstLength,
    body_left_unread,
    short_with_unknown_status,
    sized,
)
from conformance.selftest.faults.newest import CachesForEver, FirstFileWins
from conformance.selftest.mutation import (
    deny,
    grant,
    refuse,
    rewrite_record,
    rewrite_request,
    rewrite_response,
    serve,
)
from conformance.selftest.package_requests import is_download, is_publish
from conformance.selftest.proxy import transparent
from tests.support.mutated_registry import MutatedRegistry, mutated
from tests.support.scripted_server import read_all, read_until

FILE = "/api/v4/projects/7/packages/generic/tool/1.0/tool.bin"


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def provision(client: MutatedRegistry) -> None:
    client.ask("POST", "/api/v4/projects", b"{}")
    client.ask("POST", "/api/v4/projects/group%2Fproject/access_tokens", b"{}")


def test_refuse_answers_without_asking_and_only_what_was_chosen(stack: ExitStack) -> None:
    client = mutated(stack, refuse(is_download, 404))
    assert client.ask("GET", FILE) == (404, b'{"message": "404 Not Found"}')
    assert client.ask("GET", "/api/v4/user")[0] == 200


def test_what_is_mutated_is_counted_and_what_is_not_is_not(stack: ExitStack) -> None:
    client = mutated(stack, refuse(is_download, 404))
    client.ask("GET", "/api/v4/user")
    assert client.proxy.mutated == 0
    client.ask("GET", FILE)
    assert client.proxy.mutated == 1


def test_rewrite_request_sends_another_request(stack: ExitStack) -> None:
    client = mutated(stack, rewrite_request(is_publish, lambda request: request.with_content(b"swapped")))
    assert client.tell("PUT", FILE, b"original").body == "swapped"


def test_rewrite_response_gives_another_response(stack: ExitStack) -> None:
    client = mutated(
        stack,
        rewrite_response(lambda request, _: is_download(request), lambda it: it.with_content(b"other")),
    )
    assert client.ask("GET", FILE) == (200, b"other")


def test_rewrite_record_changes_the_record_of_a_publish_with_select(stack: ExitStack) -> None:
    client = mutated(stack, rewrite_record(lambda record: record.update(size=0)))
    assert json.loads(client.ask("PUT", f"{FILE}?select=package_file", b"x")[1])["size"] == 0
    assert "size" not in json.loads(client.ask("PUT", FILE, b"x")[1])


def test_grant_swaps_the_credential_of_the_chosen_principal(stack: ExitStack) -> None:
    client = mutated(stack, grant(lambda _, by: by.level == 10 and by.sees_private))
    provision(client)
    assert client.tell("PUT", FILE, b"x", PRIVATE_TOKEN="guest-secret").headers["private-token"] == "administrator"
    assert client.tell("PUT", FILE, b"x", PRIVATE_TOKEN="nobody").headers["private-token"] == "nobody"


def test_deny_refuses_the_chosen_principal_however_it_presents_itself(stack: ExitStack) -> None:
    client = mutated(stack, deny(lambda _, by: by.scheme == "basic" and by.level == 10, 403))
    provision(client)
    assert client.ask("PUT", FILE, b"x", Authorization="Basic dTpndWVzdC1zZWNyZXQ=")[0] == 403
    assert client.ask("PUT", FILE, b"x", PRIVATE_TOKEN="guest-secret")[0] == 200


def test_the_first_file_of_a_name_wins(stack: ExitStack) -> None:
    client = mutated(stack, FirstFileWins)
    assert client.ask("PUT", FILE, b"one")[0] == 200
    assert client.ask("PUT", FILE, b"two") == (201, b'{"message": "201 Created"}')


def test_a_cache_gives_its_first_answer_for_ever(stack: ExitStack) -> None:
    client = mutated(stack, CachesForEver)
    first = client.ask("GET", FILE, X_Turn="1")
    assert client.ask("GET", FILE, X_Turn="2") == first


def test_a_broken_off_body_can_be_stored_as_far_as_it_came(stack: ExitStack) -> None:
    client = mutated(stack, lambda: TakesBrokenBodies(sized))
    with client.raw() as connection:
        connection.sendall(b"PUT %b HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhell" % FILE.encode())
        connection.shutdown(socket.SHUT_WR)
        response = read_all(connection)
    assert response.startswith(b"HTTP/1.1 201")
    assert b"4\\r\\nhell\\r\\n0\\r\\n" in response


def test_a_refused_body_can_be_read_as_the_next_request(stack: ExitStack) -> None:
    client = mutated(stack, serve(short_with_unknown_status, body_left_unread))
    smuggled = b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
    with client.raw() as connection:
        target = f"{FILE}?status=unknown".encode()
        connection.sendall(b"PUT %b HTTP/1.1\r\nHost: x\r\nContent-Length: 36\r\n\r\n%b" % (target, smuggled))
        responses = read_until(connection, b"/smuggled")
    assert responses.startswith(b"HTTP/1.1 400")
    assert b"HTTP/1.1 200" in responses


def test_of_two_lengths_the_first_can_be_taken(stack: ExitStack) -> None:
    client = mutated(stack, lambda: TakesTheFirstLength(201))
    with client.raw() as connection:
        head = b"PUT %b HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 5\r\n\r\nhello" % FILE.encode()
        connection.sendall(head)
        connection.shutdown(socket.SHUT_WR)
        told = json.loads(read_all(connection).partition(b"\r\n\r\n")[2])
    assert told["body"] == "he"


def test_without_a_mutation_a_request_and_its_response_are_what_they_were(stack: ExitStack) -> None:
    client = mutated(stack, lambda: transparent)
    told = client.tell("PUT", f"{FILE}?select=package_file", b"body", PRIVATE_TOKEN="secret")
    assert (told.method, told.target, told.body) == ("PUT", f"{FILE}?select=package_file", "body")
    assert told.headers["private-token"] == "secret"
