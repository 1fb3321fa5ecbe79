"""The command line: which program, with which options."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, NoReturn

from reference_server.contract.emulations import SENTENCES
from reference_server.programs import options
from reference_server.programs.admin.arguments import describe as describe_admin
from reference_server.programs.configuration import settle
from reference_server.programs.options import Option
from reference_server.programs.refusals import (
    FAILURE_EXIT,
    USAGE_EXIT,
    ServiceEndedError,
    SilentExitError,
    StartRefusedError,
    UsageRefusedError,
)

_PRIVATE = 0o077  # what holds data, tokens or sockets is for this user alone, whatever folder it is put in
_DISTRIBUTION = "generic-packages-conformance"

_EXAMPLES = """
examples:
  %(prog)s serve --data ./registry --root-token-file ./token
      start everything on http://127.0.0.1:8080 and write an administrator's token to ./token

  %(prog)s storage --data ./registry --listen 127.0.0.1:50051
  %(prog)s frontend --storage 127.0.0.1:50051 --port 8080
      start the two halves by themselves, on one host or on two

  %(prog)s serve --config registry.toml
      where registry.toml holds lines such as: data = "./registry", port = 8081, legacy-digests = true
"""


_EMULATIONS = "emulations:\n" + "\n".join(f"  {name:<22}{sentence}" for name, sentence in SENTENCES.items())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program that the arguments name, and give the exit code."""
    try:
        _run(_parser().parse_args(arguments))
    except UsageRefusedError as error:
        return _complain(str(error), USAGE_EXIT)
    except (StartRefusedError, ServiceEndedError) as error:
        return _complain(str(error), FAILURE_EXIT)
    except SilentExitError as error:
        return error.code
    return 0


def _complain(sentence: str, code: int) -> int:
    """Say why on standard error, in one line."""
    sys.stderr.write(f"reference_server: {sentence}\n")
    return code


class _Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in one sentence."""

    def error(self, message: str) -> NoReturn:
        """Refuse the command line."""
        raise UsageRefusedError(f"{message} (see {self.prog} --help)")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m reference_server",
        description="GitLab's generic packages API on a storage service of its own.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=version(_DISTRIBUTION))
    programs = parser.add_subparsers(dest="program", required=True, metavar="PROGRAM", parser_class=_Parser)
    _add(programs, "serve", "the whole server: a storage and a front end for each core", options.SERVE)
    storage = _add(programs, "storage", "the storage alone", options.STORAGE_PROGRAM)
    front_end = _add(programs, "frontend", "one front end alone", options.FRONT_END_PROGRAM)
    for supervised in (storage, front_end):
        supervised.add_argument("--supervised", action="store_true", help=argparse.SUPPRESS)
    front_end.add_argument("--descriptor", type=int, help=argparse.SUPPRESS)
    summary = "create and list users, groups, projects and tokens; verify, back up, restore and examine the data"
    describe_admin(programs.add_parser("admin", help=summary, description=f"{summary.capitalize()}."))
    return parser


def _add(
    programs: argparse._SubParsersAction[_Parser], name: str, summary: str, known: Sequence[Option]
) -> argparse.ArgumentParser:
    """Add a program with its options; what is not given stays away, so that the configuration file can give it."""
    parser = programs.add_parser(
        name,
        help=summary,
        description=f"Run {summary}.",
        epilog=_EMULATIONS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="TOML file with these options; the flags win")
    for option in known:
        if option.kind is bool:
            parser.add_argument(f"--{option.name}", action="store_true", default=argparse.SUPPRESS, help=option.help)
            continue
        action = "append" if option.kind is list else "store"
        parser.add_argument(
            f"--{option.name}", action=action, metavar=option.metavar, default=argparse.SUPPRESS, help=option.help
        )
    return parser


def _run(given: argparse.Namespace) -> None:
    """Settle the options and run; each program is imported only when it is the one that runs."""
    os.umask(_PRIVATE)
    if given.program == "admin":
        _admin(given)
        return
    flags = {name.replace("_", "-"): value for name, value in vars(given).items()}
    if given.program == "serve":
        _serve(settle(options.SERVE, flags, given.config))
    elif given.program == "storage":
        _storage(settle(options.STORAGE_PROGRAM, flags, given.config), supervised=given.supervised)
    else:
        values = settle(options.FRONT_END_PROGRAM, flags, given.config)
        _front_end(values, supervised=given.supervised, descriptor=given.descriptor)


def _admin(given: argparse.Namespace) -> None:
    from reference_server.programs.admin.run import run  # noqa: PLC0415 -- only the program that runs is imported

    run(given)


def _serve(values: Mapping[str, Any]) -> None:
    from reference_server.programs import serve  # noqa: PLC0415 -- only the program that runs is imported

    serve.run(serve.ServeSettings(**_keywords(values)))


def _storage(values: Mapping[str, Any], *, supervised: bool) -> None:
    from reference_server.programs import storage  # noqa: PLC0415 -- only the program that runs is imported
    from reference_server.programs.data_directory import claimed  # noqa: PLC0415
    from reference_server.programs.signals import stop_with_parent  # noqa: PLC0415

    if supervised:
        stop_with_parent()
    settings = storage.StorageSettings(**_keywords(values))
    tls = settings.read_link_security()
    with claimed(settings.data):
        storage.run(settings, tls)


def _front_end(values: Mapping[str, Any], *, supervised: bool, descriptor: int | None) -> None:
    from reference_server.programs import front_end  # noqa: PLC0415 -- only the program that runs is imported
    from reference_server.programs.signals import stop_with_parent  # noqa: PLC0415

    if supervised:
        stop_with_parent()
    front_end.run(front_end.FrontEndSettings(**_keywords(values), descriptor=descriptor))


def _keywords(values: Mapping[str, Any]) -> dict[str, Any]:
    """Give options' values under the names of the settings' fields."""
    return {name.replace("-", "_"): value for name, value in values.items()}
