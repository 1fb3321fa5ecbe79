"""How large a GraphQL query may be, checked before it is validated or run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
)

QUERY_CHARACTERS: Final = 10_000
"""The longest query that is read; GitLab's own limit."""

TOKENS: Final = 5_000
"""The most tokens that a query may have."""

_DEPTH: Final = 20
_FIELDS: Final = 300


@dataclass(frozen=True, slots=True)
class _Size:
    """How deep a selection nests, and how many fields it has when every fragment is written out."""

    depth: int = 0
    fields: int = 0


class _Ruler:
    """Measures selections; each fragment once, however often it is spread."""

    def __init__(self, document: DocumentNode) -> None:
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._known: dict[str, _Size] = {}

    def measure(self, selected: SelectionSetNode | None) -> _Size:
        """Measure a selection set."""
        sizes = [self._measure_one(node) for node in selected.selections] if selected else []
        return _Size(max((size.depth for size in sizes), default=0), sum(size.fields for size in sizes))

    def _measure_one(self, node: SelectionNode) -> _Size:
        if isinstance(node, FragmentSpreadNode):
            return self._measure_fragment(node.name.value)
        inner = self.measure(getattr(node, "selection_set", None))
        return _Size(inner.depth + 1, inner.fields + 1) if isinstance(node, FieldNode) else inner

    def _measure_fragment(self, name: str) -> _Size:
        """Measure a fragment. An unknown one, or one inside itself, counts nothing: validation refuses it."""
        if name not in self._known:
            self._known[name] = _Size()
            fragment = self._fragments.get(name)
            self._known[name] = self.measure(fragment.selection_set) if fragment else _Size()
        return self._known[name]


def check_size(document: DocumentNode) -> None:
    """Raise GraphQLError for a document of which any part nests too deep or has too many fields.

    Fragments that nothing spreads count too: validation compares their fields with each other.
    """
    ruler = _Ruler(document)
    for node in document.definitions:
        if not isinstance(node, (OperationDefinitionNode, FragmentDefinitionNode)):
            continue
        size = ruler.measure(node.selection_set)
        if size.depth > _DEPTH:
            raise GraphQLError(f"Query has depth of {size.depth}, which exceeds max depth of {_DEPTH}")
        if size.fields > _FIELDS:
            raise GraphQLError(f"Query has complexity of {size.fields}, which exceeds max complexity of {_FIELDS}")
