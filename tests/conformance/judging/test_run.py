"""Whole runs against a toy registry: verdicts, set-up and clean-up, secrets."""

import base64
import json
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from conformance.evidence.folder import FILES
from conformance.judging.plugin import Listener
from conformance.judging.verdicts import Outcome, Verdict
from tests.conformance.conftest import Ran
from tests.support.toy_registry import OWNER, PROVISIONED, Toy

Run = Callable[..., Ran]
Before = Callable[[Callable[[], None]], None]
CREATED = "publish.answers-created"
KEPT = "publish.keeps-the-bytes"
GUEST = "authentication.put-public-guest-is-403"
CANARY = 'glpat-canary-"quoted"-0123456789'


def test_a_requirement_that_holds_passes_with_its_expectations(run: Run) -> None:
    ran = run("--only", CREATED)
    assert ran.code == 0
    judgement = ran.judgement(CREATED)
    assert judgement.verdict is Verdict.PASS
    assert [(entry.label, entry.control, entry.held) for entry in judgement.expectations] == [
        ("status", False, True),
        ("key message", False, True),
    ]


def test_a_requirement_that_does_not_hold_fails_with_evidence(run: Run, toy: Toy) -> None:
    toy.overrides["PUT", "-1/1.0.0/file.bin"] = (200, {"message": "fine"})
    ran = run("--only", CREATED)
    assert ran.code == 1
    failure = ran.failure(CREATED)
    assert (failure.failed_expectation, failure.expected) == ("status", "201")
    assert failure.actual == '200 OK with {"message": "fine"}'
    assert failure.curl is not None
    assert '--header "PRIVATE-TOKEN: $TOKEN"' in failure.curl
    assert failure.exchange in ran.judgement(CREATED).exchanges


@pytest.mark.parametrize(
    ("identifier", "name"),
    [("publish.adds-to-the-existing-package", "package_id"), ("publish.same-name-again-is-a-new-file", "id")],
)
def test_what_is_expected_is_said_also_when_the_first_record_lacks_it(identifier: str, name: str, run: Run) -> None:
    failure = run("--only", identifier).failure(identifier)
    assert failure.expected.endswith(f"the {name} of the first record, which has none")


def test_a_failed_control_makes_a_requirement_untestable_never_passed(run: Run, toy: Toy) -> None:
    toy.overrides["PUT", "-1/1.0.0/file.bin"] = (500, {})
    ran = run("--only", "download.unknown-file-is-404")
    assert ran.code == 3
    judgement = ran.judgement("download.unknown-file-is-404")
    assert (judgement.verdict, judgement.reason) == (Verdict.UNTESTABLE, "the control failed: published status")
    assert ran.failure("download.unknown-file-is-404").control


def test_a_credential_that_cannot_be_made_makes_a_requirement_untestable(run: Run, toy: Toy) -> None:
    toy.overrides["POST", "/access_tokens"] = (400, {"message": "no"})
    judgement = run("--only", GUEST).judgement(GUEST)
    assert judgement.verdict is Verdict.UNTESTABLE
    assert judgement.reason is not None
    assert "/access_tokens answered 400" in judgement.reason


def test_a_should_that_fails_does_not_make_nonconformant(run: Run) -> None:
    ran = run("--only", "download.range-of-bytes")
    assert ran.code == 0
    assert ran.judgement("download.range-of-bytes").verdict is Verdict.FAIL


def test_a_server_that_falls_silent_fails_the_expectation_and_not_the_suite(run: Run, toy: Toy) -> None:
    toy.headers = lambda _token: {"Content-Length": "broken"} if toy.noticed[-1].startswith("PUT") else {}
    ran = run("--only", CREATED)
    assert ran.code == 4
    assert "cannot publish" in ran.errors


def test_what_the_run_made_is_removed(run: Run, toy: Toy) -> None:
    run("--only", "authentication.put-public-developer-is-201")
    assert [name for path, name in toy.existing.items() if "token" not in path] == []


