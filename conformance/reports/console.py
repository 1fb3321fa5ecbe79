"""The report on the console: a table of the sections, everything that is not a pass, and the verdict."""

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table
from rich.text import Text

from conformance.judging.results import Failure, Judgement, Results
from conformance.judging.verdicts import Outcome, Verdict
from conformance.transport.exchange import Exchange

STYLES = {
    Verdict.PASS: "green",
    Verdict.FAIL: "bold red",
    Verdict.UNTESTABLE: "yellow",
    Verdict.NOT_APPLICABLE: "dim",
    Verdict.EXPECTED_FAILURE: "magenta",
    Verdict.STALE: "bold red",
    Verdict.ERROR: "bold red",
}
OUTCOMES = {
    Outcome.CONFORMANT: ("bold green", "every MUST that was selected holds"),
    Outcome.NONCONFORMANT: ("bold red", "a MUST fails or a declared failure has gone stale"),
    Outcome.INCOMPLETE: ("bold yellow", "not everything could be tested"),
    Outcome.ERROR: ("bold red", "the suite itself failed"),
}


def print_results(results: Results, titles: Mapping[str, str], console: Console) -> None:
    """Print the results; `titles` are the sections' by name."""
    exchanges = {exchange.number: exchange for exchange in results.exchanges}
    for judgement in results.requirements:
        if judgement.verdict is not Verdict.PASS:
            _print_judgement(judgement, exchanges, console)
    console.print(_table(results, titles))
    for leftover in results.leftovers:
        console.print(Text(f"Left behind: {leftover}", style="yellow"), soft_wrap=True)
    style, meaning = OUTCOMES[results.outcome]
    declared = ", apart from declared failures" if results.totals[Verdict.EXPECTED_FAILURE] else ""
    facts = f"edition {results.run.edition}, {len(results.requirements)} requirements, {results.run.seconds:.1f} s"
    console.print(Text.assemble((results.outcome.value, style), f": {meaning}{declared} ({facts})"), soft_wrap=True)


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


def _print_judgement(judgement: Judgement, exchanges: Mapping[int, Exchange], console: Console) -> None:
    verdict = (judgement.verdict.value, STYLES[judgement.verdict])
    lines = [Text.assemble(verdict, f"  {judgement.level.upper()}  ", (judgement.id, "bold")), Text(judgement.sentence)]
    if judgement.reason:
        lines.append(Text(judgement.reason, style="italic"))
    if judgement.failure:
        lines += _failure_lines(judgement.failure, exchanges)
    console.print(lines[0], soft_wrap=True)
    for line in lines[1:]:
        console.print(Text("    ").append_text(line), soft_wrap=True)
    console.print()


def _failure_lines(failure: Failure, exchanges: Mapping[int, Exchange]) -> list[Text]:
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
        received.append(response.body.text or f"[{response.body.size} bytes, SHA-256 {response.body.sha256}]")
    return [*(f"> {line}" for line in sent), *(f"< {line}" for line in received)]
