"""What the proxy learns by watching provisioning: whose each token is, and who may see what."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote

from conformance.selftest.credentials import presented_credential
from conformance.selftest.messages import Request, Response, collect, whole

WATCHED = {"POST", "PUT", "DELETE"}
NUMBERED = re.compile(r"/api/v4/(?P<kind>projects|groups|users)/(?P<id>[^/?]+)(?P<rest>/[^?]*)?(?:\?|$)")
PERSONAL_TOKEN = "personal_access_tokens"  # noqa: S105 - the name of a resource
JOB_TOKEN = "job_tokens"  # noqa: S105 - a name for what a job carries
TOKENS = ("access_tokens", "deploy_tokens", PERSONAL_TOKEN)


@dataclass(frozen=True, slots=True)
class ObservedToken:
    """A token made through the proxy.

    `level` is the GitLab access level of an access token, 0 for every other kind. `place` is the project or group that
    it was made for, for a job the job's project, as (projects or groups, id); `user` is whose it is, if anybody's.
    """

    secret: str
    kind: str
    place: tuple[str, str] = ("", "")
    scopes: frozenset[str] = frozenset()
    level: int = 0
    user: int = 0


@dataclass(frozen=True, slots=True)
class ObservedProject:
    """A project made through the proxy."""

    number: str
    path: str
    visibility: str


class ObservedResources:
    """Remembers provisioning responses; one for each proxy."""

    def __init__(self) -> None:
        self._tokens: dict[str, ObservedToken] = {}
        self._projects: dict[str, ObservedProject] = {}
        self._groups: dict[str, str] = {}
        self._levels: dict[tuple[str, str, int], int] = {}
        self._pipelines: dict[str, int] = {}

    def token(self, request: Request) -> ObservedToken | None:
        """Return the token that a request presents, or None for an anonymous or unknown one."""
        shown = presented_credential(request)
        return self._tokens.get(shown.secret) if shown else None

    def project(self, reference: str) -> ObservedProject | None:
        """Return the project of a number or path, percent-encoded or not; None for an unknown one."""
        return self._projects.get(unquote(reference))

    @property
    def projects(self) -> tuple[ObservedProject, ...]:
        """Return every project, in the order of their making."""
        return tuple(dict.fromkeys(self._projects.values()))

    @property
    def job_tokens(self) -> set[str]:
        """Return the tokens of every job that was handed out."""
        return {secret for secret, token in self._tokens.items() if token.kind == JOB_TOKEN}

    def level(self, token: ObservedToken, reference: str) -> int:
        """Return the access level of a token in a project: its own, or its user's."""
        project = self.project(reference)
        if project is None or not token.user:
            return token.level
        above = [group for group, path in self._groups.items() if project.path.startswith(f"{path}/")]
        places = [("projects", project.number), *(("groups", group) for group in above)]
        return max(self._levels.get((*place, token.user), 0) for place in places)

    def is_member(self, token: ObservedToken, reference: str) -> bool:
        """Return whether a token was made for this very project, for a group above it, or for a member of it."""
        project = self.project(reference)
        if project is None:
            return False
        if token.user:
            return self.level(token, reference) > 0
        kind, number = token.place
        if kind == "groups":
            return project.path.startswith(f"{self._groups.get(number, ' ')}/")
        return self.project(number) == project

    async def observe(self, request: Request, response: Response) -> Response:
        """Learn from the response to a provisioning request; return the response to pass on in its place."""
        if request.method not in WATCHED or not response.is_success:
            return response
        learn = self._lesson(request)
        if learn is None:
            return response
        content = await collect(response.body)
        learn(json.loads(content) if content else {})
        return response.with_content(content) if content else replace(response, body=whole(content))

    def _lesson(self, request: Request) -> Callable[[dict[str, Any]], None] | None:
        """Return what to do with the response to a request, None when there is nothing to learn."""
        path = request.target.partition("?")[0]
        made = {
            "/api/v4/projects": self._learn_project,
            "/api/v4/groups": self._learn_group,
            "/api/v4/jobs/request": self._learn_job,
        }
        if request.method == "POST" and path in made:
            return made[path]
        found = NUMBERED.match(request.target)
        if found is None:
            return None
        place, rest = (found["kind"], unquote(found["id"])), (found["rest"] or "").strip("/")
        if rest.split("/")[0] == "members":
            return lambda record: self._learn_member(place, request, record)
        if request.method == "POST" and rest in TOKENS:
            return lambda record: self._learn_token(place, rest, record)
        if request.method == "POST" and rest == "pipeline":
            return lambda _: self._learn_pipeline(place[1], request)
        return None

    def _learn_project(self, record: dict[str, Any]) -> None:
        made = ObservedProject(str(record["id"]), record["path_with_namespace"], record["visibility"])
        self._projects[made.number] = self._projects[made.path] = made

    def _learn_group(self, record: dict[str, Any]) -> None:
        self._groups[str(record["id"])] = record["full_path"]

    def _learn_member(self, place: tuple[str, str], request: Request, record: dict[str, Any]) -> None:
        if request.method == "DELETE":
            self._levels.pop((*place, int(request.target.rpartition("/")[2])), None)
        else:
            self._levels[(*place, record["id"])] = record["access_level"]

    def _learn_token(self, place: tuple[str, str], kind: str, record: dict[str, Any]) -> None:
        of_user = kind == PERSONAL_TOKEN
        self._tokens[record["token"]] = ObservedToken(
            secret=record["token"],
            kind=kind,
            place=("", "") if of_user else place,
            scopes=frozenset(record["scopes"]),
            level=record.get("access_level", 0),
            user=record["user_id"] if of_user else 0,
        )

    def _learn_pipeline(self, project: str, request: Request) -> None:
        token = self.token(request)
        if token is not None:
            self._pipelines[project] = token.user

    def _learn_job(self, record: dict[str, Any]) -> None:
        if "job_info" in record:
            project = str(record["job_info"]["project_id"])
            user = self._pipelines.get(project, 0)
            place, scopes = ("projects", project), frozenset({"api"})
            self._tokens[record["token"]] = ObservedToken(record["token"], JOB_TOKEN, place, scopes, user=user)
