"""The registry's verbs: redirects are followed, and no credential leaves the host."""

import pytest

from conformance.target.access import AuthenticationScheme, Credential, TargetProject, Visibility
from conformance.target.declared_access import DeclaredAccess
from conformance.target.registry import FileLocation, Registry
from conformance.transport.address import parse_address
from conformance.transport.client import Client
from conformance.transport.recorder import Recorder
from tests.support.scripted_server import Overheard, serving

WRITER = Credential("TOKEN", "glpat-the-writers", AuthenticationScheme.PRIVATE_TOKEN)


def registry_at(port: int, prefix: str = "") -> Registry:
    recorder = Recorder()
    client = Client(parse_address(f"http://127.0.0.1:{port}{prefix}"), recorder, patience=5)
    projects = {Visibility.PUBLIC: TargetProject(24, "group/open", Visibility.PUBLIC)}
    access = DeclaredAccess(prefix="run", writer=WRITER, projects=projects, credentials={}, recorder=recorder)
    return Registry(client, access, recorder, large_bytes=1)


def redirect_to(location: str) -> Overheard:
    head = f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    return Overheard(response=head.encode())


def test_a_download_is_followed_to_another_host_without_the_credential() -> None:
    storage = Overheard()
    with serving(storage) as elsewhere:
        front = redirect_to(f"http://127.0.0.1:{elsewhere}/bucket/object?signature=1")
        with serving(front) as port:
            response = registry_at(port).download(FileLocation("a"))
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
