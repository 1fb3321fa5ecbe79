"""The command selftest: run the suite against broken registries and lawful ones, and compare with both matrices."""

import argparse
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from fnmatch import fnmatchcase
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console
from rich.text import Text

from conformance.command_line.arguments import UsageError, add_command
from conformance.judging.signals import sigterm_as_interrupt
from conformance.judging.verdicts import ExitCode
from conformance.requirements.catalogue import Catalogue
from conformance.requirements.model import Edition
from conformance.selftest.fault_runs import Registries, Selection, editions_of, fault_runner
from conformance.selftest.faults.catalogue import every_fault
from conformance.selftest.faults.fault import CURRENT, Fault
from conformance.selftest.good_server import reference_server, running_registry, scratch_folder
from conformance.selftest.lawful.catalogue import every_lawful_registry
from conformance.selftest.lawful.registry import LawfulRegistry
from conformance.selftest.lawful.report import show as show_acquittals
from conformance.selftest.lawful.runs import LawfulRunner
from conformance.selftest.lawful.selection import COMBINED, lawful_named, made_by_proxy
from conformance.selftest.matrix import FILE, load, save
from conformance.selftest.reach import sample
from conformance.selftest.report import progress, show
from conformance.selftest.result import SelfTestResult
from conformance.transport.redaction import Redactor

JOBS = 4
SERVER_NEEDS = ("grpc", "peewee", "tornado")
EXAMPLES = """\
examples:
  python -m conformance selftest
      start the reference server, run the suite against every broken registry made of it
  python -m conformance selftest --fault 'newest.*'
      only these broken registries
  python -m conformance selftest --lawful 'connections.*'
      only these lawful registries, which the suite must acquit
  python -m conformance selftest --good-url http://127.0.0.1:8080 --good-token-file root.token
      make the broken registries of the good one at this URL; those of another edition are left out
  python -m conformance selftest --quick
      judge each broken registry by the requirements that its row pins: a minute or two, but blind to what else
      turns red and to controls; of the lawful ones judge the combinations alone
  python -m conformance selftest --exhaustive
      judge each broken registry by the whole suite, not only by the checks that it can reach, which is what happens
      otherwise to about one in twenty
  python -m conformance selftest --update
      write what was found into the kill matrix, for review

exit codes:
  0 every fault is found as the matrix says, every MUST and every expectation is killed by some fault, and every
    lawful registry is acquitted
  1 something differs  2 usage or configuration  4 the good registry cannot be used  5 internal error
"""


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "selftest",
        run,
        summary="prove the suite on broken and on lawful registries",
        description="Run the suite against broken registries, compare what turns red with the kill matrix, and against "
        "lawful registries, each of which must be called conformant.",
        epilog=EXAMPLES,
    )
    parser.add_argument("--good-url", metavar="URL", help="a good registry; without it the reference server is started")
    parser.add_argument(
        "--good-token-file", type=Path, metavar="FILE", help="holds the administrator's token of that registry"
    )
    parser.add_argument(
        "--good-edition", choices=[*map(str, Edition)], default=CURRENT, help="the edition of that registry"
    )
    parser.add_argument("--fault", metavar="GLOB", help="run these broken registries, and no lawful ones")
    parser.add_argument("--lawful", metavar="GLOB", help="run these lawful registries, and no broken ones")
    parser.add_argument("--jobs", type=int, default=JOBS, metavar="N", help=f"runs at once, {JOBS} by default")
    extent = parser.add_mutually_exclusive_group()
    extent.add_argument("--quick", action="store_true", help="judge each by the requirements that its row pins")
    extent.add_argument(
        "--exhaustive", action="store_true", help="judge each by every requirement, also those out of its reach"
    )
    parser.add_argument("--update", action="store_true", help="write the matrix instead of comparing with it")


def run(arguments: argparse.Namespace, catalogue: Catalogue, _redactor: Redactor, console: Console) -> ExitCode:
    """Run the suite against the faults, compare what it finds with the matrix, and say what differs."""
    faults, lawful = _selected(arguments, console), _selected_lawful(arguments, console)
    with sigterm_as_interrupt(), ExitStack() as stack:
        registries = _registries(arguments, _editions(arguments, faults, lawful), stack)
        acquitted = not lawful or _acquit(registries, lawful, arguments, console)
        if not faults:
            return ExitCode.CONFORMANT if acquitted else ExitCode.NONCONFORMANT
        pinned = _rows(faults, catalogue) if arguments.quick else {}
        exhaustive = frozenset(faults) if arguments.exhaustive or arguments.update else sample(faults)
        result = _run_faults(registries, faults, arguments.jobs, Selection(pinned, exhaustive=exhaustive), console)
    if arguments.update:
        save(result.updated(load()))
    code = _conclude(result, console)
    return code if acquitted else ExitCode.NONCONFORMANT


def _editions(
    arguments: argparse.Namespace, faults: Mapping[str, Fault], lawful: Mapping[str, LawfulRegistry]
) -> list[str]:
    editions = editions_of(faults.values())
    return sorted({*editions, *([arguments.good_edition] if lawful else [])}, reverse=True)


