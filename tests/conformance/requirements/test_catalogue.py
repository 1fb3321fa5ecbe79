"""The catalogue: permanent ids and levels, and one check for each requirement."""

import re
from pathlib import Path

import pytest

from conformance.judging.session import locate_checks
from conformance.requirements import catalogue
from conformance.requirements.catalogue import CatalogueError, load_catalogue
from conformance.requirements.model import Edition, Level, Provenance

SOURCES = {
    Provenance.DOCUMENTED: re.compile(r"documentation of GitLab 1[58], .*section .+"),
    Provenance.PINNED: re.compile(
        r"spec/requests/api/(\w+packages|package_files|project_packages_protection_rules)_spec\.rb, .+"
    ),
    Provenance.STANDARD: re.compile(r"RFC \d{4}, sections? \d+(\.\d+)*.*"),
    Provenance.SOURCE: re.compile(r"(app|lib|workhorse)/[\w/]+\.(rb|go)\b.*"),
    Provenance.OBSERVED: re.compile(r"(?!.*RFC).+"),
}
LOCK = Path(__file__).with_name("levels.lock")
ENTRY = """
[[requirement]]
id = "{id}"
level = "must"
editions = ["15"]
sentence = "It is so."
provenance = "documented"
source = "a page"
capability = "publish"
"""


def catalogue_of(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "publish.toml").write_text('section = "publish"\ntitle = "Publishing"\n' + text, encoding="utf-8")
    monkeypatch.setattr(catalogue, "SECTIONS", ("publish",))
    monkeypatch.setattr("conformance.requirements.catalogue.resources.files", lambda _: tmp_path)
    load_catalogue()


def test_no_id_disappears_and_no_level_changes() -> None:
    locked = dict(line.split() for line in LOCK.read_text(encoding="utf-8").splitlines())
    assert {requirement.id: requirement.level.value for requirement in load_catalogue()} == locked


def test_every_requirement_has_exactly_one_check_and_every_check_a_requirement() -> None:
    assert set(locate_checks()) == set(load_catalogue().by_id)


def test_every_check_says_what_it_does() -> None:
    assert [identifier for identifier, check in locate_checks().items() if not check.docstring] == []


def test_every_sentence_ends_as_one() -> None:
    assert [requirement.id for requirement in load_catalogue() if not requirement.sentence.endswith(".")] == []


@pytest.mark.parametrize("provenance", list(Provenance))
def test_a_source_is_of_the_kind_that_the_provenance_names(provenance: Provenance) -> None:
    sources = {entry.id: entry.source for entry in load_catalogue() if entry.provenance is provenance}
    assert sources
    assert [identifier for identifier, source in sources.items() if not SOURCES[provenance].fullmatch(source)] == []


def test_an_edition_selects_its_own_requirements() -> None:
    ids = {requirement.id for requirement in load_catalogue().select(edition=Edition.FIFTEEN)}
    assert "authentication.get-private-guest-is-403" in ids
    assert "authentication.get-private-guest-is-200" not in ids


def test_a_level_selects_what_is_at_least_as_binding() -> None:
    selected = load_catalogue().select(edition=Edition.CURRENT, level=Level.SHOULD)
    assert {requirement.level for requirement in selected} == {Level.MUST, Level.SHOULD}
    selected = load_catalogue().select(edition=Edition.CURRENT, level=Level.MUST)
    assert {requirement.level for requirement in selected} == {Level.MUST}


def test_globs_select_ids() -> None:
    selected = load_catalogue().select(edition=Edition.CURRENT, only=["large.sized-*", "newest.upload-wins"])
    assert [requirement.id for requirement in selected] == ["newest.upload-wins", "large.sized-round-trip"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (ENTRY.format(id="publish.a") + ENTRY.format(id="publish.a"), "occurs twice"),
        (ENTRY.format(id="download.a"), "not of the form"),
        (ENTRY.format(id="publish.Loud"), "not of the form"),
        (ENTRY.format(id="publish.a").replace("must", "ought"), "ought"),
        (ENTRY.format(id="publish.a").replace('source = "a page"', ""), "exactly the keys"),
    ],
)
def test_a_malformed_entry_is_named(text: str, complaint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CatalogueError, match=complaint):
        catalogue_of(text, tmp_path, monkeypatch)
