"""The command run: judge a target and write the reports."""

import argparse
from math import inf
from pathlib import Path
from tempfile import TemporaryFile
from textwrap import indent, wrap

from rich.console import Console
from rich.text import Text

from conformance.command_line.arguments import UsageError, add_command, add_selection, authority, features, size
from conformance.evidence.folder import FILES, write_evidence
from conformance.judging.plugin import Listener
from conformance.judging.results import Results
from conformance.judging.signals import sigterm_as_interrupt
from conformance.judging.suite import SETTLE_SECONDS, RunSettings, Suite
from conformance.judging.tokens_file import FILE_NAME as TOKENS
from conformance.judging.verdicts import ExitCode
from conformance.reports.console import print_results, print_verdicts
from conformance.reports.progress import progress_on
from conformance.reports.wording import counted
from conformance.requirements.catalogue import Catalogue
from conformance.requirements.model import Level
from conformance.target.access import Actor
from conformance.target.description import TargetDescription, describe_by_target_file, describe_by_token_file
from conformance.transport.redaction import Redactor

TABLES = ("outcome.*", "authentication.put-*", "authentication.get-*", "validation.*")
EXAMPLES = """\
examples:
  python -m conformance run https://gitlab.example.com --token-file owner.token
      make a group with projects and tokens, judge, remove them again
  python -m conformance run http://127.0.0.1:8080 --token-file t --only 'download.*' --level must
      only the MUSTs on downloading
  python -m conformance run https://gitlab.example.com --token-file owner.token --tables
      only what follows from each project, role and credential, and each name; a line with the verdict for every row
  python -m conformance run --target target.toml --out reports --gitlab 16.8
      judge with the projects and tokens that the file names, by what GitLab 16.8 does

a target file:
  url = "https://packages.example.com"
  writer = { file = "writer.token" }              # may publish to both projects
  capabilities-off = ["nested-files"]             # what the target does not offer, by the names that
                                                  # conformance list --capabilities shows
  [projects]
  public = { id = 24, path = "group/open" }
  private = { id = 25, path = "group/closed" }
  [tokens.private]                                # one for each role that there is, the others are untestable
  developer = { environment = "DEVELOPER_TOKEN" }
  [expected-failures]
  "download.checksum-header" = "reported upstream"

exit codes:
  0 conformant  1 nonconformant  2 usage or configuration  3 incomplete, interrupted or nothing ran
  4 the target is unreachable or goes away, no such API, or refuses the credentials  5 internal error

Certificates are verified against the system's store; SSL_CERT_FILE names another.
"""


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "run",
        run,
        summary="judge a registry",
        description="Judge a registry by the requirements of a GitLab version; "
        "write results.json, reports and a manifest.",
        epilog=EXAMPLES + indent("\n".join(["\nroles of tokens:", *wrap(", ".join(Actor), 110)]), "  "),
    )
    parser.add_argument("url", nargs="?", help="the address under which /api/v4 lies")
    access = parser.add_mutually_exclusive_group(required=True)
    access.add_argument("--token-file", type=Path, metavar="FILE", help="holds the token of an owner or administrator")
    access.add_argument("--target", type=Path, metavar="FILE", help="names projects and tokens that exist already")
    parser.add_argument("--out", type=Path, default=Path("conformance-results"), metavar="DIR", help="for the reports")
    add_run_options(parser)
    parser.add_argument(
        "--keep",
        action="store_true",
        help="leave what was made, and its tokens in tokens.env in DIR, to repeat failures by hand",
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would be made and judged, and do nothing")


def add_run_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say how a registry is judged; `settings_of` reads them."""
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--only", action="append", default=[], metavar="GLOB", help="ids to judge; may be repeated")
    only.add_argument(
        "--tables",
        action="store_const",
        dest="only",
        const=TABLES,
        help="judge by the outcome tables and the lists of valid and invalid names alone, and print every row",
    )
    add_selection(parser, "judge", "without it, what the registry says, else the newest")
    parser.add_argument(
        "--large-bytes", type=size, default=size("64MiB"), metavar="SIZE", help="size of the large files"
    )
    parser.add_argument("--timeout", type=float, default=10.0, metavar="SECONDS", help="limit for lack of progress")
    parser.add_argument(
        "--follow-redirects-to",
        type=authority,
        action="append",
        default=[],
        metavar="HOST[:PORT]",
        help="another host to which downloads may be followed; public ones are, and those as near as the registry",
    )
    parser.add_argument(
        "--settle", type=float, default=SETTLE_SECONDS, metavar="SECONDS", help="limit for rights to take effect"
    )
    parser.add_argument(
        "--parent-group", metavar="PATH_OR_ID", help="a group that the token owns, to make the run's group in"
    )


def run(arguments: argparse.Namespace, catalogue: Catalogue, redactor: Redactor, console: Console) -> ExitCode:
    """Judge the target that the arguments describe and report."""
    out = None if arguments.dry_run else cleared(arguments.out)
    description = _description(arguments, catalogue)
    suite = Suite(description, settings_of(arguments, catalogue), catalogue, redactor)
    if out is None:
        return _say_what_would_happen(description, suite, console, keep=arguments.keep)
    results = reported_run(suite, out, catalogue, redactor, console, rows=arguments.only is TABLES)
    return ExitCode(results.exit_code)


def reported_run(
    suite: Suite, out: Path, catalogue: Catalogue, redactor: Redactor, console: Console, *, rows: bool = False
) -> Results:
    """Run the suite, write the reports to `out`, print one with a line for each requirement if `rows`."""
    with sigterm_as_interrupt(), progress_on(console) as listener:
        results = _run(suite, listener, redactor, console)
    written = write_evidence(results, out, catalogue.titles, redactor)
    if rows:
        print_verdicts(written, console)
    print_results(written, catalogue.titles, console)
    names = ", ".join(str(out / name) for name in FILES)
    console.print(Text(f"reports: {names}"), soft_wrap=True)
    return written


def _run(suite: Suite, listener: Listener, redactor: Redactor, console: Console) -> Results:
    """Run the suite; when it raises, name what stays behind first."""
    try:
        return suite.run(listener)
    except BaseException:
        for leftover in suite.leftovers:
            console.print(Text(redactor.text(f"Left behind: {leftover}")), soft_wrap=True)
        raise


def settings_of(arguments: argparse.Namespace, catalogue: Catalogue) -> RunSettings:
    """Return how to run, as the options say. Raises UsageError."""
    if not 0 < arguments.timeout < inf:
        raise UsageError("--timeout must be a number of seconds, more than 0")
    if not 0 <= arguments.settle < inf:
        raise UsageError("--settle must be a number of seconds, 0 or more")
    return RunSettings(
        gitlab=arguments.gitlab,
        level=Level(arguments.level),
        only=tuple(arguments.only),
        large_bytes=arguments.large_bytes,
        patience=arguments.timeout,
        features=features(arguments.feature, catalogue),
        tokens_file=arguments.out / TOKENS if arguments.keep else None,
        redirect_hosts=frozenset(arguments.follow_redirects_to),
        settle=arguments.settle,
        parent_group=arguments.parent_group,
    )


def _description(arguments: argparse.Namespace, catalogue: Catalogue) -> TargetDescription:
    if arguments.target is not None:
        return describe_by_target_file(arguments.target, catalogue, arguments.url)
    if arguments.url is None:
        raise UsageError("give the URL of the registry, or a target file that names it")
    return describe_by_token_file(arguments.url, arguments.token_file)


def _say_what_would_happen(description: TargetDescription, suite: Suite, console: Console, *, keep: bool) -> ExitCode:
    afterwards = "leave all of it there" if keep else "remove all of it again"
    made = (
        f"make one group with projects, subgroups, users and at most a token for each role, and {afterwards}"
        if description.owner
        else "publish packages to the declared projects and leave them there"
    )
    by = f"{counted(len(suite.selected))} of {suite.measure}"
    asked = "" if suite.is_told else ", or by those of the version that it says it is"
    sentence = f"Would {made}, to judge {description.address} by {by}{asked}. Nothing was sent."
    console.print(Text(sentence), soft_wrap=True)
    return ExitCode.CONFORMANT


def cleared(out: Path) -> Path:
    """Return the directory of the reports without those of an earlier run, which a run that fails must not leave."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=out):
            for name in (*FILES, TOKENS):
                (out / name).unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"the reports cannot be written to {out}: {error.strerror}") from error
    return out
