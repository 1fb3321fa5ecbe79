"""Credentials are read from what a run sent, and found in answers in every form, wherever they stand."""

import base64

import pytest

from conformance.checks.sent_credentials import repeating_exchanges, repeats, sent_credentials
from conformance.transport.exchange import BodyRecord, Exchange, HeaderList, RequestRecord, ResponseRecord
from tests.support.responses import response_of

TOKEN = "glpat-secret/of+one"
PACKAGES = "http://registry/api/v4/projects/1/packages"
BASIC = "Basic " + base64.b64encode(f"user:{TOKEN}".encode()).decode()


def exchange(
    sent: HeaderList = (), url: str = PACKAGES, answered: HeaderList = (), text: str | None = "", reason: str = ""
) -> Exchange:
    response = ResponseRecord(404, reason, answered, (), BodyRecord(0, "", text))
    request = RequestRecord("GET", url, sent, "none", None, None)
    return Exchange(7, "", request, response, None, 0, 0, None, "", None)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PRIVATE-TOKEN", TOKEN),
        ("Job-Token", TOKEN),
        ("DEPLOY-TOKEN", TOKEN),
        ("Authorization", f"Bearer {TOKEN}"),
        ("authorization", BASIC),
    ],
)
def test_a_token_is_read_from_the_header_that_carries_it(name: str, value: str) -> None:
    assert sent_credentials([exchange(((name, value),))]) == {TOKEN}


@pytest.mark.parametrize(
    "sent",
    [("Authorization", "Basic ?"), ("Authorization", ""), ("PRIVATE-TOKEN", "short"), ("Range", "bytes=0-99999")],
)
def test_what_is_no_token_is_none(sent: tuple[str, str]) -> None:
    assert sent_credentials([exchange((sent,))]) == set()


@pytest.mark.parametrize(
    "found",
    [
        exchange(text=f'{{"message": "{TOKEN}"}}'),
        exchange(text="next=/?token=glpat-secret%2Fof%2Bone&x"),
        exchange(text="glpat-secret%2fof%2bone"),
        exchange(answered=(("set-cookie", base64.b64encode(f"a:{TOKEN}".encode()).decode()),)),
        exchange(reason=TOKEN),
        exchange(url=f"{PACKAGES}?private_token=another", answered=(("link", f"<{PACKAGES}?private_token={TOKEN}>"),)),
    ],
)
def test_a_token_in_an_answer_is_found(found: Exchange) -> None:
    assert repeating_exchanges([exchange(), found], {TOKEN, "glpat-of-another"}) == [7]


@pytest.mark.parametrize(
    "innocent",
    [
        exchange(text="glpat-secret"),
        exchange(text=None),
        exchange(url="http://registry/api/v4/personal_access_tokens", text=TOKEN),
        exchange(
            url=f"{PACKAGES}?private_token=glpat-secret%2Fof%2Bone", answered=(("link", f"<?private_token={TOKEN}>"),)
        ),
    ],
)
def test_an_answer_that_gives_a_token_or_was_asked_with_it_in_the_url_repeats_none(innocent: Exchange) -> None:
    assert repeating_exchanges([innocent], {TOKEN}) == []


def test_the_whole_kept_body_of_a_response_is_searched() -> None:
    assert repeats(response_of(200, b"\xff" * 60_000 + TOKEN.encode()), {TOKEN})
    assert repeats(response_of(200, b"", ("x-user", TOKEN)), {TOKEN})
    assert not repeats(response_of(200, b"nothing"), {TOKEN})
