"""The command diff: what differs between two runs, requirement by requirement."""

import argparse
from pathlib import Path

from rich.console import Console
from rich.text import Text

from conformance.command_line.arguments import add_command
from conformance.evidence.comparison import differences_between
from conformance.evidence.folder import read_evidence
from conformance.judging.results import Results
from conformance.judging.verdicts import ExitCode
from conformance.reports.console import print_rows
from conformance.reports.wording import counted, measured_by
from conformance.requirements.catalogue import Catalogue
from conformance.transport.redaction import Redactor

HEADS = ("what", "id", "first", "second", "why")
EXAMPLES = """\
examples:
  python -m conformance diff before after
      the requirements whose verdict changed, that are new in the second run, and that are gone from it
  python -m conformance diff before/results.json after/results.json

Where the output is no terminal, a line holds what differs with tabs between: what (changed, new, gone), id, first
verdict, second verdict, why.

exit codes:
  0 the same verdicts  1 they differ  2 a folder holds no results
"""


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "diff",
        run,
        summary="compare two runs",
        description="Say what differs between two runs, requirement by requirement.",
        epilog=EXAMPLES,
    )
    parser.add_argument("first", type=Path, metavar="A", help="the folder of a run, or its results.json")
    parser.add_argument("second", type=Path, metavar="B", help="the folder of another, or its results.json")


def run(arguments: argparse.Namespace, _catalogue: Catalogue, _redactor: Redactor, console: Console) -> ExitCode:
    """Compare two runs."""
    return show_differences(read_evidence(arguments.first), read_evidence(arguments.second), console)


def show_differences(first: Results, second: Results, console: Console) -> ExitCode:
    """Print what differs; return the exit code that says whether anything does."""
    differences = differences_between(first, second)
    measures = measured_by(first.run), measured_by(second.run)
    if measures[0] != measures[1] and console.is_terminal:
        console.print(Text(f"measured by {measures[0]}, then by {measures[1]}"), soft_wrap=True)
    if not differences:
        console.print(Text(f"the same verdicts on {counted(len(first.requirements))}"), soft_wrap=True)
        return ExitCode.CONFORMANT
    print_rows(HEADS, [one.row for one in differences], console)
    if console.is_terminal:
        console.print(Text(f"different verdicts on {counted(len(differences))}"), soft_wrap=True)
    return ExitCode.NONCONFORMANT
