"""A token that is revoked or replaced ends at once, in every worker and on connections that are open."""

import contextlib
import http.client
from collections.abc import Sequence

import pytest

from tests.support.front_end import Served
from tests.support.server_process import Registry

CONNECTIONS = 16  # so many that hardly ever all of them are one worker's
SECONDS = 30


@pytest.mark.parametrize("ending", ["revoked", "replaced", "blocked"])
def test_a_token_that_ends_is_refused_on_open_connections_of_all_workers(registry: Registry, ending: str) -> None:
    root = Served(registry.served.port, registry.root_token)
    name = f"user-{ending}"
    user = root.post("/users", {"username": name, "name": name, "email": f"{name}@example.com"}).json()["id"]
    token = root.post(f"/users/{user}/personal_access_tokens", {"name": "token", "scopes": ["api"]}).json()
    with contextlib.ExitStack() as opened:
        connections = [
            opened.enter_context(
                contextlib.closing(http.client.HTTPConnection("127.0.0.1", root.port, timeout=SECONDS))
            )
            for _ in range(CONNECTIONS)
        ]
        assert asked(connections, str(token["token"])) == [200] * CONNECTIONS
        if ending == "revoked":
            assert root.delete(f"/personal_access_tokens/{token['id']}").status == 204
        elif ending == "replaced":
            assert root.post(f"/personal_access_tokens/{token['id']}/rotate", {}).status == 200
        else:
            assert root.post(f"/users/{user}/block", {}).status == 201
        assert asked(connections, str(token["token"])) == [403 if ending == "blocked" else 401] * CONNECTIONS


def asked(connections: Sequence[http.client.HTTPConnection], token: str) -> list[int]:
    """Ask who the token is on each connection, and return the statuses."""
    statuses = []
    for connection in connections:
        connection.request("GET", "/api/v4/user", headers={"PRIVATE-TOKEN": token})
        with connection.getresponse() as answer:
            answer.read()
            statuses.append(answer.status)
    return statuses
