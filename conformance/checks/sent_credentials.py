"""The credentials that a run has sent, read from its requests, and the search for them in answers."""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator

from conformance.target.access import PARAMETERS, AuthenticationScheme
from conformance.transport.exchange import Exchange, HeaderList
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
    forms = {secret: _forms(secret) for secret in sorted(secrets)}
    return [
        exchange.number
        for exchange in exchanges
        if "/packages" in exchange.request.url
        and any(_holds(_text(exchange), each) and not _holds(exchange.request.url, each) for each in forms.values())
    ]


def repeats(response: Response, secrets: set[str]) -> bool:
    """Return whether the first 64 KiB or the headers of an answer hold one of the secrets."""
    text = "\n".join([*(value for _, value in response.headers), response.reason, response.kept.decode("latin-1")])
    return any(_holds(text, _forms(secret)) for secret in secrets)


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


def _text(exchange: Exchange) -> str:
    if exchange.response is None:
        return ""
    headers = [value for _, value in exchange.response.headers]
    return "\n".join([*headers, exchange.response.reason, exchange.response.body.text or ""])


def _forms(secret: str) -> set[str]:
    return {*plain_forms(secret), *base64_forms(secret)}


def _holds(text: str, forms: set[str]) -> bool:
    """Return whether a text holds one of the forms, as it stands or with the escapes of JSON undone."""
    unescaped = ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), text)
    return any(form in text or form in unescaped for form in forms)
