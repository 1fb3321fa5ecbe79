"""The command tables: the rows of the outcome tables and validation lists with their verdicts, by edition."""

import argparse
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from conformance.command_line.choices import listed, one_of
from conformance.command_line.judging_aloud import judge_aloud, say_leftovers
from conformance.command_line.usage import UsageError
from conformance.judging.results import Judgement, Results
from conformance.judging.signals import sigterm_as_interrupt
from conformance.judging.suite import RunSettings, Suite
from conformance.judging.verdicts import Ending, ExitCode, Verdict
from conformance.reports.progress import shown_on
from conformance.requirements.catalogue import Catalogue
from conformance.requirements.model import Edition, Level
from conformance.selftest.good_server import GoodRegistry, reference_server
from conformance.target.description import describe_by_token_file
from conformance.transport.redaction import Redactor

ROWS = ("outcome.*", "authentication.put-*", "authentication.get-*", "validation.*")
LARGE_BYTES = 65_536
PATIENCE_SECONDS = 10.0
ABSENT = "-"
EXAMPLES = """\
examples:
  python -m conformance tables
      start the reference server in each edition and judge it by every row
  python -m conformance tables https://gitlab.example.com --token-file owner.token --edition 15
      judge another registry by the rows of one edition

exit codes:
  0 every row holds  1 a row does not  2 usage or configuration  3 a row cannot be tested, or interrupted
  4 the registry cannot be used or goes away  5 internal error
"""
Column = Mapping[str, Judgement]


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "tables",
        help="print the outcome tables and validation lists with their verdicts",
        description="Judge a registry by each row of GitLab's outcome tables (PUT and GET by project, role and "
        "credential) and of the lists of valid and invalid names, and print the rows with their verdicts.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("url", nargs="?", help="a registry; without it the reference server is started, twice")
    parser.add_argument(
        "--token-file", type=Path, metavar="FILE", help="holds an administrator's token of that registry"
    )
    parser.add_argument("--edition", type=one_of(Edition), metavar=listed(Edition), help="the one edition to judge by")
    parser.set_defaults(command=run)


def run(arguments: argparse.Namespace, catalogue: Catalogue, redactor: Redactor, console: Console) -> ExitCode:
    """Judge by the rows in each edition and print them."""
    if (arguments.url is None) != (arguments.token_file is None):
        raise UsageError("give a URL together with --token-file, or neither of them")
    runs: dict[Edition, Results] = {}
    with sigterm_as_interrupt():
        for edition in _editions(arguments):
            with _registry(arguments, edition) as registry:
                runs[edition] = _judged(registry, edition, catalogue, redactor, console)
            if runs[edition].run.ending is not Ending.COMPLETE:
                break
    columns = {edition: {one.id: one for one in results.requirements} for edition, results in runs.items()}
    _print(catalogue, columns, console)
    for results in runs.values():
        say_leftovers(results.leftovers, redactor, console)
    _hint(arguments, columns, console)
    console.print(Text("; ".join(_summary(results) for results in runs.values())), soft_wrap=True)
    failed = any(one.verdict is Verdict.FAIL for column in columns.values() for one in column.values())
    return max(ExitCode(int(failed)), *(ExitCode(results.exit_code) for results in runs.values()))


def _summary(results: Results) -> str:
    """Count the rows of an edition by their verdicts."""
    told = ", ".join(f"{count} {verdict}" for verdict, count in results.totals.items() if count)
    ended = "" if results.run.ending is Ending.COMPLETE else f" ({results.run.ending} after {results.run.judged})"
    return f"edition {results.run.edition}: {len(results.requirements)} rows, {told}{ended}"


def _hint(arguments: argparse.Namespace, columns: Mapping[Edition, Column], console: Console) -> None:
    """Say how to learn more about the first row that does not hold."""
    for edition, column in columns.items():
        for one in column.values():
            if one.verdict is not Verdict.PASS:
                where = f"{arguments.url or 'URL'} --token-file {arguments.token_file or 'FILE'}"
                command = f"python -m conformance run {where} --edition {edition} --only {one.id}"
                console.print(Text(f"why, and how to repeat it: {command}"), soft_wrap=True)
                return


def _editions(arguments: argparse.Namespace) -> list[Edition]:
    if arguments.edition is not None:
        return [arguments.edition]
    return [Edition.CURRENT] if arguments.url is not None else list(Edition)


@contextmanager
def _registry(arguments: argparse.Namespace, edition: Edition) -> Iterator[GoodRegistry]:
    if arguments.url is not None:
        yield GoodRegistry(arguments.url, arguments.token_file)
        return
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="conformance-tables-")))
        yield stack.enter_context(reference_server(folder / "server", edition.value))


def _judged(
    registry: GoodRegistry, edition: Edition, catalogue: Catalogue, redactor: Redactor, console: Console
) -> Results:
    description = describe_by_token_file(registry.url, registry.token_file)
    settings = RunSettings(edition, Level.MAY, ROWS, LARGE_BYTES, PATIENCE_SECONDS)
    with shown_on(console, len(catalogue.select(edition=edition, only=ROWS))) as listener:
        suite = Suite(description, settings, catalogue, redactor=redactor, listener=listener)
        return judge_aloud(suite, redactor, console)


def _print(catalogue: Catalogue, columns: Mapping[Edition, Column], console: Console) -> None:
    heads = ("row", *(f"edition {edition}" for edition in columns), "what follows")
    lines = []
    for requirement in catalogue:
        verdicts = [_verdict(column, requirement.id) for column in columns.values()]
        if any(verdict != ABSENT for verdict in verdicts):
            lines.append((requirement.id, *verdicts, requirement.sentence))
    if not console.is_terminal:
        console.file.writelines("\t".join(line) + "\n" for line in (heads, *lines))
        return
    table = Table(box=None, pad_edge=False)
    for head in heads:
        table.add_column(head, no_wrap=head != heads[-1])
    for line in lines:
        table.add_row(*(Text(cell, style="bold red" if cell == Verdict.FAIL else "") for cell in line))
    console.print(table)


def _verdict(column: Column, identifier: str) -> str:
    return column[identifier].verdict.value if identifier in column else ABSENT
