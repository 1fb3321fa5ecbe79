"""One shell line that repeats a failure: what it rests on, in order, at the same time, or over one connection."""

from collections.abc import Collection, Iterable, Sequence
from http import HTTPStatus

from conformance.transport.exchange import BodyRecord, Exchange
from conformance.transport.reproduction import SHOWING


def reproduction(exchanges: Sequence[Exchange], own: Collection[int], judged: int | None) -> str | None:
    """Return one line that repeats the exchange `judged` after those that it rests on, None without such an exchange.

    It rests on the exchanges of its own check that began before it was answered, `own` by their numbers, and on what
    was published for several checks at the addresses that these name, without those that were answered 429.
    """
    last = next((exchange for exchange in exchanges if exchange.number == judged), None)
    if last is None:
        return None
    end = last.began + last.seconds
    check_run = [
        exchange
        for exchange in exchanges
        if exchange.number in own and exchange.began < end and not _is_limited(exchange)
    ]
    locations = {_address(exchange) for exchange in (*check_run, last)}
    shared = [
        exchange
        for exchange in exchanges
        if exchange.purpose == "set-up" and exchange.request.method == "PUT" and _address(exchange) in locations
    ]
    return replay({exchange.number: exchange for exchange in (*shared, *check_run, last)}.values())


def replay(exchanges: Iterable[Exchange]) -> str:
    """Return a line that repeats the exchanges.

    Bodies that are no text are random bytes, made in a new directory, and so are those that come back; the line ends
    with their digests.
    """
    in_order = sorted(exchanges, key=lambda exchange: exchange.began)
    files = {exchange.body_file: exchange.request.body for exchange in in_order if exchange.body_file}
    steps = [_at_once(group) for group in _groups(in_order)]
    saves = any(map(_saves, in_order))
    if len(steps) == 1 and not files and not saves:
        return steps[0]
    made = [_making(name, body) for name, body in files.items() if body]
    parts = ['cd "$(mktemp -d)"' if files or saves else "", *made, *steps, "sha256sum *.bin" if saves else ""]
    return f"( {'; '.join(filter(None, parts))} )"


def _is_limited(exchange: Exchange) -> bool:
    return exchange.response is not None and exchange.response.status == HTTPStatus.TOO_MANY_REQUESTS


def _making(name: str, body: BodyRecord) -> str:
    return f"head -c {body.size} /dev/urandom > {name}"


def _saves(exchange: Exchange) -> bool:
    response = exchange.response
    readable = response is None or response.body.text is not None or exchange.request.method == "HEAD"
    return not readable and exchange.curl.startswith(SHOWING)


def _command(exchange: Exchange) -> str:
    if not _saves(exchange):
        return exchange.curl
    saving = f"curl -sS --dump-header - --output got-{exchange.number}.bin"
    return saving + exchange.curl.removeprefix(SHOWING)


def _groups(exchanges: Sequence[Exchange]) -> list[list[Exchange]]:
    """Put together what was under way at the same time; what is alone was not."""
    groups: list[list[Exchange]] = []
    end = 0.0
    for exchange in exchanges:
        if groups and (exchange.began < end or exchange.follows == groups[-1][-1].number):
            groups[-1].append(exchange)
        else:
            groups.append([exchange])
        end = max(end, exchange.began + exchange.seconds)
    return groups


def _at_once(group: Sequence[Exchange]) -> str:
    first, *others = group
    if not others:
        return _command(first)
    if others[0].follows == first.number:
        return " --next ".join([_command(first), *(_command(other).removeprefix("curl ") for other in others)])
    return f"{{ {' & '.join(_command(exchange) for exchange in group)} & wait; }}"


def _address(exchange: Exchange) -> str:
    return exchange.request.url.partition("?")[0]
