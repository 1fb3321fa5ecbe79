"""Times as registries write them."""

import re
from datetime import datetime

RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)


def is_rfc_3339(value: object) -> bool:
    """Return whether a value is a time with its offset from UTC, in the one form that every client reads."""
    if not RFC_3339.fullmatch(str(value)):
        return False
    try:
        datetime.fromisoformat(str(value))
    except ValueError:
        return False
    return True
