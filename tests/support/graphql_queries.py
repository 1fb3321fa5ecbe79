"""Queries over HTTP."""

import json
from dataclasses import dataclass
from typing import Any

from tests.support.front_end import Answer, Served

TARGET = "/api/graphql"


@dataclass(frozen=True, slots=True)
class QueryAnswer:
    status: int
    data: Any
    messages: list[str]


def send(front_end: Served, body: bytes, *, token: str | None = None) -> Answer:
    return front_end.send("POST", TARGET, body, {"Content-Type": "application/json"}, token=token)


def ask(front_end: Served, query: str, *, token: str | None = None, **variables: object) -> QueryAnswer:
    return read(send(front_end, json.dumps({"query": query, "variables": variables}).encode(), token=token))


def read(answer: Answer) -> QueryAnswer:
    body = answer.json()
    data, errors = body.get("data"), body.get("errors", [])
    assert set(body) <= {"data", "errors"}
    return QueryAnswer(answer.status, data, [error["message"] for error in errors])
