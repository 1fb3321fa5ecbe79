"""A project with packages in it, and callers of every role."""

import itertools
from dataclasses import dataclass
from typing import Any

from tests.support.front_end import Answer, Served

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class PackageProject:
    """A project in a group of its own; `path` is its full path, `group` its group's."""

    front_end: Served
    id: int
    path: str
    group: str

    @property
    def packages(self) -> str:
        return f"/projects/{self.id}/packages"

    def publish(
        self, name: str, version: str = "1.0", file_name: str = "file.txt", content: bytes = b"content", query: str = ""
    ) -> dict[str, Any]:
        target = f"/api/v4{self.packages}/generic/{name}/{version}/{file_name}?select=package_file{query}"
        answer = self.front_end.send("PUT", target, content)
        assert answer.status == 200, answer.body
        return answer.json()

    def listed(self, query: str = "", *, token: str | None = None) -> list[dict[str, Any]]:
        answer = self.front_end.get(f"{self.packages}?{query}", token=token)
        assert answer.status == 200, answer.body
        return answer.items()

    def token(self, access_level: int) -> str:
        body = {"name": "role", "scopes": ["api"], "access_level": access_level}
        return str(self.front_end.post(f"/projects/{self.id}/access_tokens", body).json()["token"])


def new_project(front_end: Served, visibility: str = "private") -> PackageProject:
    path = f"packages-{next(_numbers)}"
    group = front_end.post("/groups", {"name": "Packages", "path": path, "visibility": "public"}).json()
    body = {"name": "Books", "path": "books", "namespace_id": group["id"], "visibility": visibility}
    project = front_end.post("/projects", body).json()
    return PackageProject(front_end, project["id"], f"{path}/books", path)


def stranger(front_end: Served) -> str:
    """Return the token of a user that is a member of another project alone."""
    return new_project(front_end).token(50)


def names(answer: Answer) -> list[object]:
    return [item["name"] for item in answer.items()]
