"""The limit on failed authentications, shared by all front ends of a storage, and who is meant by an address."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from reference_server.contract import addresses
from reference_server.frontend.application import FrontEndOptions
from reference_server.frontend.http.client_address import TrustedProxies
from tests.support.front_end import Answer, Served, running_front_end
from tests.support.rest_packages import new_project
from tests.support.storage import running

LIMIT = 5
PROXY = TrustedProxies.named("127.0.0.0/8")


@pytest.fixture(scope="module")
def front_ends(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Served]]:
    """Start two front ends behind a proxy, on one storage."""
    folder: Path = tmp_path_factory.mktemp("limited")
    with running(folder, failed_authentications=LIMIT) as registry:
        options = FrontEndOptions(addresses.parse(registry.address), trusted_proxies=PROXY)
        token = (folder / "root-token").read_text().strip()
        with running_front_end(options) as one, running_front_end(options) as two:
            yield Served(one.port, token), Served(two.port, token)


def ask(served: Served, address: str, token: str) -> Answer:
    return served.send("GET", "/api/v4/user", headers={"X-Forwarded-For": address}, token=token)


def test_guesses_from_one_address_end_in_429_on_every_front_end(front_ends: tuple[Served, Served]) -> None:
    one, two = front_ends
    known = ask(one, "203.0.113.1", one.token)
    guesses = [ask(front_ends[number % 2], "203.0.113.1", f"glpat-guess-{number}").status for number in range(LIMIT)]
    assert (known.status, guesses) == (200, [401] * LIMIT)
    for served in front_ends:
        refused = ask(served, "203.0.113.1", "glpat-guess")
        assert refused.status_and_json == (429, {"message": "429 Too Many Requests"})
        assert 0 < int(refused.headers["Retry-After"]) <= 61
    assert ask(two, "203.0.113.1", one.token).status == 200
    assert ask(two, "203.0.113.2", "glpat-guess").status == 401
    assert one.send("GET", "/-/liveness", headers={"X-Forwarded-For": "203.0.113.1"}, token="").status == 200


@pytest.mark.parametrize(("route", "number"), [("/runners", 11), ("/jobs/request", 12)])
def test_tokens_of_runners_and_registrations_are_guessed_no_longer_than_others(
    front_ends: tuple[Served, Served], route: str, number: int
) -> None:
    one, _ = front_ends
    headers = {"X-Forwarded-For": f"203.0.113.{number}", "Content-Type": "application/json"}
    body = b'{"token": "glrt-guess"}'
    answers = [one.send("POST", f"/api/v4{route}", body, headers, token="") for _ in range(LIMIT + 1)]
    assert [answer.status for answer in answers] == [403] * LIMIT + [429]


def test_passwords_that_name_no_token_are_guesses_too(front_ends: tuple[Served, Served]) -> None:
    one, _ = front_ends
    project = new_project(one, "public")
    project.publish("tool")
    file = f"/api/v4{project.packages}/generic/tool/1.0/file.txt"
    basic = base64.b64encode(b"someone:glpat-guess").decode()
    headers = {"X-Forwarded-For": "203.0.113.3", "Authorization": f"Basic {basic}"}
    statuses = [one.send("GET", file, headers=headers, token="").status for _ in range(LIMIT + 1)]
    assert statuses == [200] * LIMIT + [429]
    assert one.send("PUT", file, b"x" * 70_000, headers=headers, token="").status == 429
    assert one.send("GET", file, headers={"X-Forwarded-For": "203.0.113.3"}, token="").status == 200
