"""What all models have in common."""

from __future__ import annotations

import re

from peewee import Model


def _table_name(model: type[Model]) -> str:
    """Return the plural of a model's name."""
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", model.__name__).lower()
    return name if name.endswith("s") else f"{name}s"


class Record(Model):
    """A row of a table. It is bound to no database: a query names the one that it runs on."""

    class Meta:
        table_function = _table_name
