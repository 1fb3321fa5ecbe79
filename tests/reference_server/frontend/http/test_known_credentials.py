"""Which credentials are known, and for how long."""

import asyncio
from collections.abc import Sequence

import pytest
from generic_packages.storage.v1.credential_pb2 import Credential
from tornado.httputil import HTTPHeaders, RequestStartLine

from reference_server.frontend.http import known_credentials
from reference_server.frontend.http.known_credentials import KnownCredentials
from reference_server.frontend.http.request import RequestContext, read_request


class Storage:
    """What a storage says of tokens; `asked` are those that it was asked about."""

    def __init__(self) -> None:
        self.answers: dict[str, bool | None] = {"valid": True}
        self.asked: list[str] = []

    async def recognize(self, credentials: Sequence[Credential], _request_id: str) -> bool | None:
        self.asked.append(credentials[0].secret)
        await asyncio.sleep(0)
        return self.answers.get(credentials[0].secret, False)


def request(target: str = "/", **headers: str) -> RequestContext:
    sent = HTTPHeaders({name.replace("_", "-"): value for name, value in headers.items()})
    return read_request(RequestStartLine("GET", target, "HTTP/1.1"), sent, "127.0.0.1")


@pytest.fixture
def storage() -> Storage:
    return Storage()


@pytest.fixture
def known(storage: Storage) -> KnownCredentials:
    return KnownCredentials(storage.recognize)


def name(known: KnownCredentials, asking: RequestContext) -> bytes:
    named = known.name(asking)
    assert named is not None
    return named


async def test_a_request_has_the_name_of_what_it_presents_wherever_that_stands(known: KnownCredentials) -> None:
    presented = [
        request(Private_Token="valid"),
        request(Private_Token="other"),
        request(Job_Token="valid"),
        request(Authorization="Bearer valid"),
        request("/?private_token=valid"),
        request("/?job_token=valid"),
        request("/?private%5Ftoken=other"),
    ]
    assert len({name(known, one) for one in presented}) == len(presented)
    assert name(known, request(Private_Token="valid")) == name(known, presented[0])
    assert [known.name(request(target)) for target in ("/", "/?page=2", "/?token=1", "/?private_token=%FF")] == [
        None
    ] * 4


async def test_a_name_tells_nothing_of_the_secret(storage: Storage, known: KnownCredentials) -> None:
    other = KnownCredentials(storage.recognize)
    assert name(known, request(Private_Token="valid")) != name(other, request(Private_Token="valid"))


async def test_what_the_storage_recognised_is_known_and_nothing_else(storage: Storage, known: KnownCredentials) -> None:
    storage.answers["unsure"] = None
    for token, recognized in (("valid", True), ("wrong", False), ("unsure", False)):
        asking = request(Private_Token=token)
        assert await known.ask(name(known, asking), asking) is recognized
        assert known.knows(name(known, asking), asking) is recognized


async def test_the_storage_is_asked_once_for_all_who_want_to_know(storage: Storage, known: KnownCredentials) -> None:
    asking = request(Private_Token="valid")
    assert await asyncio.gather(*(known.ask(name(known, asking), asking) for _ in range(5))) == [True] * 5
    assert storage.asked == ["valid"]


@pytest.mark.parametrize(("answer", "still_known"), [(True, True), (None, True), (False, False)])
async def test_a_credential_is_asked_about_again_beside_a_request(
    storage: Storage, known: KnownCredentials, monkeypatch: pytest.MonkeyPatch, answer: bool | None, still_known: bool
) -> None:
    asking = request(Private_Token="valid")
    await known.ask(name(known, asking), asking)
    monkeypatch.setattr(known_credentials, "ASKED_AGAIN_SECONDS", 0.0)
    storage.answers["valid"] = answer
    assert known.knows(name(known, asking), asking)
    await known.ask(name(known, asking), asking)
    assert len(storage.asked) == 2
    monkeypatch.setattr(known_credentials, "ASKED_AGAIN_SECONDS", 60.0)
    assert known.knows(name(known, asking), asking) is still_known


async def test_what_was_not_confirmed_for_long_is_unknown(
    known: KnownCredentials, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking = request(Private_Token="valid")
    await known.ask(name(known, asking), asking)
    monkeypatch.setattr(known_credentials, "FORGOTTEN_SECONDS", 0.0)
    assert not known.knows(name(known, asking), asking)
