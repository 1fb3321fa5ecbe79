"""The target file: what it may say, and the sentence for everything that it may not."""

from pathlib import Path

import pytest

from conformance.requirements.catalogue import load_catalogue
from conformance.target.access import Actor, AuthenticationScheme, Visibility
from conformance.target.description import TargetDescription, TargetError, describe_by_target_file

GOOD = """
url = "https://packages.example.com/prefix"
writer = { file = "writer.token" }
capabilities-off = ["nested-files"]
[projects]
public = { id = 24, path = "group/open" }
[tokens.private]
developer = { environment = "DEVELOPER_OF_THE_TEST" }
deploy-read = { file = "writer.token" }
[expected-failures]
"download.checksum-header" = "reported"
"""


def describe(text: str, tmp_path: Path) -> TargetDescription:
    (tmp_path / "writer.token").write_text("glpat-the-writers\n", encoding="ascii")
    (tmp_path / "target.toml").write_text(text, encoding="utf-8")
    return describe_by_target_file(tmp_path / "target.toml", load_catalogue())


def test_a_whole_target_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEVELOPER_OF_THE_TEST", "glpat-the-developers")
    target = describe(GOOD, tmp_path)
    assert str(target.address) == "https://packages.example.com/prefix"
    assert target.writer is not None
    assert target.writer.secret == "glpat-the-writers"
    assert target.projects[Visibility.PUBLIC].path == "group/open"
    developer = target.credentials[Actor.DEVELOPER, Visibility.PRIVATE]
    assert (developer.variable, developer.secret) == ("DEVELOPER_PRIVATE_TOKEN", "glpat-the-developers")
    assert target.credentials[Actor.DEPLOY_READ, Visibility.PRIVATE].scheme is AuthenticationScheme.DEPLOY_TOKEN
    assert target.capabilities_off == {"nested-files"}
    assert target.expected_failures == {"download.checksum-header": "reported"}
    assert len(target.known_credentials()) == 3


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("url =", "address =", "'address', which is unknown; the known names are capabilities-off, "),
        ('url = "https://packages.example.com/prefix"', "", "has no url"),
        ("https://", "ftp://", "no URL of a registry"),
        ('writer = { file = "writer.token" }', "", "writer is missing"),
        ('writer = { file = "writer.token" }', 'writer = "glpat-in-the-file"', "writer must be { file"),
        ('{ environment = "DEVELOPER_OF_THE_TEST" }', '"glpat-in-it"', "tokens.private.developer must be { file"),
        ('{ file = "writer.token" }', '{ file = "absent.token" }', "writer names the token file"),
        ("nested-files", "flying", "capabilities-off names 'flying', which is unknown; the known names are"),
        ("nested-files", "nested-file", "is it nested-files?"),
        ('["nested-files"]', '"nested-files"', "capabilities-off must be a list"),
        ("public =", "pubic =", "projects names 'pubic', which is unknown; is it public?"),
        ("public =", "private =", "projects.public is missing"),
        ("id = 24", 'id = "24"', "projects.public must be { id = NUMBER"),
        ("developer =", "czar =", "tokens.private names 'czar', which is unknown; the known names are deploy-both, "),
        ("DEVELOPER_OF_THE_TEST", "NOT_SET_AT_ALL", "tokens.private.developer names the environment variable NOT_SET"),
        ("download.checksum-header", "download.checksum-headers", "is it download.checksum-header?"),
        ('"reported"', '" "', 'expected-failures."download.checksum-header" must be the reason'),
        ("[projects]", "[projects", "cannot be read"),
    ],
)
def test_what_is_wrong_in_a_target_file_is_named(
    old: str, new: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEVELOPER_OF_THE_TEST", "glpat-the-developers")
    with pytest.raises(TargetError) as raised:
        describe(GOOD.replace(old, new), tmp_path)
    assert words in str(raised.value)
    assert "target.toml" in str(raised.value)
    assert "glpat-" not in str(raised.value)
