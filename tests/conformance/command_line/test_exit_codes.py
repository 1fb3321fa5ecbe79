"""The program from outside: exit codes, one sentence for what is wrong, and help with examples."""

import functools
import http.server
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from conformance import __main__ as program
from conformance.__main__ import main
from tests.conformance.conftest import Ran
from tests.conformance.toy_registry import Toy

Run = Callable[..., Ran]


@pytest.fixture
def plain_web_server(tmp_path: Path) -> Iterator[str]:
    quiet = type("Quiet", (http.server.SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    handler = functools.partial(quiet, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def one_sentence(ran: Ran) -> str:
    (line,) = ran.errors.strip().splitlines()
    assert ran.output == ""
    return line


def test_a_plain_web_server_is_recognised_in_one_sentence(run: Run, plain_web_server: str) -> None:
    ran = run(url=plain_web_server)
    assert ran.code == 4
    assert "answers, but not as GitLab's API does: /api/v4/user gave 404 with text/html" in one_sentence(ran)


def test_a_target_that_is_down_is_unreachable(run: Run, unused_port: int) -> None:
    ran = run(url=f"http://127.0.0.1:{unused_port}")
    assert ran.code == 4
    assert "does not answer" in one_sentence(ran)


@pytest.fixture
def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_a_refused_token_is_named_as_such(run: Run, tmp_path: Path) -> None:
    (tmp_path / "other.token").write_text("glpat-somebody-elses", encoding="ascii")
    ran = run(access=("--token-file", str(tmp_path / "other.token")))
    assert ran.code == 4
    assert "refuses the token" in one_sentence(ran)


def test_a_token_that_may_not_publish_is_found_before_judging(run: Run, toy: Toy) -> None:
    toy.overrides["PUT", "preflight"] = (403, {"message": "403 Forbidden"})
    ran = run()
    assert ran.code == 4
    assert "cannot publish" in one_sentence(ran)
    assert toy.existing == {}


def test_a_glob_that_matches_nothing_ran_nothing(run: Run, toy: Toy) -> None:
    ran = run("--only", "publsh.*")
    assert ran.code == 3
    assert "publsh.*" in one_sentence(ran)
    assert toy.noticed == []


def test_a_glob_that_matches_nothing_is_refused_beside_one_that_matches(run: Run, toy: Toy) -> None:
    ran = run("--only", "publish.*", "--only", "downlaod.*")
    assert ran.code == 3
    line = one_sentence(ran)
    assert "downlaod.*" in line
    assert "publish.*" not in line
    assert toy.noticed == []


def test_a_glob_for_another_edition_matches_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["list", "--edition", "15", "--only", "publish.*", "--only", "publish.nested-directories"]
    assert main(arguments) == 3
    assert "publish.nested-directories" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--timeout", "0"], "--timeout"),
        (["--out", "/dev/null/reports"], "cannot be written"),
    ],
)
def test_wrong_usage_is_a_sentence_and_no_traffic(options: list[str], words: str, run: Run, toy: Toy) -> None:
    ran = run(*options)
    assert ran.code == 2
    assert words in one_sentence(ran)
    assert toy.noticed == []


@pytest.mark.parametrize("token", ["", "two words here", "short"])
def test_a_token_file_that_holds_no_token_is_wrong_usage(token: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "odd.token").write_text(token, encoding="ascii")
    ran = run(access=("--token-file", str(tmp_path / "odd.token")))
    assert ran.code == 2
    assert "odd.token" in one_sentence(ran)


@pytest.mark.parametrize(
    "arguments",
    [[], ["judge"], ["run", "http://x"], ["run", "http://x", "--token-file", "t", "--large-bytes", "many"]],
)
def test_argparse_refuses_what_it_can_see(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        main(arguments)
    assert raised.value.code == 2


def test_an_error_of_the_suite_itself_is_shown_and_has_its_own_code(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise LookupError("a defect")

    monkeypatch.setattr(program, "load_catalogue", fail)
    ran = run()
    assert ran.code == 5
    assert "LookupError: a defect" in ran.errors


def test_a_dry_run_sends_nothing(run: Run, toy: Toy) -> None:
    ran = run("--dry-run", "--only", "publish.answers-created")
    assert ran.code == 0
    assert "by 1 requirements. Nothing was sent." in ran.output
    assert toy.noticed == []


@pytest.mark.parametrize("command", ["run", "list", "explain", "selftest"])
def test_every_command_has_help_with_examples(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        main([command, "--help"])
    assert raised.value.code == 0
    assert f"conformance {command}" in capsys.readouterr().out.partition("example")[2]


def test_list_shows_one_requirement_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--only", "newest.upload-wins"]) == 0
    line = "newest.upload-wins\tmust\tAfter a file name is published again the newer bytes download.\n"
    assert capsys.readouterr().out == line


def test_explain_shows_source_and_check(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "newest.upload-wins"]) == 0
    output = capsys.readouterr().out
    assert "documented by GitLab" in output
    assert "test_upload_wins in conformance/checks/test_newest.py" in output


def test_explain_shows_the_section_of_a_standard(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "framing.conflicting-lengths-refused"]) == 0
    assert "laid down by a standard of HTTP: RFC 9112, section 6.3" in capsys.readouterr().out


def test_explain_of_an_unknown_id_suggests_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "newest.uploads-win"]) == 2
    assert "Is it newest.upload-wins?" in capsys.readouterr().err
