"""The schema, and how its fields find their values."""

from __future__ import annotations

import functools
import re
from importlib import resources
from typing import Final

from graphql import GraphQLResolveInfo, GraphQLScalarType, GraphQLSchema, GraphQLString, build_schema


def _load() -> GraphQLSchema:
    schema = build_schema(resources.files(__package__).joinpath("schema.graphql").read_text("utf-8"))
    for name in ("Time", "UntrustedRegexp", "PackagesPackageID", "PackagesPackageFileID"):
        scalar = schema.type_map[name]
        if isinstance(scalar, GraphQLScalarType):
            scalar.coerce_input_value = GraphQLString.coerce_input_value
            scalar.coerce_input_literal = GraphQLString.coerce_input_literal
    return schema


SCHEMA: Final = _load()


def resolve_field(source: object, info: GraphQLResolveInfo[object], **arguments: object) -> object:
    """Give a field's value: the attribute of the same name as Python spells it, called if it can be."""
    value = getattr(source, _python_name(info.field_name))
    if callable(value):
        return value(**{_python_name(name): argument for name, argument in arguments.items()})
    return value


@functools.cache
def _python_name(name: str) -> str:
    """Spell a name of the schema as Python does; there are only as many as the schema has."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()
