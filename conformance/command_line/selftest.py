"""The command selftest: run the suite against broken registries and lawful ones, and compare with both matrices."""

import argparse
from collections.abc import Mapping, Sequence
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
from conformance.reports.characters import visible
from conformance.requirements.catalogue import Catalogue
from conformance.requirements.gitlab_version import Measure
from conformance.selftest.differences import Difference
from conformance.selftest.fault_runs import Registries, Selection, fault_runner
from conformance.selftest.faults.catalogue import every_fault
from conformance.selftest.faults.fault import CURRENT, Fault
from conformance.selftest.good_server import reference_server, running_registry, scratch_folder
from conformance.selftest.lawful.catalogue import every_lawful_registry
from conformance.selftest.lawful.registry import LawfulRegistry
from conformance.selftest.lawful.report import conclusion
from conformance.selftest.lawful.report import show as show_acquittals
from conformance.selftest.lawful.runs import Convictions, LawfulRunner
from conformance.selftest.lawful.selection import COMBINED, VERSIONS, Trial, lawful_named, made_by_proxy, trials_of
from conformance.selftest.matrix import FILE, load, save
from conformance.selftest.page import page
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
      make the broken registries of the good one at this URL; those of another version are left out
  python -m conformance selftest --quick
      judge each broken registry by the requirements that its row pins: a minute or two, but blind to what else
      turns red and to controls; of the lawful ones judge the combinations alone, by the newest version
  python -m conformance selftest --exhaustive
      judge each broken registry by the whole suite, not only by the checks that it can reach, which is what happens
      otherwise to about one in twenty; judge each lawful one by every version below, not by the newest alone
  python -m conformance selftest --update
      write what was found into the kill matrix, for review

Lawful registries are judged by the newest version; their combinations, and those whose server behaves otherwise, also
by GitLab @VERSIONS@.

exit codes:
  0 every fault is found as the matrix says, every MUST and every expectation is killed by some fault, and every
    lawful registry is acquitted
  1 something differs  2 usage or configuration  4 the good registry cannot be used  5 internal error
