"""The registry's verbs: redirects are followed where they may be, and no credential leaves the host."""

import pytest

from conformance.target.access import AuthenticationScheme, Credential, TargetProject, Unavailable, Visibility
from conformance.target.declared_access import DeclaredAccess
from conformance.target.redirects import RedirectPolicy
from conformance.target.registry import FileLocation, Registry
from conformance.transport.address import parse_address
from conformance.transport.client import Client
from conformance.transport.recorder import Recorder
from conformance.transport.response import describe
from tests.support.scripted_server import Overheard, serving

WRITER = Credential("TOKEN", "glpat-the-writers", AuthenticationScheme.PRIVATE_TOKEN)


def registry_at(port: int, prefix: str = "", *redirect_hosts: str) -> Registry:
    recorder = Recorder()
    client = Client(parse_address(f"http://127.0.0.1:{port}{prefix}"), recorder, patience=5)
    projects = {Visibility.PUBLIC: TargetProject(24, "group/open", Visibility.PUBLIC)}
    access = DeclaredAccess(prefix="run", writer=WRITER, projects=projects, credentials={}, recorder=recorder)
    redirects = RedirectPolicy(client.address.host, frozenset(redirect_hosts))
    return Registry(client, access, recorder, large_bytes=1, redirects=redirects)


def redirect_to(location: str) -> Overheard:
    head = f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    return Overheard(response=head.encode())


def test_a_download_is_followed_to_a_named_host_without_the_credential() -> None:
    storage = Overheard()
    with serving(storage) as elsewhere:
        front = redirect_to(f"http://127.0.0.1:{elsewhere}/bucket/object?signature=1")
        with serving(front) as port:
            response = registry_at(port, "", f"127.0.0.1:{elsewhere}").download(FileLocation("a"))
    assert (response.status, response.kept) == (200, b"ok")
    assert b"glpat-the-writers" in front.received.get()
    asked = storage.received.get()
    assert asked.startswith(b"GET /bucket/object?signature=1 HTTP/1.1")
    assert b"glpat-the-writers" not in asked


def test_a_download_is_followed_on_the_same_host_with_the_credential() -> None:
    front, again = redirect_to("/git/elsewhere"), Overheard()
    with serving(front, again) as port:
        response = registry_at(port, "/git").download(FileLocation("a"))
    assert response.status == 200
    asked = again.received.get()
    assert asked.startswith(b"GET /git/elsewhere HTTP/1.1")
    assert b"glpat-the-writers" in asked


def test_a_download_is_followed_to_a_host_as_near_as_the_registry_for_get_and_head() -> None:
    for method in ("GET", "HEAD"):
        storage = Overheard()
        with serving(storage) as elsewhere, serving(redirect_to(f"http://127.0.0.1:{elsewhere}/object")) as port:
            registry = registry_at(port)
            send = registry.head if method == "HEAD" else registry.download
            send(FileLocation("a"), headers=(("Range", "bytes=0-0"),))
        asked = storage.received.get()
        assert asked.startswith(f"{method} /object HTTP/1.1".encode())
        assert b"bytes=0-0" in asked


def test_a_download_is_not_followed_to_what_only_this_machine_reaches() -> None:
    front = redirect_to("http://169.254.169.254/latest/meta-data")
    with serving(front) as port, pytest.raises(Unavailable, match=r"redirected to 169\.254\.169\.254, not followed"):
        registry_at(port).download(FileLocation("a"))


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("ftp://127.0.0.1/file", "only http and https can be"),
        ("file:///etc/passwd", "only http and https can be"),
        ("http://somebody:secret@127.0.0.1/", "it holds credentials"),
        ("http://[::1", "Invalid IPv6 URL"),
        ("http://127.0.0.1:99999/", "is no URL"),
        ("/a b", "characters that no URL may"),
    ],
)
def test_a_redirect_that_cannot_be_followed_is_no_answer_and_says_why(location: str, words: str) -> None:
    with serving(redirect_to(location)) as port:
        response = registry_at(port).download(FileLocation("a"))
    assert response.status is None
    assert f"no answer: redirected to {location!r}, which cannot be followed" in describe(response)
    assert words in describe(response)


@pytest.mark.parametrize(
    ("by_path", "target"),
    [
        (False, b"GET /api/v4/projects/24/packages/generic/a/1.0.0/file.bin "),
        (True, b"GET /api/v4/projects/group%2Fopen/packages/generic/a/1.0.0/file.bin "),
    ],
)
def test_a_project_is_named_by_id_or_by_encoded_path(by_path: bool, target: bytes) -> None:
    server = Overheard()
    with serving(server) as port:
        registry_at(port).download(FileLocation("a"), by_path=by_path)
    assert server.received.get().startswith(target)
