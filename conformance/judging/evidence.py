"""What a verdict rests on: of all exchanges of a run, those that lead to the one that was judged."""

from collections.abc import Collection, Sequence

from conformance.transport.exchange import Exchange
from conformance.transport.replay import replay


def reproduction(exchanges: Sequence[Exchange], own: Collection[int], judged: int | None) -> str | None:
    """Return one line that repeats the exchange `judged` after those that it rests on, None without such an exchange.

    It rests on the exchanges of its own trial that began before it was answered, `own` by their numbers, and on what
    was published for several trials to the places that these name.
    """
    last = next((exchange for exchange in exchanges if exchange.number == judged), None)
    if last is None:
        return None
    end = last.began + last.seconds
    check_run = [exchange for exchange in exchanges if exchange.number in own and exchange.began < end]
    locations = {_place(exchange) for exchange in (*check_run, last)}
    shared = [
        exchange
        for exchange in exchanges
        if exchange.purpose == "set-up" and exchange.request.method == "PUT" and _place(exchange) in locations
    ]
    return replay({exchange.number: exchange for exchange in (*shared, *check_run, last)}.values())


def _place(exchange: Exchange) -> str:
    return exchange.request.url.partition("?")[0]
