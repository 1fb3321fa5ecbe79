"""What the proxy learns by watching provisioning: what each token may do, and who sees each project."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from conformance.selftest.messages import Answer, Request, collect
from conformance.selftest.targets import presented

CREATED = 201
PROVISIONING = re.compile(r"/api/v4/projects(?:/(?P<project>[^/?]+)/(?P<kind>access_tokens|deploy_tokens))?(?:\?|$)")


@dataclass(frozen=True, slots=True)
class Token:
    """A token made through the proxy: `level` is the GitLab access level of an access token, 0 for a deploy token."""

    secret: str
    kind: str
    project: str
    scopes: frozenset[str]
    level: int


@dataclass(frozen=True, slots=True)
class Project:
    """A project made through the proxy."""

    number: str
    path: str
    visibility: str


class Ledger:
    """Remembers provisioning answers; one for each proxy."""

    def __init__(self) -> None:
        self._tokens: dict[str, Token] = {}
        self._projects: dict[str, Project] = {}

    def token(self, request: Request) -> Token | None:
        """Return the token that a request presents, or None for an anonymous or unknown one."""
        shown = presented(request)
        return self._tokens.get(shown.secret) if shown else None

    def project(self, reference: str) -> Project | None:
        """Return the project of a number or path, percent-encoded or not; None for an unknown one."""
        return self._projects.get(unquote(reference))

    def is_member(self, token: Token, reference: str) -> bool:
        """Say whether a token was made for this very project."""
        project = self.project(reference)
        return project is not None and self.project(token.project) == project

    async def observe(self, request: Request, answer: Answer) -> Answer:
        """Learn from the answer to a provisioning request; return the answer to pass on in its place."""
        found = PROVISIONING.match(request.target)
        if request.method != "POST" or found is None or answer.status != CREATED:
            return answer
        content = await collect(answer.body)
        self._learn(found["project"], found["kind"], json.loads(content))
        return answer.with_content(content)

    def _learn(self, project: str | None, kind: str | None, record: dict[str, Any]) -> None:
        if project is None or kind is None:
            made = Project(str(record["id"]), record["path_with_namespace"], record["visibility"])
            self._projects[made.number] = self._projects[made.path] = made
            return
        token = Token(
            secret=record["token"],
            kind=kind,
            project=unquote(project),
            scopes=frozenset(record["scopes"]),
            level=record.get("access_level", 0),
        )
        self._tokens[token.secret] = token