""".replace("@VERSIONS@", ", ".join(map(str, VERSIONS[1:])))


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
        "--gitlab",
        type=version,
        metavar="VERSION",
        help="only registries made of a good one of this version, with --good-url the newest by default",
    )
    parser.add_argument("--fault", metavar="GLOB", help="run these broken registries, and no lawful ones")
    parser.add_argument("--lawful", metavar="GLOB", help="run these lawful registries, and no broken ones")
    parser.add_argument("--jobs", type=int, default=JOBS, metavar="N", help=f"runs at once, {JOBS} by default")
    extent = parser.add_mutually_exclusive_group()
    extent.add_argument("--quick", action="store_true", help="judge each by the requirements that its row pins")
    extent.add_argument(
        "--exhaustive", action="store_true", help="judge each by every requirement, also those out of its reach"
    )
    parser.add_argument("--html", type=Path, metavar="FILE", help="write a page with both matrices")
    parser.add_argument("--update", action="store_true", help="write the matrix instead of comparing with it")


def run(arguments: argparse.Namespace, catalogue: Catalogue, _redactor: Redactor, console: Console) -> ExitCode:
    """Run the suite against the faults and the lawful registries, and say what differs from both matrices."""
    _check(arguments)
    faults, rows = _selected(arguments, console), _selected_lawful(arguments, console)
    trials = _trials(arguments, rows)
    result: SelfTestResult | None = None
    convictions: Convictions = {}
    with sigterm_as_interrupt(), ExitStack() as stack:
        measures = {fault.measure for fault in faults.values()} | {trial.measure for trial in trials}
        registries = _registries(arguments, sorted(measures, key=str, reverse=True), stack)
        if trials:
            convictions = _acquit(registries, rows, trials, arguments.jobs, console)
        if faults:
            pinned = _rows(faults, catalogue) if arguments.quick else {}
            exhaustive = frozenset(faults) if arguments.exhaustive or arguments.update else sample(faults)
            result = _run_faults(registries, faults, arguments.jobs, Selection(pinned, exhaustive=exhaustive), console)
    if arguments.update and result:
        save(result.updated(load()))
    differences = result.differences(load()) if result else []
    if arguments.html:
        _write_page(arguments.html, page(result, differences, convictions, rows))
    if result:
        _conclude(result, differences, console)
    return ExitCode.NONCONFORMANT if differences or any(convictions.values()) else ExitCode.CONFORMANT


def _check(arguments: argparse.Namespace) -> None:
    if (arguments.good_url is None) != (arguments.good_token_file is None):
        raise UsageError("give --good-url together with --good-token-file, or neither of them")
    if arguments.quick and arguments.update:
        raise UsageError("--update needs whole runs: leave --quick out")
    if arguments.jobs < 1:
        raise UsageError("--jobs must be at least 1")
    if arguments.html and not arguments.html.parent.is_dir():
        raise UsageError(f"the page cannot be written to {arguments.html}: there is no such folder")


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


def _trials(arguments: argparse.Namespace, rows: Mapping[str, LawfulRegistry]) -> list[Trial]:
    """Return by which versions each lawful registry is judged: by the newest alone where it has to be quick."""
    newest_alone = arguments.quick or arguments.good_url is not None
    versions = [arguments.gitlab] if arguments.gitlab else VERSIONS[:1] if newest_alone else VERSIONS
    return trials_of(rows, versions, exhaustive=arguments.exhaustive)


def _acquit(
    registries: Registries, rows: Mapping[str, LawfulRegistry], trials: Sequence[Trial], jobs: int, console: Console
) -> Convictions:
    """Run the suite against lawful registries, show the acquittal matrix and return it."""
    with scratch_folder() as folder, progress(console, len(trials), "lawful") as on_done:
        convictions = LawfulRunner(registries, folder, jobs).run(rows, trials, on_done)
    show_acquittals(console, convictions, rows)
    console.print(Text(conclusion(convictions)), soft_wrap=True)
    return convictions


def _selected(arguments: argparse.Namespace, console: Console) -> dict[str, Fault]:
    """Return the faults to run; say how many are left out for want of a good registry of their version."""
    if arguments.fault is None and arguments.lawful is not None:
        return {}
    glob = arguments.fault or "*"
    named = {name: fault for name, fault in every_fault().items() if fnmatchcase(name, glob)}
    wanted = arguments.gitlab or (CURRENT.version if arguments.good_url is not None else None)
    faults = {name: fault for name, fault in named.items() if wanted in (None, fault.measure.version)}
    if named and not faults:
        versions = ", ".join(sorted({str(fault.measure.version) for fault in named.values()}))
        raise UsageError(f"no broken registry is made of a good one of GitLab {wanted}; there are some of {versions}")
    if not faults:
        raise UsageError(f"no broken registry is named {glob}; the matrix names them all: {FILE}")
    if len(faults) < len(named):
        sentence = f"left out: {len(named) - len(faults)} broken registries that need a good one of another version"
        console.print(Text(sentence), soft_wrap=True)
    return faults


def _rows(faults: Mapping[str, Fault], catalogue: Catalogue) -> dict[str, tuple[str, ...]]:
    """Return the requirements of each fault's row that its version has, for a row may be older than the catalogue."""
    matrix = load()
    known = {
        measure: {one.id for one in catalogue.select(measure)}
        for measure in {fault.measure for fault in faults.values()}
    }
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
    needed = {} if is_complete else _pinned_by_measure(faults, by)
    with progress(console, len(faults)) as on_done, fault_runner(registries, jobs) as runner:
        baseline, reaches = runner.baseline({} if by.pinned else faults, needed)
        observed = runner.run(faults, on_done, replace(by, reaches=reaches))
    if not by.pinned:
        whole = sorted(name for name in reaches if name in by.exhaustive)
        console.print(Text(f"judged by checks out of their reach too: {', '.join(whole) or 'none'}"), soft_wrap=True)
    return SelfTestResult(observed, baseline, frozenset(every), is_complete)


def _pinned_by_measure(faults: Mapping[str, Fault], by: Selection) -> dict[Measure, tuple[str, ...]]:
    pinned: dict[Measure, set[str]] = {}
    for name, row in by.pinned.items():
        pinned.setdefault(faults[name].measure, set()).update(row)
    return {measure: tuple(sorted(identifiers)) for measure, identifiers in pinned.items()}


def _write_page(path: Path, text: str) -> None:
    try:
        path.write_text(visible(text), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"the page cannot be written to {path}: {error.strerror}") from error


def _conclude(result: SelfTestResult, differences: Sequence[Difference], console: Console) -> None:
    if differences:
        show(console, differences, {name: fault.wrong for name, fault in every_fault().items()})
        count = len(differences)
        console.print(Text(f"the self-test failed: {count} differences from the kill matrix"), soft_wrap=True)
        return
    musts, expectations = len(result.baseline.musts), len(result.baseline.expectations)
    covered = f", {musts} MUSTs and {expectations} expectations killed" if result.is_complete else ""
    console.print(Text(f"the self-test passed: {len(result.observed)} broken registries{covered}"), soft_wrap=True)
