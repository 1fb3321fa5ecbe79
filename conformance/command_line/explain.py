"""The command explain: everything about one requirement."""

import argparse
from difflib import get_close_matches

from rich.console import Console
from rich.table import Table
from rich.text import Text

from conformance.command_line.arguments import UsageError, add_command
from conformance.judging.session import locate_checks
from conformance.judging.verdicts import ExitCode
from conformance.requirements.catalogue import Catalogue
from conformance.transport.redaction import Redactor

EXAMPLES = """\
example:
  python -m conformance explain newest.upload-wins
"""


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "explain",
        run,
        summary="explain a requirement",
        description="Say what a requirement asks for, how that is known, and which check judges it.",
        epilog=EXAMPLES,
    )
    parser.add_argument("id", help="the id of the requirement, as list shows it")


def run(arguments: argparse.Namespace, catalogue: Catalogue, _redactor: Redactor, console: Console) -> ExitCode:
    """Print the requirement."""
    requirement = catalogue.by_id.get(arguments.id)
    if requirement is None:
        close = get_close_matches(arguments.id, catalogue.by_id, n=1)
        hint = f" Is it {close[0]}?" if close else ""
        raise UsageError(f"No requirement has the id {arguments.id}.{hint} The command list shows them all.")
    check = locate_checks()[requirement.id]
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="dim")
    table.add_column()
    table.add_row("level", requirement.level.value.upper())
    table.add_row("versions", requirement.condition)
    table.add_row("known from", Text(f"{requirement.provenance.meaning}: {requirement.source}"))
    table.add_row("capability", requirement.capability)
    table.add_row("check", f"{check.function} in {check.file}")
    table.add_row("", Text(check.docstring))
    console.print(Text(requirement.id, style="bold"))
    console.print(Text(requirement.sentence))
    console.print(table)
    return ExitCode.CONFORMANT
