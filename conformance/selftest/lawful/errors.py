"""Liberties of errors: what an answer says besides its status is for people."""

from __future__ import annotations

import json

from conformance.selftest.lawful.liberties import errors_say
from conformance.selftest.lawful.registry import Exemption, LawfulRegistry
from conformance.selftest.messages import Response

SOURCE = "RFC 9110, section 15.5: the body explains the error, in no form that is laid down"
WORDS = (
    Exemption(
        (
            "authentication.*-body",
            "authentication.insufficient-scope-says-so",
            "credentials.revoked-token-says-so",
            "*.refusal-says-so",
            "validation.refusal-names-the-parameter",
        ),
        "what errors say is GitLab's custom",
    ),
)


def _json(key: str, response: Response) -> bytes:
    return json.dumps({key: f"this was not to be ({response.status})"}).encode()


def _page(response: Response) -> bytes:
    return f"<html><head><title>{response.status}</title></head><body><h1>nginx</h1></body></html>\r\n".encode()


LAWFUL = {
    "other-key": LawfulRegistry(
        "Errors are JSON with the key error where GitLab has message.",
        f"{SOURCE}; GitLab has both keys",
        errors_say("application/json", lambda response: _json("error", response)),
        exemptions=WORDS,
    ),
    "problem-details": LawfulRegistry(
        "Errors are problem details.",
        "RFC 9457",
        errors_say("application/problem+json", lambda response: _json("title", response)),
        exemptions=WORDS,
    ),
    "plain-text": LawfulRegistry(
        "Errors are plain text, as Workhorse writes them.",
        SOURCE,
        errors_say("text/plain; charset=utf-8", lambda response: f"{response.status}\n".encode()),
        exemptions=WORDS,
    ),
    "html": LawfulRegistry(
        "Errors are pages of HTML, as NGINX writes them.", SOURCE, errors_say("text/html", _page), exemptions=WORDS
    ),
    "empty": LawfulRegistry(
        "Errors have no body and no content type.",
        "RFC 9110, section 15.5: the server should explain, and need not",
        errors_say(None, lambda _: b""),
        exemptions=WORDS,
    ),
}
