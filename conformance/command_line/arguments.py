"""What commands share: how one is added, the arguments that several of them take, and wrong usage."""

import argparse
import re
from collections.abc import Callable

from conformance.requirements.catalogue import Catalogue
from conformance.requirements.gitlab_version import NEWEST, OLDEST, GitLabVersion, known_version
from conformance.requirements.model import Level

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


def add_selection(parser: argparse.ArgumentParser, verb: str, otherwise: str) -> None:
    """Add the options that select requirements by level, version and flags of GitLab."""
    parser.add_argument("--level", choices=[*map(str, Level)], default="may", help=f"the lowest level to {verb}")
    parser.add_argument(
        "--gitlab", type=version, metavar="VERSION", help=f"the measure: {OLDEST} to {NEWEST}; {otherwise}"
    )
    parser.add_argument(
        "--feature",
        action="append",
        default=[],
        metavar="NAME",
        help="a flag of GitLab that is off by default and on here; may be repeated",
    )


def version(text: str) -> GitLabVersion:
    """Return the GitLab version that a text like 16.8 or 18.4.2-ee names; an argparse type."""
    try:
        return known_version(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def features(names: list[str], catalogue: Catalogue) -> frozenset[str]:
    """Return the flags that were named. Raise UsageError when no requirement depends on one of them."""
    unknown = sorted(set(names) - catalogue.features)
    if unknown:
        known = ", ".join(sorted(catalogue.features))
        raise UsageError(f"no requirement depends on the feature {unknown[0]}; those with a difference are: {known}")
    return frozenset(names)


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
