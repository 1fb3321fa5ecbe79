"""Running a command on the data as a whole, and telling what it found."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from typing import Final

from reference_server.contract.failure import Failure
from reference_server.programs.admin.backup import back_up
from reference_server.programs.admin.doctor import examine
from reference_server.programs.admin.output import as_table
from reference_server.programs.admin.report import Report
from reference_server.programs.admin.restore import restore
from reference_server.programs.admin.sweep import sweep
from reference_server.programs.admin.verify import verify
from reference_server.programs.refusals import FAILURE_EXIT, SilentExitError, StartRefusedError, UsageRefusedError
from reference_server.storage.metadata.sqlite.database import DatabaseUnusableError
from reference_server.storage.metadata.sqlite.migrations import SchemaTooNewError, SchemaTooOldError

_INTERRUPTED_EXIT = 130
_FOR_THE_OPERATOR = (DatabaseUnusableError, SchemaTooNewError, SchemaTooOldError, Failure)

COMMANDS: Final[dict[str, Callable[[argparse.Namespace], Report]]] = {
    "verify": verify,
    "backup": back_up,
    "restore": restore,
    "doctor": examine,
    "sweep": sweep,
}


def run(given: argparse.Namespace) -> None:
    """Run a command and print its report.

    Raise UsageRefusedError, StartRefusedError; SilentExitError when the report tells what is wrong.
    """
    if given.data is None:
        raise UsageRefusedError(f"{given.resource} reads the data themselves: name their folder by --data DIR")
    report = _report(given)
    sys.stdout.write(_as_json(report) if given.json else as_table(report.rows) + f"{report.sentence}\n")
    if not report.sound:
        raise SilentExitError(FAILURE_EXIT)


def _report(given: argparse.Namespace) -> Report:
    try:
        return COMMANDS[given.resource](given)
    except KeyboardInterrupt:
        sys.stderr.write(f"reference_server: {given.resource} was interrupted\n")
        raise SilentExitError(_INTERRUPTED_EXIT) from None
    except OSError as error:
        where = "" if error.filename is None else f"{error.filename}: "
        raise StartRefusedError(f"{where}{error.strerror or error}") from error
    except _FOR_THE_OPERATOR as error:
        raise StartRefusedError(str(error)) from error


def _as_json(report: Report) -> str:
    values = {"sound": report.sound, "sentence": report.sentence, **report.counts}
    return json.dumps({**values, "rows": [dict(row) for row in report.rows]}, indent=2) + "\n"
