"""Times as registries write them."""

from datetime import datetime


def is_rfc_3339(value: object) -> bool:
    """Say whether a value is a time with its offset from UTC."""
    try:
        return datetime.fromisoformat(str(value)).tzinfo is not None
    except ValueError:
        return False
