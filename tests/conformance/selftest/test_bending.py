"""Each way of bending changes what it says, leaves the rest alone, and is counted when it does."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from conformance.selftest.bending import (
    amending,
    denying,
    recording,
    refusing,
    rewriting,
    trusting,
)
from conformance.selftest.faults.framing import (
    TakesBrokenBodies,
    TakesTheFirstLength,
    reads_refused_body_as_request,
    sized,
)
from conformance.selftest.faults.newest import CachesForEver, FirstFileWins
from conformance.selftest.proxy import transparent
from conformance.selftest.targets import downloads, publishes
from tests.support.mutated_registry import Bent, bent
from tests.support.scripted_registry import read_all, read_until

FILE = "/api/v4/projects/7/packages/generic/tool/1.0/tool.bin"


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def provision(client: Bent) -> None:
    client.ask("POST", "/api/v4/projects", b"{}")
    client.ask("POST", "/api/v4/projects/group%2Fproject/access_tokens", b"{}")


def test_refusing_answers_without_asking_and_only_what_was_chosen(stack: ExitStack) -> None:
    client = bent(stack, refusing(downloads, 404))
    assert client.ask("GET", FILE) == (404, b'{"message": "404 Not Found"}')
    assert client.ask("GET", "/api/v4/user")[0] == 200


def test_what_is_bent_is_counted_and_what_is_not_is_not(stack: ExitStack) -> None:
    client = bent(stack, refusing(downloads, 404))
    client.ask("GET", "/api/v4/user")
    assert client.proxy.bent == 0
    client.ask("GET", FILE)
    assert client.proxy.bent == 1


def test_rewriting_sends_another_request(stack: ExitStack) -> None:
    client = bent(stack, rewriting(publishes, lambda request: request.with_content(b"swapped")))
    assert client.tell("PUT", FILE, b"original").body == "swapped"


def test_amending_gives_another_answer(stack: ExitStack) -> None:
    client = bent(stack, amending(lambda request, _: downloads(request), lambda answer: answer.with_content(b"other")))
    assert client.ask("GET", FILE) == (200, b"other")


def test_recording_changes_the_record_of_a_publish_with_select(stack: ExitStack) -> None:
    client = bent(stack, recording(lambda record: record.update(size=0)))
    assert json.loads(client.ask("PUT", f"{FILE}?select=package_file", b"x")[1])["size"] == 0
    assert "size" not in json.loads(client.ask("PUT", FILE, b"x")[1])


def test_trusting_swaps_the_credential_of_the_chosen_caller(stack: ExitStack) -> None:
    client = bent(stack, trusting(lambda _, by: by.level == 10 and by.sees_private))
    provision(client)
    assert client.tell("PUT", FILE, b"x", PRIVATE_TOKEN="guest-secret").headers["private-token"] == "administrator"
    assert client.tell("PUT", FILE, b"x", PRIVATE_TOKEN="nobody").headers["private-token"] == "nobody"


def test_denying_refuses_the_chosen_caller_however_it_presents_itself(stack: ExitStack) -> None:
    client = bent(stack, denying(lambda _, by: by.carriage == "basic" and by.level == 10, 403))
    provision(client)
    assert client.ask("PUT", FILE, b"x", Authorization="Basic dTpndWVzdC1zZWNyZXQ=")[0] == 403
    assert client.ask("PUT", FILE, b"x", PRIVATE_TOKEN="guest-secret")[0] == 200


def test_the_first_file_of_a_name_wins(stack: ExitStack) -> None:
    client = bent(stack, FirstFileWins)
    assert client.ask("PUT", FILE, b"one")[0] == 200
    assert client.ask("PUT", FILE, b"two") == (201, b'{"message": "201 Created"}')


def test_a_cache_gives_its_first_answer_for_ever(stack: ExitStack) -> None:
    client = bent(stack, CachesForEver)
    first = client.ask("GET", FILE, X_Turn="1")
    assert client.ask("GET", FILE, X_Turn="2") == first


def test_a_broken_off_body_can_be_stored_as_far_as_it_came(stack: ExitStack) -> None:
    client = bent(stack, lambda: TakesBrokenBodies(sized))
    with client.raw() as connection:
        connection.sendall(b"PUT %b HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhell" % FILE.encode())
        connection.shutdown(socket.SHUT_WR)
        answer = read_all(connection)
    assert answer.startswith(b"HTTP/1.1 201")
    assert b"4\\r\\nhell\\r\\n0\\r\\n" in answer


def test_a_refused_body_can_be_read_as_the_next_request(stack: ExitStack) -> None:
    client = bent(stack, lambda: reads_refused_body_as_request)
    smuggled = b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
    with client.raw() as connection:
        target = f"{FILE}?status=unknown".encode()
        connection.sendall(b"PUT %b HTTP/1.1\r\nHost: x\r\nContent-Length: 36\r\n\r\n%b" % (target, smuggled))
        answers = read_until(connection, b"/smuggled")
    assert answers.startswith(b"HTTP/1.1 400")
    assert b"HTTP/1.1 200" in answers


def test_of_two_lengths_the_first_can_be_taken(stack: ExitStack) -> None:
    client = bent(stack, lambda: TakesTheFirstLength(201))
    with client.raw() as connection:
        head = b"PUT %b HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 5\r\n\r\nhello" % FILE.encode()
        connection.sendall(head)
        connection.shutdown(socket.SHUT_WR)
        told = json.loads(read_all(connection).partition(b"\r\n\r\n")[2])
    assert told["body"] == "he"


def test_without_a_bend_a_request_and_its_answer_are_what_they_were(stack: ExitStack) -> None:
    client = bent(stack, lambda: transparent)
    told = client.tell("PUT", f"{FILE}?select=package_file", b"body", PRIVATE_TOKEN="secret")
    assert (told.method, told.target, told.body) == ("PUT", f"{FILE}?select=package_file", "body")
    assert told.headers["private-token"] == "secret"
