"""Lists that are read page by page, as GraphQL shows them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from generic_packages.storage.v1.packages_pb2 import GivenPart, ListedPart
from graphql import GraphQLError

from reference_server.contract.failure import Failure, Reason
from reference_server.frontend.graphql.lookups import if_visible

_Node = TypeVar("_Node")

_LARGEST_PAGE: Final = 100


@dataclass(frozen=True, slots=True)
class PageInfo:
    """The fields of PageInfo."""

    end_cursor: str | None
    has_next_page: bool
    has_previous_page: bool


@dataclass(frozen=True, slots=True)
class Edge(Generic[_Node]):
    """The fields of an edge."""

    node: _Node


@dataclass(frozen=True, slots=True)
class NodePage(Generic[_Node]):
    """One page of a list."""

    nodes: Sequence[_Node]
    part: GivenPart


class Connection(Generic[_Node]):
    """The fields of a connection. `read` asks the storage for a page of the list; counting costs a call of its own."""

    def __init__(
        self,
        read: Callable[[ListedPart], Awaitable[NodePage[_Node]]],
        page: NodePage[_Node],
        after: str | None,
    ) -> None:
        self._read = read
        self.nodes = page.nodes
        following = page.part.next_cursor or None
        self.page_info = PageInfo(following, following is not None, after is not None)

    @property
    def edges(self) -> list[Edge[_Node]]:
        """The nodes, each in an edge."""
        return [Edge(node) for node in self.nodes]

    async def count(self) -> int:
        """Count the whole list."""
        return (await self._read(ListedPart(page=1, per_page=1))).part.total


def following_page(after: str | None, first: int | None) -> ListedPart:
    """Ask for what comes after a cursor, 100 unless fewer are wanted. Raises GraphQLError for a bad number."""
    if first is not None and first < 1:
        raise GraphQLError("`first` must be a positive number")
    size = _LARGEST_PAGE if first is None else min(first, _LARGEST_PAGE)
    return ListedPart(keyset=True, cursor=after, per_page=size)


async def connect(
    read: Callable[[ListedPart], Awaitable[NodePage[_Node]]], after: str | None, part: ListedPart
) -> Connection[_Node] | None:
    """Read the page that is asked for. Raises GraphQLError for a cursor that is none."""
    try:
        page = await if_visible(read(part))
    except Failure as failure:
        if failure.reason is Reason.PARAMETER_INVALID:
            raise GraphQLError("`after` is no cursor of this list") from None
        raise
    return None if page is None else Connection(read, page, after)
