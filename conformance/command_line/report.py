"""The command report: write the reports of a run anew from its results.json."""

import argparse
from pathlib import Path

from rich.console import Console
from rich.text import Text

from conformance.command_line.arguments import UsageError, add_command
from conformance.evidence.folder import FILES, edits_in, read_evidence, write_reports
from conformance.judging.results import FILE_NAME
from conformance.judging.verdicts import ExitCode
from conformance.reports.console import print_results
from conformance.requirements.catalogue import Catalogue
from conformance.transport.redaction import Redactor

EXAMPLES = f"""\
examples:
  python -m conformance report conformance-results
      write every report but {FILE_NAME} anew, and print the one of the console

A {FILE_NAME} that was edited since the run is refused: a new manifest would hide the edit.

exit codes:
  0 written, whatever the verdict is  1 {FILE_NAME} or the manifest was edited  2 the folder holds no results
"""


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "report",
        run,
        summary="write the reports of a run anew",
        description=f"Write the reports of a run anew from its {FILE_NAME}.",
        epilog=EXAMPLES,
    )
    parser.add_argument("out", type=Path, metavar="OUT", help="the folder of a run")


def run(arguments: argparse.Namespace, catalogue: Catalogue, _redactor: Redactor, console: Console) -> ExitCode:
    """Write the reports unless the results were edited."""
    out: Path = arguments.out
    if not out.is_dir():
        raise UsageError(f"{out} is no folder; give the folder of a run")
    results = read_evidence(out)
    edits = edits_in(out, [FILE_NAME])
    for edit in edits:
        console.print(Text(f"not written: {edit}"), soft_wrap=True)
    if edits:
        return ExitCode.NONCONFORMANT
    try:
        write_reports(results, out, catalogue.titles)
    except OSError as error:
        raise UsageError(f"the reports cannot be written to {out}: {error.strerror}") from error
    print_results(results, catalogue.titles, console)
    console.print(Text(f"reports: {', '.join(str(out / name) for name in FILES)}"), soft_wrap=True)
    return ExitCode.CONFORMANT
