"""The program: parses the command line, runs a command, turns what goes wrong into a sentence and an exit code."""

import argparse
import sys
import traceback
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from conformance.command_line import explain, listing, run, selftest
from conformance.command_line.usage import UsageError
from conformance.judging.plugin import BindingError
from conformance.judging.suite import NothingSelected
from conformance.judging.verdicts import ExitCode
from conformance.requirements.catalogue import CatalogueError, load_catalogue
from conformance.selftest.examination import NotGoodError
from conformance.selftest.good_server import RegistryError
from conformance.target.description import TargetError
from conformance.target.preflight import PreflightFailure
from conformance.transport.redaction import Redactor

EXIT_CODES: dict[type[Exception], ExitCode] = {
    TargetError: ExitCode.USAGE,
    UsageError: ExitCode.USAGE,
    NothingSelected: ExitCode.INCOMPLETE,
    PreflightFailure: ExitCode.PREFLIGHT,
    RegistryError: ExitCode.PREFLIGHT,
    NotGoodError: ExitCode.NONCONFORMANT,
    BindingError: ExitCode.INTERNAL,
    CatalogueError: ExitCode.INTERNAL,
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code; argparse itself ends with 2 on wrong usage."""
    arguments = _parser().parse_args(argv)
    redactor, console = Redactor(), Console()
    try:
        return int(arguments.command(arguments, load_catalogue(), redactor, console))
    except tuple(EXIT_CODES) as error:
        _say(redactor.text(str(error)))
        return int(EXIT_CODES[type(error)])
    except KeyboardInterrupt:
        _say("Interrupted before anything was judged.")
        return int(ExitCode.INCOMPLETE)
    except Exception:  # the last resort: whatever it is, it is shown, and without secrets
        _say(redactor.text(traceback.format_exc()))
        return int(ExitCode.INTERNAL)


def _say(sentence: str) -> None:
    Console(stderr=True).print(Text(sentence), soft_wrap=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="conformance",
        description="Judges registries by GitLab's generic packages API.",
        epilog="example:\n  conformance run https://gitlab.example.com --token-file owner.token",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in (run, listing, explain, selftest):
        command.add_to(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
