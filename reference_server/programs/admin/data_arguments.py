"""The command line of what is done to the data as a whole."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from reference_server.programs.options import DEFAULT_TRASH_DAYS


def describe(commands: argparse._SubParsersAction[Any]) -> Iterator[argparse.ArgumentParser]:
    """Add the commands, and yield the parser of each."""
    verify = commands.add_parser(
        "verify",
        help="read all content and compare it with its record",
        description="Read all content and compare it with its record. A server may run meanwhile, unless --repair is "
        "given. Exit code 0 when all is sound, 1 when not; content that nothing records is told and harms nothing.",
    )
    verify.add_argument(
        "--repair",
        action="store_true",
        help="bring damaged content back from the trash or a backup; set aside what cannot be, so that it is not "
        "served and the next publication stores it again; move to the trash what nothing records",
    )
    verify.add_argument("--from", dest="backup", type=Path, metavar="DIR", help="a backup to repair from")
    _add_throttle(verify)
    yield verify

    backup = commands.add_parser(
        "backup",
        help="copy all data to a folder while a server serves them",
        description="Copy all data, as they are when the command begins, to a folder, and verify the copy. In a folder "
        "that holds an earlier backup, finished or not, only what is new is copied. Exit code 1 when some of the "
        "content is damaged: all other is in the backup.",
    )
    backup.add_argument("folder", type=Path, metavar="DIR", help="an empty or new folder, or one of an earlier backup")
    _add_throttle(backup)
    yield backup

    restore = commands.add_parser(
        "restore",
        help="make a new data directory of a backup",
        description="Copy a backup to the folder that --data names, which must be empty or new, and verify the copy. "
        "Interrupted, it goes on where it was; no server starts on the folder before it is done.",
    )
    restore.add_argument("folder", type=Path, metavar="DIR", help="the folder of the backup, which is only read")
    _add_throttle(restore)
    yield restore

    yield commands.add_parser(
        "doctor",
        help="tell what is wrong with the data and what to do",
        description="Tell what is wrong with the data and what to do; little is read, and nothing is changed. Exit "
        "code 1 when something is wrong.",
    )
    sweep = commands.add_parser(
        "sweep",
        help="move what nothing records to the trash, and empty the trash",
        description="Do at once what a server does from time to time: move content that nothing records to the trash, "
        "remove unfinished uploads, and remove what has been in the trash for long enough.",
    )
    sweep.add_argument(
        "--trash-days",
        type=_whole,
        default=DEFAULT_TRASH_DAYS,
        metavar="DAYS",
        help=f"how long content stays in the trash (default {DEFAULT_TRASH_DAYS}); 0 empties it",
    )
    yield sweep


def _add_throttle(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--throttle", type=_positive, metavar="BYTES/S", help="read at most so many bytes a second")


def _positive(text: str) -> int:
    if _whole(text) == 0:
        raise argparse.ArgumentTypeError("must be a whole number of at least 1")
    return int(text)


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError("must be a whole number")
    return int(text)
