"""The server behaves as it is told with --emulate, seen over HTTP."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from email.message import Message
from pathlib import Path
from typing import Any, NamedTuple

from tests.support.server_process import Registry, running_registry


class Answer(NamedTuple):
    status: int
    headers: Message
    body: bytes

    @property
    def document(self) -> Any:  # noqa: ANN401 -- JSON
        return json.loads(self.body)


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def ask(method: str, url: str, token: str | None, body: bytes | None = None, **headers: str) -> Answer:
    request = urllib.request.Request(url, body, headers, method=method)
    if token:
        request.add_header("PRIVATE-TOKEN", token)
    try:
        with urllib.request.build_opener(_Stay).open(request, timeout=30) as response:
            return Answer(response.status, response.headers, response.read())
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.headers, error.read())


def api(registry: Registry, method: str, path: str, token: str | None = None, /, **parameters: object) -> Answer:
    body = json.dumps(parameters).encode() if parameters else None
    headers = {"Content-Type": "application/json"} if body else {}
    return ask(method, f"{registry.url}/api/v4{path}", token or registry.root_token, body, **headers)


def test_rights_arrive_and_leave_late(tmp_path: Path) -> None:
    with running_registry(tmp_path, "--workers", "1", "--emulate", "late-rights=2") as registry:
        group = api(registry, "POST", "/groups", name="late", path="late").document["id"]
        project = api(registry, "POST", "/projects", name="p1", namespace_id=group, visibility="private").document["id"]
        user = api(registry, "POST", "/users", name="u", username="uu", email="u@example.com").document["id"]
        token = api(registry, "POST", f"/users/{user}/personal_access_tokens", name="t", scopes=["api"]).document[
            "token"
        ]

        def listed() -> bool:
            found = api(registry, "GET", "/projects?membership=true&min_access_level=30&search=p1", token).document
            return [entry["id"] for entry in found] == [project]

        def seen() -> bool:
            return api(registry, "GET", f"/projects/{project}", token).status == 200

        def settles(expected: bool) -> float:
            began = time.monotonic()
            while (listed(), seen()) != (expected, expected):
                assert time.monotonic() < began + 30
                time.sleep(0.05)
            return time.monotonic() - began

        changed = time.monotonic()
        assert api(registry, "POST", f"/projects/{project}/members", user_id=user, access_level=30).status == 201
        settles(expected=True)
        assert time.monotonic() - changed >= 2
        changed = time.monotonic()
        assert api(registry, "DELETE", f"/projects/{project}/members/{user}").status == 204
        settles(expected=False)
        assert time.monotonic() - changed >= 2


def test_a_deletion_is_only_scheduled_until_it_is_made_permanent(tmp_path: Path) -> None:
    with running_registry(tmp_path, "--workers", "1", "--emulate", "scheduled-deletion") as registry:
        path = f"/projects/{registry.project}"
        assert api(registry, "DELETE", path).status == 202
        full_path = api(registry, "GET", path).document["path_with_namespace"]
        assert full_path == f"end-to-end/files-deletion_scheduled-{registry.project}"
        assert api(registry, "DELETE", path).status == 400
        assert api(registry, "DELETE", f"{path}?permanently_remove=true&full_path=end-to-end/files").status == 400
        assert api(registry, "DELETE", f"{path}?permanently_remove=true&full_path={full_path}").status == 202
        assert api(registry, "GET", path).status == 404


def test_a_download_is_redirected_to_a_storage_that_wants_no_credential(tmp_path: Path) -> None:
    with running_registry(tmp_path, "--workers", "1", "--emulate", "direct-download") as registry:
        url, content = registry.file_url("a", "f.bin"), b"0123456789" * 20_000
        assert ask("PUT", url, registry.token, content).status == 201
        for method in ("GET", "HEAD"):
            redirect = ask(method, url, registry.token)
            location = redirect.headers["Location"]
            assert (redirect.status, location.startswith(registry.url)) == (302, False)
            answer = ask(method, location, None)
            assert (answer.status, answer.body) == (200, content if method == "GET" else b"")
            assert answer.headers["Content-Type"] == "binary/octet-stream"
            assert answer.headers["X-Checksum-SHA256"] is None
            assert answer.headers["Content-Length"] == str(len(content))
            assert ask("GET" if method == "HEAD" else "HEAD", location, None).status == 403
        location = ask("GET", url, registry.token).headers["Location"]
        part = ask("GET", location, None, Range="bytes=2-4")
        assert (part.status, part.body, part.headers["Content-Range"]) == (206, b"234", f"bytes 2-4/{len(content)}")
        assert ask("GET", location, None, Authorization="Bearer x").status == 400
        assert ask("GET", location[:-1] + "_", None).status == 403
        assert ask("GET", url, None).status in {401, 404}


def test_what_a_stricter_deployment_refuses(tmp_path: Path) -> None:
    names = "terms-of-service,no-public-visibility,rate-limits=7"
    with running_registry(tmp_path, "--workers", "1", "--emulate", names) as registry:
        statuses = [api(registry, "GET", "/version").status for _ in range(14)]
        assert statuses.count(429) == 2
        while api(registry, "GET", "/version").status != 429:
            pass
        public = api(registry, "POST", "/groups", name="p", path="pp", visibility="public")
        private = api(registry, "POST", "/groups", name="p", path="pp")
        assert (public.status, private.status) == (400, 201)
        user = api(registry, "POST", "/users", name="u", username="uu", email="u@example.com").document["id"]
        made = api(registry, "POST", f"/users/{user}/personal_access_tokens", name="t", scopes=["api"])
        refused = api(registry, "GET", "/user", made.document["token"])
        assert refused.status == 403
        assert b"Terms of Service" in refused.body
