"""Command line, configuration file and defaults, put together."""

from pathlib import Path

import pytest

from reference_server.contract.addresses import TcpAddress, UnixAddress
from reference_server.programs.configuration import settle
from reference_server.programs.options import FRONT_END_PROGRAM, SERVE, STORAGE_PROGRAM
from reference_server.programs.refusals import UsageRefusedError
from reference_server.storage.rules.gitlab import KNOWN_FEATURES


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "registry.toml"


def test_flags_win_over_the_file_and_the_file_over_defaults(file: Path) -> None:
    file.write_text('data = "from-file"\nport = 1\nlegacy-digests = true\n')
    values = settle(SERVE, {"port": "2"}, file)
    assert (values["data"], values["port"], values["legacy-digests"]) == (Path("from-file"), 2, True)
    assert (values["host"], values["gitlab"], values["grace-seconds"]) == ("127.0.0.1", "19.0", 30)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("colour = 1", "unknown key 'colour'"),
        ("[data]\nx = 1", "data must be a string"),
        ('port = "8080"', "port must be a whole number"),
        ("port = true", "port must be a whole number"),
        ("port = 70000", "port: must be a whole number from 0 to 65535"),
        ("legacy-digests = 1", "legacy-digests must be true or false"),
        ('gitlab = "14.10"', "gitlab: must be a version of GitLab from 15.0 to 19.0"),
        ("gitlab = 16.8", "gitlab must be a string"),
        ('feature = "colour"', "feature must be a list of strings"),
        ("feature = [1]", "feature must be a list of strings"),
        ('feature = ["colour"]', "feature: must be a feature flag that decides something: allow_guest"),
        ('external-url = "registry.example.com"', "external-url: must be http:// or https:// with a host"),
        ('external-url = "https://registry.example.com/packages"', "external-url: must be .* without a path"),
        ("port = ", "is not TOML"),
        ("port = 1\nport = 2", "is not TOML"),
    ],
)
def test_a_wrong_file_is_refused_with_what_is_wrong(file: Path, content: str, sentence: str) -> None:
    file.write_text(content)
    with pytest.raises(UsageRefusedError, match=sentence):
        settle(SERVE, {"data": "d"}, file)


def test_a_file_that_is_no_text_is_refused(file: Path) -> None:
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(UsageRefusedError, match="is not TOML"):
        settle(SERVE, {"data": "d"}, file)


def test_a_missing_file_is_refused(file: Path) -> None:
    with pytest.raises(UsageRefusedError, match="No such file"):
        settle(SERVE, {"data": "d"}, file)


@pytest.mark.parametrize("flag", ["port x", "port -1", "workers 0", "carrier pigeon", "log-level loud"])
def test_a_wrong_flag_is_refused_by_name(flag: str) -> None:
    name, value = flag.split()
    with pytest.raises(UsageRefusedError, match=f"--{name}: must be"):
        settle(SERVE, {"data": "d", name: value}, None)


def test_a_required_option_may_come_from_nowhere_else() -> None:
    with pytest.raises(UsageRefusedError, match="--data DIR is missing"):
        settle(SERVE, {}, None)


def test_addresses_are_read() -> None:
    assert settle(STORAGE_PROGRAM, {"data": "d", "listen": "unix:/s"}, None)["listen"] == UnixAddress("/s")
    assert settle(FRONT_END_PROGRAM, {"storage": "h:1"}, None)["storage"] == TcpAddress("h", 1)
    with pytest.raises(UsageRefusedError, match="--storage"):
        settle(FRONT_END_PROGRAM, {"storage": "nowhere"}, None)


def test_an_option_for_several_values_takes_those_of_the_flags_or_of_the_file(file: Path) -> None:
    one, other = KNOWN_FEATURES[:2]
    file.write_text(f'data = "d"\nfeature = ["{one}", "{other}"]\n')
    assert settle(SERVE, {}, file)["feature"] == (one, other)
    assert settle(SERVE, {"feature": [other]}, file)["feature"] == (other,)
    assert settle(SERVE, {"data": "d"}, None)["feature"] == ()
