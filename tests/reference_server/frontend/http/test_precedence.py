"""Who goes first."""

from collections.abc import Sequence

import pytest
from generic_packages.storage.v1.credential_pb2 import Credential
from tornado.httputil import HTTPHeaders, RequestStartLine

from reference_server.frontend.http import precedence as rules
from reference_server.frontend.http.precedence import ANONYMOUS_TURNS, Precedence
from reference_server.frontend.http.request import RequestContext, read_request
from tests.support.front_end import Served

AT_ONCE = 8


class Unobserved:
    def count_refused_turn(self, lane: str) -> None:
        """Note nothing."""

    def count_waiting(self, lane: str, change: int) -> None:
        """Note nothing."""


async def recognize(credentials: Sequence[Credential], _request_id: str) -> bool:
    return credentials[0].secret == "valid"


def request(token: str = "", target: str = "/api/v4/projects") -> RequestContext:
    headers = HTTPHeaders({"PRIVATE-TOKEN": token} if token else {})
    return read_request(RequestStartLine("GET", target, "HTTP/1.1"), headers, "192.0.2.1")


@pytest.fixture
async def precedence() -> Precedence:
    return Precedence(recognize, Unobserved())


async def known(precedence: Precedence) -> RequestContext:
    """Return a request of somebody whom the storage was asked about."""
    asking = request("valid")
    unknown = precedence.sort(asking)
    if unknown is not None:
        assert await precedence.recognize(unknown, asking)
        asking = request("valid")
        assert precedence.sort(asking) is None
        assert asking.asker == unknown
    return asking


async def test_requests_of_strangers_take_no_turns_of_known_callers_nor_of_the_health_routes(
    precedence: Precedence,
) -> None:
    stranger = request()
    assert precedence.sort(stranger) is None
    while precedence.take(stranger):
        pass
    for _ in range(AT_ONCE):
        assert precedence.take(await known(precedence))
    for target in ("/-/liveness", "/-/metrics"):
        asking = request("wrong", target)
        assert precedence.sort(asking) is None
        assert precedence.take(asking)


async def test_a_credential_that_is_nobodys_makes_nobody_known(precedence: Precedence) -> None:
    asking = request("wrong")
    unknown = precedence.sort(asking)
    assert unknown is not None
    assert await precedence.recognize(unknown, asking)
    assert asking.asker is None
    assert precedence.sort(request("wrong")) is not None


@pytest.mark.parametrize("busy", [False, True])
async def test_strangers_rest_after_each_turn_only_while_known_callers_are_at_work(
    precedence: Precedence, monkeypatch: pytest.MonkeyPatch, busy: bool
) -> None:
    monkeypatch.setattr(rules, "REST_FACTOR", 1e9)
    if busy:
        await known(precedence)
    turns = [precedence.take(request()) for _ in range(ANONYMOUS_TURNS)]
    assert all(turns)
    assert precedence.take(request()) is None
    for turn in turns:
        assert turn is not None
        turn.leave()
    assert (precedence.take(request()) is None) is busy


def test_what_a_credential_may_do_is_asked_of_the_storage_each_time(front_end: Served) -> None:
    grant = {"name": "shortly valid", "scopes": ["api"]}
    user = front_end.get("/user").json()["id"]
    made = front_end.post(f"/users/{user}/personal_access_tokens", grant).json()
    assert front_end.get("/user", token=made["token"]).status == 200
    assert front_end.get("/user", token=made["token"]).status == 200
    assert front_end.delete(f"/personal_access_tokens/{made['id']}").status == 204
    assert front_end.get("/user", token=made["token"]).status == 401
