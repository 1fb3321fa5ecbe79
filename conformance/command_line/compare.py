"""The command compare: run the suite against two registries and say what differs."""

import argparse
from pathlib import Path

from rich.console import Console
from rich.text import Text

from conformance.command_line.arguments import UsageError, add_command
from conformance.command_line.diff import show_differences
from conformance.command_line.run import add_run_options, cleared, reported_run, settings_of
from conformance.judging.results import Results
from conformance.judging.suite import Suite
from conformance.judging.verdicts import Ending, ExitCode, Outcome
from conformance.requirements.catalogue import Catalogue
from conformance.target.description import describe_by_token_file
from conformance.transport.redaction import Redactor

FOLDERS = ("first", "second")
EXAMPLES = """\
examples:
  python -m conformance compare http://127.0.0.1:8080 http://127.0.0.1:8081 --token-file a.token --token-file b.token
      judge both, one after the other, and say on which requirements their verdicts differ, and why
  python -m conformance compare https://old.example.com https://new.example.com --token-file t --only 'download.*'
      the same token for both

The reports of both runs are in the folders first and second of DIR.

exit codes:
  0 the same verdicts  1 they differ  2 usage or configuration  3 a run was interrupted
  4 a target is unreachable or goes away, no such API, or refuses the credentials  5 internal error
"""


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "compare",
        run,
        summary="judge two registries and say what differs",
        description="Judge two registries, one after the other, and say what differs between them.",
        epilog=EXAMPLES,
    )
    parser.add_argument("urls", nargs=2, metavar="URL", help="the addresses under which /api/v4 lies")
    parser.add_argument(
        "--token-file",
        type=Path,
        action="append",
        required=True,
        metavar="FILE",
        help="holds the token of an owner or administrator; once for both registries, or twice",
    )
    parser.add_argument(
        "--out", type=Path, default=Path("conformance-comparison"), metavar="DIR", help="for the reports of both"
    )
    add_run_options(parser)
    parser.set_defaults(keep=False)


def run(arguments: argparse.Namespace, catalogue: Catalogue, redactor: Redactor, console: Console) -> ExitCode:
    """Judge both registries and compare."""
    if len(arguments.token_file) > len(arguments.urls):
        raise UsageError("give --token-file once for both registries, or twice")
    files = (arguments.token_file[0], arguments.token_file[-1])
    settings = settings_of(arguments, catalogue)
    descriptions = [describe_by_token_file(url, file) for url, file in zip(arguments.urls, files, strict=True)]
    folders = [cleared(arguments.out / name) for name in FOLDERS]
    results = []
    for description, folder in zip(descriptions, folders, strict=True):
        console.print(Text(f"{folder.name}: {description.address}", style="bold"), soft_wrap=True)
        suite = Suite(description, settings, catalogue, redactor)
        results.append(reported_run(suite, folder, catalogue, redactor, console))
        if not _is_comparable(results[-1]):
            return ExitCode(results[-1].exit_code)
    first, second = results
    return show_differences(first, second, console)


def _is_comparable(results: Results) -> bool:
    return results.run.ending is Ending.COMPLETE and results.outcome is not Outcome.ERROR
