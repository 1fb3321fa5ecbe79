"""Calls on behalf of one query."""

import asyncio
from typing import Any, cast

import grpc
import pytest
from generic_packages.storage.v1.identity_pb2 import GetProjectRequest
from graphql import GraphQLError

from reference_server.frontend.graphql.lookups import Lookups
from reference_server.frontend.storage_link.calls import Services

Method = grpc.aio.UnaryUnaryMultiCallable[Any, Any]


class CountedCalls:
    """A method of the storage that counts how often it runs, and how often at once."""

    def __init__(self) -> None:
        self.made = 0
        self.running = 0
        self.most_running = 0

    async def __call__(self, request: object, *, timeout: float, metadata: object) -> object:  # noqa: ARG002, ASYNC109 -- gRPC's form
        self.made += 1
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        await asyncio.sleep(0)
        self.running -= 1
        return request


async def ask_often(calls: CountedCalls, times: int) -> list[object]:
    async with grpc.aio.insecure_channel("unix:/nowhere") as channel:
        lookups = Lookups(Services(channel), [], request_id="id", origin="http://host")
        asking = (lookups.call(cast("Method", calls), GetProjectRequest()) for _ in range(times))
        return list(await asyncio.gather(*asking, return_exceptions=True))


async def test_a_query_that_wants_too_many_lookups_is_stopped() -> None:
    calls = CountedCalls()
    outcomes = await ask_often(calls, 260)
    assert calls.made == 250
    refused = [outcome for outcome in outcomes if isinstance(outcome, GraphQLError)]
    assert [str(error) for error in refused] == ["Query needs more than 250 lookups; ask for smaller pages"] * 10


@pytest.mark.parametrize("times", [1, 100])
async def test_few_lookups_run_at_once(times: int) -> None:
    calls = CountedCalls()
    await ask_often(calls, times)
    assert calls.most_running == min(times, 8)
