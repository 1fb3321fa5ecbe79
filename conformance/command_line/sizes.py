"""Sizes as users write them: 1000, 64KiB, 512MiB, 5GiB."""

import argparse
import re

UNITS = {"": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}
FORMAT = re.compile(r"([1-9][0-9]*)(KiB|MiB|GiB|)")


def size(text: str) -> int:
    """Return the number of bytes that a text names; an argparse type."""
    match = FORMAT.fullmatch(text)
    if not match:
        raise argparse.ArgumentTypeError(f"{text!r} is no size: write a whole number of bytes, KiB, MiB or GiB")
    return int(match[1]) * UNITS[match[2]]
