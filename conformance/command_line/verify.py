"""The command verify: look whether the evidence of a run is as it was written."""

import argparse
from pathlib import Path

from rich.console import Console
from rich.text import Text

from conformance.command_line.arguments import add_command
from conformance.evidence.folder import FILES, edits_in
from conformance.evidence.manifest import MANIFEST
from conformance.judging.verdicts import ExitCode
from conformance.requirements.catalogue import Catalogue
from conformance.transport.redaction import Redactor

EXAMPLES = f"""\
examples:
  python -m conformance verify conformance-results
      name every file, and every exchange in results.json, that was edited since the run
  cd conformance-results && sha256sum --check {MANIFEST}
      the same for whole files, without the suite

This detects edits. It does not prove who ran the suite, nor that it was run: nothing is signed, and whoever can write
the files can write a new manifest. Keep a copy of {MANIFEST} where others cannot write, or sign it. Covered are
{", ".join(FILES)}; not tokens.env, which is to be deleted.

exit codes:
  0 intact  1 edited, or a file is missing  2 the folder holds no evidence
"""


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "verify",
        run,
        summary="find edits in the evidence of a run",
        description="Look whether the evidence of a run is as it was written. "
        "This detects edits; it does not prove who ran the suite.",
        epilog=EXAMPLES,
    )
    parser.add_argument("out", type=Path, metavar="OUT", help="the folder of a run")


def run(arguments: argparse.Namespace, _catalogue: Catalogue, _redactor: Redactor, console: Console) -> ExitCode:
    """Name what was edited."""
    edits = edits_in(arguments.out)
    for edit in edits or [f"intact: {len(FILES)} files"]:
        console.print(Text(edit), soft_wrap=True)
    return ExitCode.NONCONFORMANT if edits else ExitCode.CONFORMANT
