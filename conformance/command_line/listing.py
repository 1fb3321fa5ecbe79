"""The command list: the requirements, one a line."""

import argparse

from rich.console import Console
from rich.table import Table

from conformance.judging.suite import matching
from conformance.judging.verdicts import ExitCode
from conformance.requirements.catalogue import Catalogue
from conformance.requirements.model import Edition, Level
from conformance.transport.redaction import Redactor

EXAMPLES = """\
examples:
  conformance list                                  every requirement of the current edition
  conformance list --only 'framing.*' --level must  the MUSTs on framing
  conformance list --edition 15                     what GitLab 15 is measured by
"""


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "list",
        help="list the requirements",
        description="List the requirements of an edition.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--only", action="append", default=[], metavar="GLOB", help="ids to list; may be repeated")
    parser.add_argument("--level", type=Level, choices=list(Level), default=Level.MAY, help="the lowest level to list")
    parser.add_argument("--edition", type=Edition, choices=list(Edition), default=Edition.CURRENT, help="the measure")
    parser.set_defaults(command=run)


def run(arguments: argparse.Namespace, catalogue: Catalogue, _redactor: Redactor, console: Console) -> ExitCode:
    """Print the selected requirements."""
    selected = matching(catalogue, edition=arguments.edition, level=arguments.level, only=arguments.only)
    if not console.is_terminal:
        lines = [f"{requirement.id}\t{requirement.level}\t{requirement.sentence}\n" for requirement in selected]
        console.file.writelines(lines)
        return ExitCode.CONFORMANT
    table = Table(box=None, pad_edge=False)
    for name in ("id", "level", "requirement"):
        table.add_column(name, no_wrap=name != "requirement")
    for requirement in selected:
        table.add_row(requirement.id, requirement.level.value, requirement.sentence)
    console.print(table)
    return ExitCode.CONFORMANT