def _selected_lawful(arguments: argparse.Namespace, console: Console) -> dict[str, LawfulRegistry]:
    """Return the lawful registries to run; say how many are left out for want of a server to start."""
    if arguments.lawful is None and (arguments.fault is not None or arguments.update):
        return {}
    named = lawful_named(arguments.lawful or (COMBINED if arguments.quick else "*"))
    if not named:
        raise UsageError(
            f"no lawful registry is named {arguments.lawful}; there are {', '.join(every_lawful_registry())}"
        )
    if arguments.good_url is None:
        return named
    made = made_by_proxy(named)
    if len(made) < len(named):
        sentence = f"left out: {len(named) - len(made)} lawful registries that need a server with options of its own"
        console.print(Text(sentence), soft_wrap=True)
    return made


def _acquit(
    registries: Registries, rows: dict[str, LawfulRegistry], arguments: argparse.Namespace, console: Console
) -> bool:
    """Run the suite against lawful registries and show the acquittal matrix; return whether all are acquitted."""
    edition = arguments.good_edition
    with scratch_folder() as folder, progress(console, len(rows), "lawful") as on_done:
        runner = LawfulRunner(registries[edition], edition, folder, arguments.jobs)
        convictions = runner.run(rows, on_done)
    show_acquittals(console, convictions, rows)
    convicted = [name for name, held in convictions.items() if held]
    verdict = f"{len(convicted)} convicted: {', '.join(convicted)}" if convicted else "all acquitted"
    console.print(Text(f"the acquittal matrix: {len(rows)} lawful registries, {verdict}"), soft_wrap=True)
    return not convicted


def _selected(arguments: argparse.Namespace, console: Console) -> dict[str, Fault]:
    """Return the faults to run; say how many are left out for want of a good registry of their edition."""
    if (arguments.good_url is None) != (arguments.good_token_file is None):
        raise UsageError("give --good-url together with --good-token-file, or neither of them")
    if arguments.quick and arguments.update:
        raise UsageError("--update needs whole runs: leave --quick out")
    if arguments.jobs < 1:
        raise UsageError("--jobs must be at least 1")
    if arguments.fault is None and arguments.lawful is not None:
        return {}
    glob = arguments.fault or "*"
    named = {name: fault for name, fault in every_fault().items() if fnmatchcase(name, glob)}
    editions = {arguments.good_edition} if arguments.good_url is not None else set(editions_of(named.values()))
    faults = {name: fault for name, fault in named.items() if fault.edition in editions}
    if not faults:
        raise UsageError(f"no broken registry is named {glob}; the matrix names them all: {FILE}")
    if len(faults) < len(named):
        sentence = f"left out: {len(named) - len(faults)} broken registries that need a good one of another edition"
        console.print(Text(sentence), soft_wrap=True)
    return faults


def _rows(faults: Mapping[str, Fault], catalogue: Catalogue) -> dict[str, tuple[str, ...]]:
    """Return the requirements of each fault's row that its edition has, for a row may be older than the catalogue."""
    matrix = load()
    editions = editions_of(faults.values())
    known = {edition: {one.id for one in catalogue.select(edition=Edition(edition))} for edition in editions}
    return {
        name: tuple(one for one in matrix.requirements_of(name) if one in known[fault.edition])
        for name, fault in faults.items()
    }


def _registries(arguments: argparse.Namespace, editions: list[str], stack: ExitStack) -> Registries:
    if arguments.good_url is not None:
        return {arguments.good_edition: running_registry(arguments.good_url, arguments.good_token_file)}
    if not all(map(find_spec, SERVER_NEEDS)):
        raise UsageError(
            "Only the suite is installed here; for the server: pip install 'generic-packages-conformance[server]', "
            "or name a good registry with --good-url and --good-token-file"
        )
    folder = stack.enter_context(scratch_folder())
    return {edition: stack.enter_context(reference_server(folder / edition, edition)) for edition in editions}


def _run_faults(
    registries: Registries,
    faults: Mapping[str, Fault],
    jobs: int,
    by: Selection,
    console: Console,
) -> SelfTestResult:
    every = every_fault()
    with progress(console, len(faults)) as on_done, fault_runner(registries, jobs) as runner:
        baseline, reaches = runner.baseline({} if by.pinned else faults)
        observed = runner.run(faults, on_done, replace(by, reaches=reaches))
    if not by.pinned:
        whole = sorted(name for name in reaches if name in by.exhaustive)
        console.print(Text(f"judged by checks out of their reach too: {', '.join(whole) or 'none'}"), soft_wrap=True)
    is_complete = len(faults) == sum(fault.edition in registries for fault in every.values())
    return SelfTestResult(observed, baseline, frozenset(every), is_complete)


def _conclude(result: SelfTestResult, console: Console) -> ExitCode:
    differences = result.differences(load())
    if differences:
        show(console, differences, {name: fault.wrong for name, fault in every_fault().items()})
        count = len(differences)
        console.print(Text(f"the self-test failed: {count} differences from the kill matrix"), soft_wrap=True)
        return ExitCode.NONCONFORMANT
    musts, expectations = len(result.baseline.musts), len(result.baseline.expectations)
    covered = f", {musts} MUSTs and {expectations} expectations killed" if result.is_complete else ""
    console.print(Text(f"the self-test passed: {len(result.observed)} broken registries{covered}"), soft_wrap=True)
    return ExitCode.CONFORMANT
