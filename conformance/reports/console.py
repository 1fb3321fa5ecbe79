"""The report on the console: a table of the sections, everything that is not a pass, and the verdict."""

from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from conformance.judging.results import FailureDetails, Judgement, Results
from conformance.judging.verdicts import Outcome, Verdict
from conformance.reports.wording import INTRODUCTION, counted, meaning, measured_by, preparation
from conformance.requirements.model import Provenance
from conformance.transport.exchange import Exchange

STYLES: dict[str, str] = {
    Verdict.PASS: "green",
    Verdict.FAIL: "bold red",
    Verdict.UNTESTABLE: "yellow",
    Verdict.NOT_APPLICABLE: "dim",
    Verdict.EXPECTED_FAILURE: "magenta",
    Verdict.STALE: "bold red",
    Verdict.ERROR: "bold red",
}
OUTCOMES = {
    Outcome.CONFORMANT: "bold green",
    Outcome.NONCONFORMANT: "bold red",
    Outcome.INCOMPLETE: "bold yellow",
    Outcome.INTERRUPTED: "bold yellow",
    Outcome.GONE: "bold yellow",
    Outcome.ERROR: "bold red",
}


def print_results(results: Results, titles: Mapping[str, str], console: Console) -> None:
    """Print the results; `titles` are the sections' by name."""
    exchanges = {exchange.number: exchange for exchange in results.exchanges}
    _print_preparation(results, console)
    for alike in results.findings():
        _print_finding(alike, exchanges, console)
    console.print(_table(results, titles))
    for leftover in results.leftovers:
        console.print(Text(f"Left behind: {leftover}", style="yellow"), soft_wrap=True)
    declared = ", apart from declared failures" if results.totals[Verdict.EXPECTED_FAILURE] else ""
    facts = f"{measured_by(results.run)}, {counted(len(results.requirements))}, {results.run.seconds:.1f} s"
    outcome = (results.outcome.value, OUTCOMES[results.outcome])
    console.print(Text.assemble(outcome, f"{meaning(results)}{declared} ({facts})"), soft_wrap=True)


def print_verdicts(results: Results, console: Console) -> None:
    """Print each requirement with its verdict and sentence."""
    rows = [(entry.id, entry.verdict.value, entry.sentence) for entry in results.requirements]
    print_rows(("row", "verdict", "what follows"), rows, console)


def print_rows(heads: Sequence[str], rows: Iterable[Sequence[str]], console: Console) -> None:
    """Print a table on a terminal; elsewhere a line for each row, without heads, with tabs between its cells."""
    if not console.is_terminal:
        console.file.writelines("\t".join(row) + "\n" for row in rows)
        return
    table = Table(box=None, pad_edge=False)
    for head in heads:
        table.add_column(head, no_wrap=head != heads[-1])
    for row in rows:
        table.add_row(*(Text(cell, style=STYLES.get(cell, "")) for cell in row))
    console.print(table)


def _print_preparation(results: Results, console: Console) -> None:
    lines = preparation(results)
    if lines:
        console.print(Text(INTRODUCTION), soft_wrap=True)
        for line in lines:
            console.print(Text(f"    {line}", style="cyan"), soft_wrap=True)
        console.print()


def _table(results: Results, titles: Mapping[str, str]) -> Table:
    shown = [verdict for verdict in Verdict if verdict is Verdict.PASS or results.totals[verdict.value]]
    table = Table(box=None, pad_edge=False)
    table.add_column("section")
    for verdict in shown:
        table.add_column(verdict.value, justify="right", style=STYLES[verdict])
    for section, title in titles.items():
        verdicts = [entry.verdict for entry in results.requirements if entry.section == section]
        if verdicts:
            table.add_row(title, *(_count(verdicts.count(verdict)) for verdict in shown))
    table.add_row("together", *(_count(results.totals[verdict.value]) for verdict in shown), style="bold")
    return table


def _count(number: int) -> str:
    return str(number) if number else "·"


def _print_finding(alike: Sequence[Judgement], exchanges: Mapping[int, Exchange], console: Console) -> None:
    """Print one judgement, or several that have their verdict for the same reason, the first with its evidence."""
    first = alike[0]
    verdict = (first.verdict.value, STYLES[first.verdict])
    source = f"{Provenance(first.provenance).meaning}: {first.source}"
    lines = [Text(first.sentence), Text(source, style="dim")] if len(alike) == 1 else []
    if first.reason:
        lines.append(Text(first.reason, style="italic"))
    if first.failure:
        lines += _failure_lines(first.failure, exchanges)
    for judgement in alike:
        names = (f"  {judgement.level.upper()}  ", (judgement.id, "bold"))
        console.print(Text.assemble(verdict, *names), soft_wrap=True)
    for line in lines:
        console.print(Text("    ").append_text(line), soft_wrap=True)
    console.print()


def _failure_lines(failure: FailureDetails, exchanges: Mapping[int, Exchange]) -> list[Text]:
    lines = [
        Text.assemble((failure.failed_expectation, "bold"), f": expected {failure.expected}"),
        Text(f"got {failure.actual}"),
    ]
    exchange = exchanges.get(failure.exchange) if failure.exchange is not None else None
    if exchange:
        lines += [Text(line, style="dim") for line in message_lines(exchange)]
    if failure.curl:
        lines.append(Text(failure.curl, style="cyan"))
    return lines


def message_lines(exchange: Exchange) -> list[str]:
    """Return both messages of an exchange, a line for each start line and header, `>` sent and `<` received."""
    request, response = exchange.request, exchange.response
    sent = [f"{request.method} {request.url}", *(f"{name}: {value}" for name, value in request.headers)]
    if request.body:
        sent.append(f"[{request.body.size} bytes, {request.framing}]")
    received = [exchange.failure] if exchange.failure else []
    if response:
        received += [f"{code} (interim)" for code in response.interim]
        received += [f"{response.status} {response.reason}"]
        received += [f"{name}: {value}" for name, value in response.headers]
        digest = f"[{response.body.size} bytes, SHA-256 {response.body.sha256}]"
        received += (response.body.text or digest).splitlines()
    return [*(f"> {line}" for line in sent), *(f"< {line}" for line in received)]
