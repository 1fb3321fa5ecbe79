"""The credentials that a run has sent, read from its requests, and the search for them in answers."""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Sequence

from conformance.target.access import PARAMETERS, AuthenticationScheme
from conformance.transport.exchange import Exchange, HeaderList, ResponseRecord
from conformance.transport.redaction import base64_forms, is_token, plain_forms
from conformance.transport.response import Response

ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
HEADERS = {scheme.value.lower() for scheme in AuthenticationScheme if scheme not in PARAMETERS}


def sent_credentials(exchanges: Iterable[Exchange]) -> set[str]:
    """Return every token that went out in a header, long enough to be told from ordinary text."""
    every = {secret for exchange in exchanges for secret in _carried(exchange.request.headers)}
    return {secret for secret in every if is_token(secret)}


def repeating_exchanges(exchanges: Iterable[Exchange], secrets: set[str]) -> list[int]:
    """Return the numbers of the exchanges about packages whose answers hold one of the secrets.

    One that its own request carries in the URL does not count.
    """
    every = [_forms(secret) for secret in sorted(secrets)]
    return [
        exchange.number
        for exchange in exchanges
        if "/packages" in exchange.request.url and _repeats_beyond_its_url(exchange, every)
    ]


def repeats(response: Response, secrets: set[str]) -> bool:
    """Return whether what is kept of an answer's body, or its headers, hold one of the secrets."""
    readings = _readings(_text(response, response.kept.decode("latin-1")))
    return any(_holds(readings, _forms(secret)) for secret in secrets)


def _carried(headers: HeaderList) -> Iterator[str]:
    for name, value in headers:
        if name.lower() in HEADERS:
            yield value
        elif name.lower() == "authorization":
            yield _of_authorization(value)


def _of_authorization(value: str) -> str:
    """Return the token of Bearer or the password of Basic, empty when there is none."""
    scheme, _, parameter = value.partition(" ")
    if scheme.lower() != "basic":
        return parameter.strip()
    try:
        return base64.b64decode(parameter, validate=True).decode("utf-8", "replace").partition(":")[2]
    except (binascii.Error, ValueError):
        return ""


def _repeats_beyond_its_url(exchange: Exchange, every: Sequence[set[str]]) -> bool:
    if exchange.response is None:
        return False
    answer = _readings(_text(exchange.response, exchange.response.body.text or ""))
    url = _readings(exchange.request.url)
    return any(_holds(answer, forms) and not _holds(url, forms) for forms in every)


def _text(response: Response | ResponseRecord, body: str) -> str:
    return "\n".join([*(value for _, value in response.headers), response.reason, body])


def _readings(text: str) -> tuple[str, str]:
    """Return a text as it stands and with the escapes of JSON undone."""
    return text, ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), text)


def _forms(secret: str) -> set[str]:
    return {*plain_forms(secret), *base64_forms(secret)}


def _holds(readings: tuple[str, str], forms: set[str]) -> bool:
    return any(form in reading for reading in readings for form in forms)
