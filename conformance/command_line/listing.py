"""The command list: the requirements, one a line."""

import argparse
from collections import Counter
from pathlib import Path

from rich.console import Console

from conformance.command_line.arguments import UsageError, add_command, add_selection, features
from conformance.judging.suite import select
from conformance.judging.verdicts import ExitCode
from conformance.reports.console import print_rows
from conformance.reports.requirement_pages import write_requirement_pages
from conformance.reports.wording import counted
from conformance.requirements.catalogue import Catalogue
from conformance.requirements.gitlab_version import NEWEST, Measure
from conformance.requirements.model import Level
from conformance.transport.redaction import Redactor

EXAMPLES = """\
examples:
  python -m conformance list                                  every requirement of the newest version
  python -m conformance list --only 'framing.*' --level must  the MUSTs on framing
  python -m conformance list --gitlab 16.8                    what GitLab 16.8 is measured by
  python -m conformance list --capabilities                   what a target file may declare off
  python -m conformance list --pages requirements             a Markdown page for each section, of all versions
"""


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "list",
        run,
        summary="list the requirements",
        description="List the requirements of a GitLab version, one a line: id, level, since and until when, sentence, "
        "with tabs between them where the output is no terminal.",
        epilog=EXAMPLES,
    )
    parser.add_argument("--only", action="append", default=[], metavar="GLOB", help="ids to list; may be repeated")
    add_selection(parser, "list", "without it, the newest")
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument(
        "--capabilities", action="store_true", help="list instead the capabilities and how many requirements need each"
    )
    instead.add_argument(
        "--pages", type=Path, metavar="DIR", help="write instead Markdown pages of all requirements of every version"
    )


def run(arguments: argparse.Namespace, catalogue: Catalogue, _redactor: Redactor, console: Console) -> ExitCode:
    """Print the selected requirements, or write the pages of all."""
    if arguments.pages:
        return _write_pages(catalogue, arguments.pages, console)
    measure = Measure(arguments.gitlab or NEWEST, features(arguments.feature, catalogue))
    selected = select(catalogue, measure, Level(arguments.level), arguments.only)
    if arguments.capabilities:
        needed = Counter(requirement.capability for requirement in selected)
        console.file.writelines(f"{capability}\t{counted(count)}\n" for capability, count in sorted(needed.items()))
        return ExitCode.CONFORMANT
    rows = [(each.id, each.level.value, each.condition, each.sentence) for each in selected]
    print_rows(("id", "level", "versions", "requirement"), rows, console)
    return ExitCode.CONFORMANT


def _write_pages(catalogue: Catalogue, folder: Path, console: Console) -> ExitCode:
    try:
        pages = write_requirement_pages(catalogue, folder)
    except OSError as error:
        raise UsageError(f"The pages cannot be written to {folder}: {error.strerror}.") from error
    console.print(f"{len(pages)} pages; begin with {pages[0]}", markup=False, highlight=False)
    return ExitCode.CONFORMANT
