"""The program: parses the command line, runs a command, turns what goes wrong into a sentence and an exit code."""

import argparse
import signal
import sys
import traceback
from collections.abc import Sequence
from importlib import metadata

from rich.text import Text

from conformance.command_line import compare, diff, explain, judge, listing, report, run, selftest, verify
from conformance.command_line.arguments import UsageError
from conformance.command_line.terminal import ProgramConsole, let_go_of_stdout
from conformance.evidence.folder import EvidenceError
from conformance.judging.plugin import BindingError
from conformance.judging.suite import DISTRIBUTION, NothingSelected
from conformance.judging.verdicts import ExitCode
from conformance.requirements.catalogue import CatalogueError, load_catalogue
from conformance.selftest.fault_runs import NotGoodError
from conformance.selftest.good_server import RegistryError
from conformance.target.description import TargetError
from conformance.target.preflight import PreflightFailure
from conformance.transport.address import AddressError
from conformance.transport.redaction import Redactor

BROKEN_PIPE = 128 + signal.SIGPIPE
EXIT_CODES: dict[type[Exception], ExitCode] = {
    AddressError: ExitCode.USAGE,
    TargetError: ExitCode.USAGE,
    UsageError: ExitCode.USAGE,
    EvidenceError: ExitCode.USAGE,
    NothingSelected: ExitCode.INCOMPLETE,
    PreflightFailure: ExitCode.PREFLIGHT,
    RegistryError: ExitCode.PREFLIGHT,
    NotGoodError: ExitCode.NONCONFORMANT,
    BindingError: ExitCode.INTERNAL,
    CatalogueError: ExitCode.INTERNAL,
}


def run_program(argv: Sequence[str] | None) -> int:
    """Run the program and return its exit code; argparse itself ends with 2 on wrong usage."""
    arguments = _parsed(argv)
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        let_go_of_stdout()
        return BROKEN_PIPE
    return code


def _run(arguments: argparse.Namespace) -> int:
    redactor, console = Redactor(), ProgramConsole()
    try:
        return int(arguments.command(arguments, load_catalogue(), redactor, console))
    except tuple(EXIT_CODES) as error:
        _say(redactor.text(str(error)))
        return int(EXIT_CODES[type(error)])
    except KeyboardInterrupt:
        _say("Interrupted before there were results.")
        return int(ExitCode.INCOMPLETE)
    except BrokenPipeError:
        raise
    except Exception:  # the last resort: whatever it is, it is shown, and without secrets
        _say(redactor.text(traceback.format_exc()))
        return int(ExitCode.INTERNAL)


def _parsed(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = _parser()
    arguments, unknown = parser.parse_known_args(argv)
    if unknown:
        arguments.parser.error(f"unknown argument {' '.join(unknown)}")
    return arguments


def _say(sentence: str) -> None:
    ProgramConsole(stderr=True).print(Text(sentence), soft_wrap=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m conformance",
        description="Judges registries by GitLab's generic packages API.",
        epilog="example:\n  python -m conformance run https://gitlab.example.com --token-file owner.token",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=metadata.version(DISTRIBUTION))
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in (run, judge, verify, diff, compare, report, listing, explain, selftest):
        command.add_to(commands)
    return parser
