"""A run that is judged again: the same verdicts without the registry, and other ones from other responses."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.__main__ import main
from conformance.evidence.rejudgement import rejudge
from conformance.judging.results import Judgement, Results
from conformance.judging.verdicts import Verdict
from conformance.requirements.catalogue import load_catalogue
from conformance.target.redirects import RedirectDecision
from conformance.transport.exchange import Exchange
from tests.conformance.conftest import Ran
from tests.support.toy_registry import OWNER, Toy

Run = Callable[..., Ran]
KEEPS = "publish.keeps-the-bytes"
GUEST = "authentication.put-public-guest-is-403"


def found(entry: Judgement) -> tuple[object, ...]:
    """Return what is found about a requirement; what a registry said may be cut elsewhere where a token stood in it."""
    failure = entry.failure and (entry.failure.failed_expectation, entry.failure.exchange)
    return entry.id, entry.verdict, entry.reason, entry.expectations, entry.exchanges, failure


def with_exchanges(results: Results, edit: Callable[[Exchange], Exchange | None]) -> Results:
    edited = (edit(exchange) for exchange in results.exchanges)
    return replace(results, exchanges=tuple(exchange for exchange in edited if exchange is not None))


def is_download(exchange: Exchange) -> bool:
    return exchange.purpose == KEEPS and exchange.request.method == "GET"


def test_a_run_is_judged_again_without_the_registry(run: Run, toy: Toy) -> None:
    results = run("--only", "publish.*", "--only", "authentication.*", "--only", "framing.*").results
    toy.leave()
    rejudgement = rejudge(results, load_catalogue())
    assert list(map(found, rejudgement.results.requirements)) == list(map(found, results.requirements))
    assert (rejudgement.unreplayed, rejudgement.differing) == ({}, ())
    assert rejudgement.judged_again == len(results.requirements)
    assert {entry.verdict for entry in results.requirements} >= {Verdict.PASS, Verdict.FAIL}
    assert (rejudgement.results.outcome, rejudgement.results.totals) == (results.outcome, results.totals)


def test_a_run_on_declared_projects_is_judged_again(run: Run, toy: Toy, tmp_path: Path) -> None:
    (tmp_path / "writer.token").write_text(OWNER, encoding="ascii")
    target = tmp_path / "target.toml"
    target.write_text(
        f'url = "{toy.url}"\nwriter = {{ file = "writer.token" }}\ncapabilities-off = ["head-requests"]\n'
        '[projects]\npublic = { id = 1, path = "group/public" }\n'
        '[tokens.public]\nguest = { file = "writer.token" }\n'
        f'[expected-failures]\n"{KEEPS}" = "known"\n',
        encoding="utf-8",
    )
    only = [option for identifier in (KEEPS, GUEST, "download.*") for option in ("--only", identifier)]
    results = run(*only, url="", access=("--target", str(target))).results
    toy.leave()
    rejudgement = rejudge(results, load_catalogue())
    assert list(map(found, rejudgement.results.requirements)) == list(map(found, results.requirements))
    assert rejudgement.unreplayed == {}
    assert {entry.verdict for entry in results.requirements} >= {Verdict.STALE, Verdict.FAIL, Verdict.NOT_APPLICABLE}


def test_another_response_leads_to_another_verdict(run: Run) -> None:
    results = run("--only", KEEPS).results

    def edit(exchange: Exchange) -> Exchange:
        if not is_download(exchange) or exchange.response is None:
            return exchange
        body = replace(exchange.response.body, sha256="0" * 64)
        return replace(exchange, response=replace(exchange.response, body=body))

    rejudgement = rejudge(with_exchanges(results, edit), load_catalogue())
    assert [entry.id for entry in rejudgement.differing] == [KEEPS]
    assert rejudgement.results.requirements[0].verdict is Verdict.FAIL
    assert rejudgement.results.exit_code == 1


def test_another_recorded_verdict_is_not_believed(run: Run, toy: Toy) -> None:
    toy.overrides["PUT", "-1/1.0.0/file.bin"] = (200, {})
    results = run("--only", "publish.answers-created").results
    believed = replace(results.requirements[0], verdict=Verdict.PASS, failure=None)
    rejudgement = rejudge(replace(results, requirements=(believed,)), load_catalogue())
    assert rejudgement.results.requirements[0].verdict is Verdict.FAIL
    assert rejudgement.differing == (believed,)


def test_what_the_record_does_not_hold_is_said_to_come_from_it(run: Run) -> None:
    results = run("--only", KEEPS, "--only", "publish.accepts-an-empty-file").results
    partial = with_exchanges(results, lambda exchange: None if is_download(exchange) else exchange)
    rejudgement = rejudge(partial, load_catalogue())
    assert list(rejudgement.unreplayed) == [KEEPS]
    assert rejudgement.unreplayed[KEEPS].startswith("no answer to GET http://127.0.0.1")
    assert rejudgement.judged_again == 1
    assert rejudgement.results.requirements == results.requirements


def test_a_body_that_the_record_had_no_room_for_is_not_taken_for_an_empty_one(run: Run) -> None:
    results = run("--only", KEEPS).results

    def edit(exchange: Exchange) -> Exchange:
        if exchange.response is None or not is_download(exchange):
            return exchange
        return replace(exchange, response=replace(exchange.response, dropped=True))

    unreplayed = rejudge(with_exchanges(results, edit), load_catalogue()).unreplayed
    assert "had no room for the body of exchange" in unreplayed[KEEPS]


def test_a_set_up_that_is_not_recorded_leaves_every_verdict_to_the_record(run: Run) -> None:
    results = run("--only", KEEPS).results
    rejudgement = rejudge(with_exchanges(results, lambda _exchange: None), load_catalogue())
    assert rejudgement.unreplayed[KEEPS].startswith("the set-up cannot be replayed: no answer to POST")
    assert rejudgement.judged_again == 0


def test_a_requirement_of_another_suite_keeps_its_verdict(run: Run) -> None:
    results = run("--only", KEEPS).results
    foreign = replace(results.requirements[0], id="publish.of-another-suite")
    rejudgement = rejudge(replace(results, requirements=(foreign, *results.requirements)), load_catalogue())
    assert rejudgement.unreplayed == {"publish.of-another-suite": "this suite has no such requirement"}
    assert rejudgement.judged_again == 1


def test_tokens_expire_by_the_day_of_the_run_whenever_it_is_judged_again(run: Run) -> None:
    results = run("--only", GUEST).results
    assert rejudge(results, load_catalogue()).unreplayed == {}
    earlier = replace(results, run=replace(results.run, started_at="2024-02-29T12:00:00+00:00"))
    assert "access_tokens is recorded" in rejudge(earlier, load_catalogue()).unreplayed[GUEST]


def test_a_redirect_is_followed_or_not_as_it_was_in_the_run(
    run: Run, toy: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    toy.overrides["GET", "/file.bin"] = (302, {})
    toy.headers = lambda _token: {"Location": "http://storage.invalid/file"}
    results = run("--only", KEEPS).results
    refusal = "redirected to storage.invalid, whose address is not found"
    assert results.run.redirects == (RedirectDecision("storage.invalid", refusal=refusal),)
    monkeypatch.setattr("socket.getaddrinfo", pytest.fail)
    rejudgement = rejudge(results, load_catalogue())
    assert list(map(found, rejudgement.results.requirements)) == list(map(found, results.requirements))
    assert (rejudgement.unreplayed, rejudgement.judged_again) == ({}, 1)
    undecided = replace(results, run=replace(results.run, redirects=()))
    assert "no decision about a redirect" in rejudge(undecided, load_catalogue()).unreplayed[KEEPS]


def test_nobody_waits_again(run: Run, toy: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    toy.overrides["POST", "/jobs/request"] = (204, {})
    results = run("--only", "job-tokens.runner-gets-the-job").results
    monkeypatch.setattr("conformance.transport.clock.Clock.sleep", pytest.fail)
    assert rejudge(results, load_catalogue()).differing == ()


def test_the_command_says_what_was_found_and_what_was_not(
    run: Run, toy: Toy, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = run("--only", KEEPS)
    toy.leave()
    assert main(["judge", str(ran.out)]) == 0
    exchanges = len(ran.results.exchanges)
    assert f"judged again: 1 requirement, from {exchanges} recorded exchanges\n" in capsys.readouterr().out
    path = ran.out / "results.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"GET"', '"GOT"'), encoding="utf-8")
    assert main(["judge", str(ran.out)]) == 1
    shown = capsys.readouterr().out
    assert "the record's own verdict on 1 requirement, because no answer to GET" in shown
    assert "results.json was edited at exchange" in shown
