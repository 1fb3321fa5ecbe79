"""The command judge: find the verdict of a run again, offline, from the exchanges that it recorded."""

import argparse
from collections import Counter
from importlib import metadata
from pathlib import Path

from rich.console import Console
from rich.text import Text

from conformance.command_line.arguments import add_command
from conformance.evidence.folder import edits_in, read_evidence
from conformance.evidence.rejudgement import Rejudgement, rejudge
from conformance.judging.suite import DISTRIBUTION
from conformance.judging.verdicts import ExitCode
from conformance.reports.console import print_results
from conformance.reports.wording import counted
from conformance.requirements.catalogue import Catalogue
from conformance.transport.redaction import Redactor

SHOWN_NAMES = 10
EXAMPLES = """\
examples:
  python -m conformance judge conformance-results
      evaluate the checks again on the recorded responses, without the registry and without the network

The same checks run; a request is answered by the response that the record holds for it. Of bodies the record keeps
sizes and digests, and the text up to 1 MiB, together up to 8 MiB. Where the record does not hold what a check asks
for, the verdict is the record's own, and is named as that.

exit codes:
  those of the command run, for the verdicts that were found; instead of 0
  1 when a verdict is not the recorded one or the evidence was edited
  3 when a verdict is the record's own
  2 the folder holds no results  5 internal error
"""


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "judge",
        run,
        summary="judge a run again, offline, from its record",
        description="Judge a run again, offline, from the exchanges that it recorded.",
        epilog=EXAMPLES,
    )
    parser.add_argument("out", type=Path, metavar="OUT", help="the folder of a run")


def run(arguments: argparse.Namespace, catalogue: Catalogue, _redactor: Redactor, console: Console) -> ExitCode:
    """Judge again and say what was found, what was not, and what differs from the record."""
    recorded = read_evidence(arguments.out)
    rejudgement = rejudge(recorded, catalogue)
    print_results(rejudgement.results, catalogue.titles, console)
    edits = edits_in(arguments.out) if arguments.out.is_dir() else []
    for line in [*_lines(rejudgement, len(recorded.exchanges)), *edits]:
        console.print(Text(line), soft_wrap=True)
    if rejudgement.results.exit_code:
        return ExitCode(rejudgement.results.exit_code)
    if rejudgement.differing or edits:
        return ExitCode.NONCONFORMANT
    return ExitCode.INCOMPLETE if rejudgement.unreplayed else ExitCode.CONFORMANT


def _lines(rejudgement: Rejudgement, exchanges: int) -> list[str]:
    results = rejudgement.results
    found = {entry.id: entry.verdict.value for entry in results.requirements}
    lines = [f"judged again: {counted(rejudgement.judged_again)}, from {exchanges} recorded exchanges"]
    lines += [f"differs: {entry.id} was {entry.verdict} and is {found[entry.id]}" for entry in rejudgement.differing]
    for reason, count in Counter(rejudgement.unreplayed.values()).items():
        names = [identifier for identifier, why in rejudgement.unreplayed.items() if why == reason]
        more = f" and {count - SHOWN_NAMES} more" if count > SHOWN_NAMES else ""
        shown = f"{', '.join(names[:SHOWN_NAMES])}{more}"
        lines.append(f"the record's own verdict on {counted(count)}, because {reason}: {shown}")
    if results.run.suite_version != (version := metadata.version(DISTRIBUTION)):
        lines.append(f"the run was judged by suite {results.run.suite_version}, this is {version}")
    return lines