def test_what_could_not_be_removed_is_reported(run: Run, toy: Toy) -> None:
    toy.overrides["DELETE", "/groups/"] = (500, {})
    ran = run("--only", CREATED)
    (leftover,) = ran.results.leftovers
    assert leftover.startswith("the group ")
    assert f"{ran.results.run.prefix} was not removed: 500" in leftover
    assert f"Left behind: {leftover}" in ran.output


def test_what_the_run_made_is_kept_when_asked(run: Run, toy: Toy) -> None:
    ran = run("--only", CREATED, "--keep")
    assert len(toy.existing) == 4
    assert "as asked" in ran.results.leftovers[0]


def test_what_is_kept_can_be_used_with_the_tokens_that_only_the_owner_can_read(run: Run, toy: Toy) -> None:
    ran = run("--only", GUEST, "--keep")
    tokens = ran.out / "tokens.env"
    assert tokens.stat().st_mode & 0o777 == 0o600
    assert f"export GUEST_PUBLIC_TOKEN={PROVISIONED}" in tokens.read_text(encoding="ascii")
    assert f". {tokens}" in ran.output
    assert PROVISIONED not in ran.output
    run("--only", GUEST)
    assert not tokens.exists()


def test_a_group_whose_projects_cannot_be_made_is_removed_again(run: Run, toy: Toy) -> None:
    toy.overrides["POST", "/projects"] = (403, {"message": "403 Forbidden"})
    ran = run("--only", CREATED)
    assert ran.code == 4
    assert "cannot make a group with projects" in ran.errors
    assert toy.existing == {}


@pytest.fixture
def before_kept(monkeypatch: pytest.MonkeyPatch) -> Before:
    """Have something happen when the requirement KEPT is about to be judged."""

    def happens(event: Callable[[], None]) -> None:
        monkeypatch.setattr(Listener, "begins", lambda _, identifier: event() if identifier == KEPT else None)

    return happens


def test_an_interrupt_cleans_up_and_leaves_an_incomplete_result(run: Run, toy: Toy, before_kept: Before) -> None:
    before_kept(lambda: signal.raise_signal(signal.SIGINT))
    ran = run("--only", CREATED, "--only", KEPT, "--only", "publish.accepts-status-default")
    assert ran.code == 3
    assert ran.judgement(CREATED).verdict is Verdict.PASS
    assert ran.judgement("publish.accepts-status-default").reason == "the run was interrupted before it"
    assert toy.existing == {}
    assert ran.results.outcome is Outcome.INTERRUPTED
    assert "interrupted after 1 of 3 requirements" in ran.output
    assert ran.output.count("the run was interrupted before it") == 1


def test_an_interrupt_outweighs_the_failures_before_it(run: Run, toy: Toy, before_kept: Before) -> None:
    before_kept(lambda: signal.raise_signal(signal.SIGTERM))
    toy.overrides["PUT", "-1/1.0.0/file.bin"] = (200, {"message": "fine"})
    ran = run("--only", CREATED, "--only", KEPT)
    assert ran.code == 3
    assert ran.judgement(CREATED).verdict is Verdict.FAIL


def test_a_target_that_goes_away_ends_the_run_and_fails_nothing(run: Run, toy: Toy, before_kept: Before) -> None:
    before_kept(toy.leave)
    ran = run("--only", "publish.*", "--only", "framing.conflicting-lengths-refused")
    assert ran.code == 4
    assert ran.results.totals["fail"] == 0
    assert ran.results.totals["pass"] == 1
    assert "unreachable: the target went away after 1 requirement (" in ran.output
    assert ran.output.count("the target went away before it was judged") == 1
    assert "the group" in ran.results.leftovers[-1]


