"""How large a query may be."""

import pytest
from graphql import GraphQLError, get_introspection_query, parse

from reference_server.frontend.graphql.limits import check_size


def nested(depth: int) -> str:
    return "{a" * depth + "}" * depth


def wide(fields: int) -> str:
    return "{" + " ".join(f"a{number}: a" for number in range(fields)) + "}"


def doubling(levels: int) -> str:
    """Write fragments of which each spreads the next one twice."""
    fragments = [f"fragment F{level} on T {{ ...F{level + 1} ...F{level + 1} }}" for level in range(levels)]
    return f"{{ ...F0 }} {' '.join(fragments)} fragment F{levels} on T {{ a }}"


UNUSED = "{ a } fragment F on Query { " + "a " * 301 + "}"


@pytest.mark.parametrize("query", [nested(20), wide(300), doubling(8), get_introspection_query()])
def test_what_is_within_the_limits_passes(query: str) -> None:
    check_size(parse(query))


@pytest.mark.parametrize(
    ("query", "what"),
    [(nested(21), "depth"), (wide(301), "complexity"), (doubling(9), "complexity"), (UNUSED, "complexity")],
)
def test_what_is_beyond_is_refused(query: str, what: str) -> None:
    with pytest.raises(GraphQLError, match=f"max {what}"):
        check_size(parse(query))


def test_fragments_written_out_a_million_million_times_are_counted_at_once() -> None:
    with pytest.raises(GraphQLError, match="complexity of 1099511627776"):
        check_size(parse(doubling(40)))


def test_depth_counts_through_fragments() -> None:
    deep = "{" + "a {" * 15 + "...F" + "}" * 16 + " fragment F on T " + nested(10)
    with pytest.raises(GraphQLError, match="depth of 25"):
        check_size(parse(deep))


@pytest.mark.parametrize("query", ["{...F} fragment F on T {a ...F}", "{...G} fragment F on T {a}"])
def test_fragments_that_make_no_sense_are_left_to_validation(query: str) -> None:
    check_size(parse(query))
