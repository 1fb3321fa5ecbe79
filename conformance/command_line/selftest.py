"""The command selftest: run the suite against broken registries and compare what it finds with the kill matrix."""

import argparse
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from fnmatch import fnmatchcase
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console
from rich.text import Text

from conformance.command_line.arguments import UsageError, add_command, version
from conformance.judging.signals import sigterm_as_interrupt
from conformance.judging.verdicts import ExitCode
from conformance.requirements.catalogue import Catalogue
from conformance.requirements.gitlab_version import Measure
from conformance.selftest.fault_runs import Registries, Selection, fault_runner, measures_of
from conformance.selftest.faults.catalogue import every_fault
from conformance.selftest.faults.fault import CURRENT, Fault
from conformance.selftest.good_server import reference_server, running_registry, scratch_folder
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
  python -m conformance selftest --good-url http://127.0.0.1:8080 --good-token-file root.token
      make the broken registries of the good one at this URL; those of another version are left out
  python -m conformance selftest --quick
      judge each broken registry by the requirements that its row pins: a minute or two, but blind to what else
      turns red and to controls
  python -m conformance selftest --exhaustive
      judge each broken registry by the whole suite, not only by the checks that it can reach, which is what happens
      otherwise to about one in twenty
  python -m conformance selftest --update
      write what was found into the matrix, for review

exit codes:
  0 every fault is found as the matrix says, and every MUST and every expectation is killed by some fault
  1 something differs  2 usage or configuration  4 the good registry cannot be used  5 internal error
"""


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "selftest",
        run,
        summary="prove the suite on broken registries",
        description="Run the suite against broken registries and compare what turns red with the kill matrix.",
        epilog=EXAMPLES,
    )
    parser.add_argument("--good-url", metavar="URL", help="a good registry; without it the reference server is started")
    parser.add_argument(
        "--good-token-file", type=Path, metavar="FILE", help="holds the administrator's token of that registry"
    )
    parser.add_argument(
        "--gitlab",
        type=version,
        metavar="VERSION",
        help="only broken registries made of a good one of this version, with --good-url the newest by default",
    )
    parser.add_argument("--fault", default="*", metavar="GLOB", help="names of the broken registries to run")
    parser.add_argument("--jobs", type=int, default=JOBS, metavar="N", help=f"runs at once, {JOBS} by default")
    extent = parser.add_mutually_exclusive_group()
    extent.add_argument("--quick", action="store_true", help="judge each by the requirements that its row pins")
    extent.add_argument(
        "--exhaustive", action="store_true", help="judge each by every requirement, also those out of its reach"
    )
    parser.add_argument("--update", action="store_true", help="write the matrix instead of comparing with it")


def run(arguments: argparse.Namespace, catalogue: Catalogue, _redactor: Redactor, console: Console) -> ExitCode:
    """Run the suite against the faults, compare what it finds with the matrix, and say what differs."""
    faults = _selected(arguments, console)
    with sigterm_as_interrupt(), ExitStack() as stack:
        registries = _registries(arguments, measures_of(faults.values()), stack)
        pinned = _rows(faults, catalogue) if arguments.quick else {}
        exhaustive = frozenset(faults) if arguments.exhaustive or arguments.update else sample(faults)
        result = _run_faults(registries, faults, arguments.jobs, Selection(pinned, exhaustive=exhaustive), console)
    if arguments.update:
        save(result.updated(load()))
    return _conclude(result, console)


def _selected(arguments: argparse.Namespace, console: Console) -> dict[str, Fault]:
    """Return the faults to run; say how many are left out for want of a good registry of their version."""
    if (arguments.good_url is None) != (arguments.good_token_file is None):
        raise UsageError("give --good-url together with --good-token-file, or neither of them")
    if arguments.quick and arguments.update:
        raise UsageError("--update needs whole runs: leave --quick out")
    if arguments.jobs < 1:
        raise UsageError("--jobs must be at least 1")
    named = {name: fault for name, fault in every_fault().items() if fnmatchcase(name, arguments.fault)}
    wanted = arguments.gitlab or (CURRENT.version if arguments.good_url is not None else None)
    faults = {name: fault for name, fault in named.items() if wanted in (None, fault.measure.version)}
    if named and not faults:
        versions = ", ".join(sorted({str(fault.measure.version) for fault in named.values()}))
        raise UsageError(f"no broken registry is made of a good one of GitLab {wanted}; there are some of {versions}")
    if not faults:
        raise UsageError(f"no broken registry is named {arguments.fault}; the matrix names them all: {FILE}")
    if len(faults) < len(named):
        sentence = f"left out: {len(named) - len(faults)} broken registries that need a good one of another version"
        console.print(Text(sentence), soft_wrap=True)
    return faults


def _rows(faults: Mapping[str, Fault], catalogue: Catalogue) -> dict[str, tuple[str, ...]]:
    """Return the requirements of each fault's row that its version has, for a row may be older than the catalogue."""
    matrix = load()
    known = {measure: {one.id for one in catalogue.select(measure)} for measure in measures_of(faults.values())}
    return {
        name: tuple(one for one in matrix.requirements_of(name) if one in known[fault.measure])
        for name, fault in faults.items()
    }


def _registries(arguments: argparse.Namespace, measures: list[Measure], stack: ExitStack) -> Registries:
    if arguments.good_url is not None:
        registry = running_registry(arguments.good_url, arguments.good_token_file)
        return dict.fromkeys(measures, registry)
    if not all(map(find_spec, SERVER_NEEDS)):
        raise UsageError(
            "Only the suite is installed here; for the server: pip install 'generic-packages-conformance[server]', "
            "or name a good registry with --good-url and --good-token-file"
        )
    folder = stack.enter_context(scratch_folder())
    return {each: stack.enter_context(reference_server(folder / str(each), each)) for each in measures}


def _run_faults(
    registries: Registries,
    faults: Mapping[str, Fault],
    jobs: int,
    by: Selection,
    console: Console,
) -> SelfTestResult:
    every = every_fault()
    is_complete = len(faults) == sum(fault.measure in registries for fault in every.values())
    # Coverage is of the whole suite; without it the good registries need only pass what the faults are judged by.
    needed = () if is_complete else tuple(sorted({one for row in by.pinned.values() for one in row}))
    with progress(console, len(faults)) as on_done, fault_runner(registries, jobs) as runner:
        baseline, reaches = runner.baseline({} if by.pinned else faults, needed)
        observed = runner.run(faults, on_done, replace(by, reaches=reaches))
    if not by.pinned:
        whole = sorted(name for name in reaches if name in by.exhaustive)
        console.print(Text(f"judged by checks out of their reach too: {', '.join(whole) or 'none'}"), soft_wrap=True)
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
