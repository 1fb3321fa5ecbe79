"""What commands share: how one is added, the arguments that several of them take, and wrong usage."""

import argparse
import re
from collections.abc import Callable

from conformance.requirements.model import Edition, Level

UNITS = {"": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}
AUTHORITY = re.compile(r"[A-Za-z0-9._-]+(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?")
SIZE = re.compile(r"([1-9][0-9]*)(KiB|MiB|GiB|)")


class UsageError(Exception):
    """The command line asks for something that cannot be; the message says what to write instead."""


def add_command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    run: Callable[..., int],
    *,
    summary: str,
    description: str,
    epilog: str,
) -> argparse.ArgumentParser:
    """Add the command `name`, which `run` carries out, and return its parser."""
    parser = commands.add_parser(
        name,
        help=summary,
        description=description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(command=run, parser=parser)
    return parser


def add_selection(parser: argparse.ArgumentParser, verb: str) -> None:
    """Add the options that select requirements by level and edition."""
    parser.add_argument("--level", choices=[*map(str, Level)], default="may", help=f"the lowest level to {verb}")
    parser.add_argument("--edition", choices=[*map(str, Edition)], default="current", help="the measure")


def size(text: str) -> int:
    """Return the number of bytes that a text like 1000, 64KiB or 5GiB names; an argparse type."""
    match = SIZE.fullmatch(text)
    if not match:
        raise argparse.ArgumentTypeError(f"{text!r} is no size: write a whole number of bytes, KiB, MiB or GiB")
    return int(match[1]) * UNITS[match[2]]


def authority(text: str) -> str:
    """Return a host with or without its port, in lower case; an argparse type."""
    if not AUTHORITY.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no host: write storage.example.com or 127.0.0.1:9000")
    return text.lower()
