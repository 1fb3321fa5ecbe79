"""The program from outside: exit codes, one sentence for what is wrong, and help with examples."""

import functools
import http.server
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path

import pytest

from conformance.__main__ import main
from conformance.command_line import program
from tests.conformance.conftest import Ran
from tests.support.toy_registry import Toy

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
    sentence = one_sentence(ran)
    assert "answers, but not as GitLab's API does: /api/v4/user gave 404 with text/html" in sentence
    assert "describe the target in a file (--target FILE)" in sentence


def test_a_run_that_cannot_start_leaves_no_report_of_an_earlier_one(run: Run, toy: Toy, unused_port: int) -> None:
    assert run("--only", "publish.answers-created").code == 0
    ran = run(url=f"http://127.0.0.1:{unused_port}")
    assert ran.code == 4
    assert list(ran.out.iterdir()) == []


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


@pytest.mark.parametrize("others", [[], ["--only", "publish.*"]])
def test_a_glob_that_matches_nothing_is_refused_also_beside_one_that_matches(
    others: list[str], run: Run, toy: Toy
) -> None:
    ran = run("--only", "downlaod.*", *others)
    assert ran.code == 3
    line = one_sentence(ran)
    assert "downlaod.*" in line
    assert "publish.*" not in line
    assert toy.noticed == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--timeout", "0"], "--timeout"),
        (["--timeout", "nan"], "--timeout"),
        (["--timeout", "inf"], "--timeout"),
        (["--out", "/dev/null/reports"], "cannot be written"),
    ],
)
def test_wrong_usage_is_a_sentence_and_no_traffic(options: list[str], words: str, run: Run, toy: Toy) -> None:
    ran = run(*options)
    assert ran.code == 2
    assert words in one_sentence(ran)
    assert toy.noticed == []


def test_a_token_like_a_word_of_the_reports_does_not_break_them(run: Run, toy: Toy, tmp_path: Path) -> None:
    toy.owner = "nonconformant"
    (tmp_path / "odd.token").write_text("nonconformant", encoding="ascii")
    ran = run("--only", "publish.a*", access=("--token-file", str(tmp_path / "odd.token")))
    assert ran.code == 1
    assert ran.results.outcome == "nonconformant"


@pytest.mark.parametrize("host", ["http://storage", "a/b", "user@storage", "storage:port"])
def test_a_host_to_follow_to_is_no_url(host: str, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        run("--follow-redirects-to", host)
    assert raised.value.code == 2
    assert "is no host" in capsys.readouterr().err


@pytest.mark.parametrize("token", ["", "two words here", "short", "tab\there-1", "es\x1bcape-12"])
def test_a_token_file_that_holds_no_token_is_wrong_usage(token: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "odd.token").write_text(token, encoding="ascii")
    ran = run(access=("--token-file", str(tmp_path / "odd.token")))
    assert ran.code == 2
    assert "odd.token, which must hold one token and nothing else" in one_sentence(ran)


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
    assert "by 1 requirement of GitLab 19.0, or by those of the version that it says it is. Nothing" in ran.output
    assert toy.noticed == []


@pytest.mark.parametrize("command", ["run", "list", "explain", "selftest"])
def test_every_command_has_help_with_examples(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        main([command, "--help"])
    assert raised.value.code == 0
    assert f"conformance {command}" in capsys.readouterr().out.partition("example")[2]


def test_list_shows_one_requirement_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--only", "newest.upload-wins"]) == 0
    line = "newest.upload-wins\tmust\tevery version\tAfter a file name is published again the newer bytes download.\n"
    assert capsys.readouterr().out == line


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["list", "--capabilities", "--only", "download.checksum*"], "checksum-header\t1 requirement\n"),
        (["explain", "newest.upload-wins"], "documented by GitLab"),
        (["explain", "newest.upload-wins"], "test_upload_wins in conformance/checks/test_newest.py"),
        (["explain", "framing.conflicting-lengths-refused"], "laid down by a standard of HTTP: RFC 9112 6.3"),
    ],
)
def test_list_and_explain_show_what_is_known(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 0
    assert words in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["explain", "newest.uploads-win"], 2, "Is it newest.upload-wins?"),
        (
            ["list", "--gitlab", "15.0", "--only", "publish.*", "--only", "publish.nested-directories"],
            3,
            "publish.nested-directories",
        ),
    ],
)
def test_list_and_explain_say_what_they_do_not_know(
    arguments: list[str], code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == code
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "the following arguments are required"),
        (["judge"], "invalid choice: 'judge'"),
        (["run", "http://x"], "--token-file"),
        (["run", "http://x", "--token-file", "t", "--large-bytes", "many"], "--large-bytes"),
        (["list", "--gitlab", "14.10"], "the requirements do not know GitLab 14.10: they know 15.0 to 19.0"),
        (["list", "--gitlab", "18.12"], "do not know GitLab 18.12"),
        (["list", "--gitlab", "current"], "is no version of GitLab: write major and minor, such as 16.8"),
        (["run", "http://x", "--token-file", "t", "--bogus"], "usage: python -m conformance run "),
        (["explain", "a.b", "--bogus"], "unknown argument --bogus"),
    ],
)
def test_wrong_arguments_are_answered_with_what_would_be_right(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as raised:
        main(arguments)
    assert raised.value.code == 2
    assert words in capsys.readouterr().err


def test_the_version_is_that_of_the_distribution(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        main(["--version"])
    assert raised.value.code == 0
    assert capsys.readouterr().out.strip() == metadata.version("generic-packages-conformance")


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_has_seen_enough_causes_no_traceback(unbuffered: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ended = subprocess.run(
        [sys.executable, "-m", "conformance", "list"],
        stdout=writing,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
        check=False,
    )
    os.close(writing)
    assert (ended.returncode, ended.stderr) == (141, b"")


def test_ctrl_c_while_the_program_loads_causes_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Interrupting:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "conformance.command_line.program":
                raise KeyboardInterrupt

    monkeypatch.delitem(sys.modules, "conformance.command_line.program")
    monkeypatch.setattr(sys, "meta_path", [Interrupting(), *sys.meta_path])
    assert main(["list"]) == 130
    assert capsys.readouterr().err == ""
