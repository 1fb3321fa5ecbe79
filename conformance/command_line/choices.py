"""Arguments that take one of several words."""

import argparse
from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

Word = TypeVar("Word", bound=StrEnum)


def one_of(words: type[Word]) -> Callable[[str], Word]:
    """Return an argparse type that takes a member's value and names them all when it gets anything else."""

    def parse(text: str) -> Word:
        try:
            return words(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is none of {', '.join(words)}") from None

    return parse


def listed(words: type[StrEnum]) -> str:
    """Return the values as usage shows them."""
    return f"{{{','.join(words)}}}"
