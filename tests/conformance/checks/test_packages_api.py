"""What the checks of the Packages API read out of answers."""

import json

import pytest

from conformance.checks.graphql import Policy, shown_policy, was_set
from conformance.checks.packages_api import column, entries, linked
from conformance.transport.exchange import HeaderList
from conformance.transport.response import Response

DONE = {"errors": [], "packageSettings": {"genericDuplicatesAllowed": True}}


def response(document: object, status: int = 200, headers: HeaderList = ()) -> Response:
    body = json.dumps(document).encode()
    return Response(1, status, "", headers, (), len(body), "", body, 0, 0.0, True, None, False)


def test_links_are_read_by_their_relation() -> None:
    link = '<http://a/p?x=1&page=2>; rel="next", <http://a/p?x=1&page=9>; rel="last"'
    found = linked(response([], headers=(("link", link),)))
    assert found == {"next": "http://a/p?x=1&page=2", "last": "http://a/p?x=1&page=9"}


@pytest.mark.parametrize(
    "link",
    [
        '<http://a/p?x=1,2>; rel="next",<http://a/p>;rel=first',
        '<http://a/p?x=1,2>;title="a, <b>; rel=c";REL=next , <http://a/p>; rel="first start"',
        "<http://a/p?x=1,2> ; rel=Next; a, <http://a/p>;b=;rel=first",
    ],
)
def test_links_are_read_however_they_are_written(link: str) -> None:
    found = linked(response([], headers=(("link", link),)))
    assert (found["next"], found["first"]) == ("http://a/p?x=1,2", "http://a/p")


def test_no_link_header_is_no_link() -> None:
    assert linked(response([])) == {}


@pytest.mark.parametrize("wrong", [response([], status=404), response({"message": "no"}), response(None)])
def test_what_is_no_list_has_no_entries(wrong: Response) -> None:
    assert entries(wrong) is None
    assert column(wrong) is None


def test_a_column_holds_none_where_an_entry_lacks_the_key() -> None:
    assert column(response([{"name": "a"}, {}, "no object"])) == ["a", None, None]


@pytest.mark.parametrize(
    ("document", "done"),
    [
        ({"data": {"updateNamespacePackageSettings": DONE}}, True),
        ({"data": {"updateNamespacePackageSettings": {**DONE, "errors": ["no"]}}}, False),
        ({"data": {"updateNamespacePackageSettings": {"errors": [], "packageSettings": None}}}, False),
        ({"data": {"updateNamespacePackageSettings": DONE}, "errors": [{"message": "no"}]}, False),
        ({"data": {"updateNamespacePackageSettings": None}, "errors": [{"message": "no"}]}, False),
        ({"data": None}, False),
        (None, False),
    ],
)
def test_a_change_is_done_when_there_are_settings_and_errors_of_neither_kind(document: object, done: bool) -> None:
    assert was_set(response(document)) is done


def test_a_policy_is_read_out_of_the_settings_that_are_shown() -> None:
    settings = {"genericDuplicatesAllowed": False, "genericDuplicateExceptionRegex": None}
    assert shown_policy(response({"data": {"group": {"packageSettings": settings}}})) == Policy(False)
    assert shown_policy(response({"data": {"group": None}})) is None