def test_a_target_that_refuses_one_connection_is_judged_on(run: Run, toy: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    connect = socket.create_connection
    refused: list[tuple[str, int]] = []

    def refuse_once(address: tuple[str, int], timeout: float) -> socket.socket:
        if any(noticed.startswith("PUT ") for noticed in toy.noticed) and not refused:
            refused.append(address)
            raise ConnectionRefusedError
        return connect(address, timeout)

    monkeypatch.setattr(socket, "create_connection", refuse_once)
    ran = run("--only", "framing.connection-is-reused", "--only", CREATED)
    assert refused
    assert ran.judgement("framing.connection-is-reused").verdict is Verdict.UNTESTABLE
    assert ran.judgement(CREATED).verdict is Verdict.PASS


def test_the_transcript_holds_everything_from_preflight_to_clean_up(run: Run) -> None:
    purposes = {exchange.purpose for exchange in run("--only", CREATED).results.exchanges}
    assert purposes == {"set-up", "preflight", CREATED, "clean-up"}


def test_no_form_of_any_secret_is_in_any_report_or_on_the_console(run: Run, toy: Toy) -> None:
    def echo(token: str) -> dict[str, str]:
        pair = base64.b64encode(f"x:{token}".encode()).decode()
        return {"X-Echo": f"{token} {quote(token, safe='')} {pair}", "X-Hex": "".join(f"%{ord(c):02x}" for c in token)}

    toy.headers = echo
    toy.overrides["PUT", "/1.0.0/file.bin"] = (500, {"message": f"{OWNER} is not welcome"})
    ran = run("--only", "publish.*", "--only", "authentication.*", "--only", "framing.conflicting-*")
    texts = [path.read_text(encoding="utf-8") for path in ran.out.iterdir()]
    assert len(texts) == len(FILES)
    for text in [*texts, ran.output, ran.errors]:
        for secret in (OWNER, PROVISIONED):
            for offset in range(3):
                core = base64.b64encode(b"\0" * offset + secret.encode())[4:-4].decode()
                assert core not in text
            assert secret not in text
            assert "".join(f"%{ord(character):02x}" for character in secret) not in text
    assert "$TOKEN is not welcome" in ran.output


@pytest.mark.parametrize(
    ("status", "document"),
    [
        (200, {"id": 1, "token": CANARY}),
        (201, {"id": "one", "token": CANARY}),
        (201, {"token": CANARY}),
        (500, {"message": {"made": [{"token": CANARY}]}}),
    ],
)
def test_a_token_in_an_answer_that_is_not_as_it_should_be_stays_secret(
    status: int, document: dict[str, object], run: Run, toy: Toy
) -> None:
    toy.overrides["POST", "/access_tokens"] = (status, document)
    ran = run("--only", GUEST)
    assert ran.judgement(GUEST).verdict is Verdict.UNTESTABLE
    for text in [*(path.read_text(encoding="utf-8") for path in ran.out.iterdir()), ran.output, ran.errors]:
        assert CANARY not in text
    assert "$GUEST_PUBLIC_TOKEN" in (ran.out / "results.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "document",
    [
        {"id": 1, "token": "glpat-with\r\nInjected: 1"},
        {"id": 1, "token": "glpat-lone-\ud800-surrogate"},
        {"id": 1, "token": "\u00e9" * 6},
        {"id": 1, "token": ["glpat in a list"]},
        {"id": True, "token": "glpat-for-no-number"},
        {"id": 1, "path": "\ud800", "token": "glpat-with-a-strange-path"},
        {"id": 1, "token": "short", "more": [{"token": f"glpat-many-{number}"} for number in range(1500)]},
    ],
)
def test_a_token_that_cannot_be_used_makes_untestable(document: dict[str, object], run: Run, toy: Toy) -> None:
    toy.overrides["POST", "/access_tokens"] = (201, document)
    judgement = run("--only", GUEST).judgement(GUEST)
    assert judgement.verdict is Verdict.UNTESTABLE


TARGET = """
url = "{url}"
writer = {{ file = "owner.token" }}
capabilities-off = ["checksum-header"]
[projects]
public = {{ id = 1, path = "group/open" }}
[expected-failures]
"{expected}" = "known upstream"
"""


def run_with_target_file(run: Run, toy: Toy, tmp_path: Path, expected: str, *options: str) -> Ran:
    path = tmp_path / "target.toml"
    path.write_text(TARGET.format(url=toy.url, expected=expected), encoding="utf-8")
    return run(*options, url="", access=("--target", str(path)))


def test_a_declared_failure_is_expected_and_conformant(run: Run, toy: Toy, tmp_path: Path) -> None:
    identifier = "validation.status-unknown-refused"
    ran = run_with_target_file(run, toy, tmp_path, identifier, "--only", identifier)
    assert ran.code == 0
    judgement = ran.judgement(identifier)
    assert (judgement.verdict, judgement.reason) == (Verdict.EXPECTED_FAILURE, "known upstream")
    assert "stay in group/open" in ran.results.leftovers[0]


def test_what_stays_in_a_declared_project_is_named(run: Run, toy: Toy, tmp_path: Path) -> None:
    toy.overrides["POST", "protection/rules"] = (201, {"id": 1})
    ran = run_with_target_file(run, toy, tmp_path, CREATED, "--only", "protection.rules-are-listed")
    packages, rules = ran.results.leftovers
    assert packages.startswith("packages named ")
    assert rules.startswith("protection rules for packages named ")


def test_a_declared_failure_that_passes_is_stale(run: Run, toy: Toy, tmp_path: Path) -> None:
    ran = run_with_target_file(run, toy, tmp_path, CREATED, "--only", CREATED)
    assert ran.code == 1
    assert ran.judgement(CREATED).verdict is Verdict.STALE


def test_only_what_was_really_written_is_left_behind(run: Run, toy: Toy, tmp_path: Path) -> None:
    projects = 'public = { id = 1, path = "group/open" }\nprivate = { id = 2, path = "group/closed" }'
    text = f'url = "{toy.url}"\nwriter = {{ file = "owner.token" }}\ncapabilities-off = ["project-paths"]\n'
    (tmp_path / "target.toml").write_text(f"{text}[projects]\n{projects}\n", encoding="utf-8")
    ran = run("--only", CREATED, url="", access=("--target", str(tmp_path / "target.toml")))
    assert [entry.rpartition(" ")[2] for entry in ran.results.leftovers] == ["group/open"]


@pytest.mark.parametrize(
    ("part", "words"), [("/projects/1/", "the id 1 "), ("/projects/group%2Fopen/", "projects.public.path")]
)
def test_a_wrong_project_is_found_before_judging(part: str, words: str, run: Run, toy: Toy, tmp_path: Path) -> None:
    toy.overrides["PUT", part] = (404, {"message": "404 Project Not Found"})
    ran = run_with_target_file(run, toy, tmp_path, CREATED)
    assert ran.code == 4
    assert words in ran.errors


def test_a_declared_failure_of_no_requirement_is_a_usage_error(run: Run, toy: Toy, tmp_path: Path) -> None:
    ran = run_with_target_file(run, toy, tmp_path, "publish.no-such-thing")
    assert ran.code == 2
    assert "publish.no-such-thing" in ran.errors


def test_a_capability_that_is_off_is_not_applicable_and_alone_tests_nothing(run: Run, toy: Toy, tmp_path: Path) -> None:
    ran = run_with_target_file(run, toy, tmp_path, CREATED, "--only", "download.checksum-header")
    assert ran.code == 3
    assert ran.judgement("download.checksum-header").verdict is Verdict.NOT_APPLICABLE


def test_a_token_that_the_target_file_does_not_name_makes_untestable(run: Run, toy: Toy, tmp_path: Path) -> None:
    ran = run_with_target_file(run, toy, tmp_path, CREATED, "--only", GUEST)
    assert ran.code == 3
    assert ran.judgement(GUEST).reason == "the target file names no guest token for the public project"


def test_results_are_the_json_of_the_documented_classes(run: Run) -> None:
    ran = run("--only", CREATED)
    document = json.loads((ran.out / "results.json").read_text(encoding="utf-8"))
    assert document == json.loads(json.dumps(ran.results.as_document()))
