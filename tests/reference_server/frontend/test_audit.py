"""The audit log of a storage, as what clients do over HTTP fills it."""

import itertools
import json
from typing import Any

from tests.support.front_end import Served
from tests.support.polling import eventually
from tests.support.rest_packages import PackageProject
from tests.support.rest_users import Person
from tests.support.storage_process import StorageProcess

_numbers = itertools.count(1)
LARGE = b"large" * 20_000


def audited(storage: StorageProcess, request_id: str) -> list[dict[str, Any]]:
    """Return the lines of a request, once there is one."""

    def lines() -> list[dict[str, Any]]:
        found = [json.loads(line) for line in storage.log().splitlines() if '"audit"' in line and request_id in line]
        return [line for line in found if line["request_id"] == request_id]

    eventually(lambda: bool(lines()), what=f"no line of {request_id}")
    return lines()


def named() -> tuple[str, dict[str, str]]:
    request_id = f"audited-{next(_numbers)}"
    return request_id, {"X-Request-Id": request_id}


def test_a_publication_is_one_line_however_its_bytes_travel(
    storage: StorageProcess, served: Served, project: PackageProject
) -> None:
    for content in (b"small", LARGE):
        request_id, header = named()
        target = f"/api/v4{project.packages}/generic/tool/1.0/file.bin?select=package_file"
        record = served.send("PUT", target, content, header).json()
        (line,) = audited(storage, request_id)
        assert line["action"] == "package_file.publish"
        assert (line["package_name"], line["package_version"], line["file_name"]) == ("tool", "1.0", "file.bin")
        assert (line["package_file_id"], line["package_id"]) == (record["id"], record["package_id"])
        assert (line["project_id"], line["size"], line["sha256"]) == (
            project.id,
            len(content),
            record["file_sha256"],
        )
        assert line["client_address"] == "127.0.0.1"
        assert set(line["caller"]) == {"user_id", "token_id"}


def test_a_refused_request_leaves_no_line(storage: StorageProcess, front_end: Served, project: PackageProject) -> None:
    package = project.publish("tool")["package_id"]
    refused, header = named()
    target = f"/api/v4{project.packages}/{package}"
    assert front_end.send("DELETE", target, headers=header, token=project.token(10)).status == 403
    done, header = named()
    assert front_end.send("DELETE", target, headers=header).status == 204
    (line,) = audited(storage, done)
    assert (line["action"], line["project"], line["package_id"]) == ("package.delete", str(project.id), package)
    assert not [line for line in storage.log().splitlines() if '"audit"' in line and refused in line]


def test_tokens_are_audited_without_their_secrets(storage: StorageProcess, front_end: Served, person: Person) -> None:
    request_id, header = named()
    rotated = front_end.send("POST", "/api/v4/personal_access_tokens/self/rotate", b"", header, token=person.token)
    (line,) = audited(storage, request_id)
    assert (line["action"], line["caller"]["user_id"]) == ("access_token.rotate", person.id)
    assert line["access_token_id"] == rotated.json()["id"]
    assert person.token not in storage.log()
    assert str(rotated.json()["token"]) not in storage.log()


def test_settings_are_audited_with_what_they_became(
    storage: StorageProcess, front_end: Served, project: PackageProject
) -> None:
    request_id, header = named()
    changed = f"namespacePath: {json.dumps(project.group)}, genericDuplicatesAllowed: false"
    change = f"mutation {{ updateNamespacePackageSettings(input: {{ {changed} }}) {{ errors }} }}"
    query = json.dumps({"query": change}).encode()
    answer = front_end.send("POST", "/api/graphql", query, {**header, "Content-Type": "application/json"})
    assert answer.status == 200, answer.body
    (line,) = audited(storage, request_id)
    assert (line["action"], line["group"], line["generic_duplicates_allowed"]) == (
        "package_settings.update",
        project.group,
        False,
    )
