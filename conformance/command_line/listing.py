"""The command list: the requirements, one a line."""

import argparse
from collections import Counter

from rich.console import Console
from rich.table import Table

from conformance.command_line.choices import listed, one_of
from conformance.judging.suite import matching
from conformance.judging.verdicts import ExitCode
from conformance.reports.words import counted
from conformance.requirements.catalogue import Catalogue
from conformance.requirements.model import Edition, Level
from conformance.transport.redaction import Redactor

EXAMPLES = """\
examples:
  python -m conformance list                                  every requirement of the current edition
  python -m conformance list --only 'framing.*' --level must  the MUSTs on framing
  python -m conformance list --edition 15                     what GitLab 15 is measured by
  python -m conformance list --capabilities                   what a target file may declare off
"""


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "list",
        help="list the requirements",
        description="List the requirements of an edition, one a line: id, level and sentence, "
        "with tabs between them where the output is no terminal.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--only", action="append", default=[], metavar="GLOB", help="ids to list; may be repeated")
    parser.add_argument(
        "--level", type=one_of(Level), metavar=listed(Level), default=Level.MAY, help="the lowest level to list"
    )
    parser.add_argument(
        "--edition", type=one_of(Edition), metavar=listed(Edition), default=Edition.CURRENT, help="the measure"
    )
    parser.add_argument(
        "--capabilities", action="store_true", help="list instead the capabilities and how many requirements need each"
    )
    parser.set_defaults(command=run)


def run(arguments: argparse.Namespace, catalogue: Catalogue, _redactor: Redactor, console: Console) -> ExitCode:
    """Print the selected requirements."""
    selected = matching(catalogue, edition=arguments.edition, level=arguments.level, only=arguments.only)
    if arguments.capabilities:
        needed = Counter(requirement.capability for requirement in selected)
        console.file.writelines(f"{capability}\t{counted(count)}\n" for capability, count in sorted(needed.items()))
        return ExitCode.CONFORMANT
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
