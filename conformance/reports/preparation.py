"""What to do, once, before the lines that repeat failures are pasted into a shell; every report says the same."""

import re

from conformance.judging.results import Results

INTRODUCTION = "Each failure comes with one line that repeats it in a shell; they share these variables:"
REMOVED = "# the run has removed its projects and tokens: run with --keep, which saves the tokens, to repeat by hand"
VARIABLE = re.compile(r"\$([A-Z][A-Z0-9_]*)")


def preparation(results: Results) -> list[str]:
    """Return the shell lines that set the variables of the lines that repeat failures, each once; none without any."""
    lines = [entry.failure.curl or "" for entry in results.requirements if entry.failure]
    used = {name for line in lines for name in VARIABLE.findall(line)}
    commands = [variable.command for variable in results.variables if variable.name in used and variable.command]
    return [*dict.fromkeys(commands), *([REMOVED] if used and results.run.removed else [])]
