"""The catalogue: permanent ids and levels, and one check for each requirement."""

import re
from pathlib import Path

import pytest

import conformance
from conformance.judging.session import locate_checks
from conformance.requirements.catalogue import (
    SECTIONS,
    TITLES,
    Catalogue,
    CatalogueError,
    load_catalogue,
    read_catalogue,
)
from conformance.requirements.gitlab_version import Measure
from conformance.requirements.model import Level, Provenance

PLACE = r"[\w.-]+/[\w.-]+ (v\d+\.\d+\.\d+-ee|[0-9a-f]{7,40}) "  # a repository, and a tag or commit of it
DETAIL = r"(: .+)?"
SOURCES = {
    Provenance.DOCUMENTED: re.compile(r"docs\.gitlab\.com 1[5-9]\.\d+ [a-z][\w/]+: .+"),
    Provenance.PINNED: re.compile(PLACE + r"spec/requests/api/\w+_spec\.rb" + DETAIL),
    Provenance.STANDARD: re.compile(r"RFC \d{4} \d+(\.\d+)*(, \d+(\.\d+)*)*" + DETAIL),
    Provenance.SOURCE: re.compile(PLACE + r"(app|lib|workhorse)/[\w/]+\.(rb|go)" + DETAIL),
    Provenance.OBSERVED: re.compile(r"wire [\w.@/(), -]+: .+"),
}
PACKAGE = Path(conformance.__file__).parent
LOCK = Path(__file__).with_name("levels.lock")
ENTRY = """
[{id}]
sentence = "It is so."
documented = "a page"
"""


def catalogue_of(text: str, folder: Path) -> Catalogue:
    (folder / "publish.toml").write_text(f'capability = "publish"\n{text}', encoding="utf-8")
    return read_catalogue(folder, ["publish"])


def test_no_id_disappears_and_no_level_changes() -> None:
    locked = dict(line.split() for line in LOCK.read_text(encoding="utf-8").splitlines())
    assert {requirement.id: requirement.level.value for requirement in load_catalogue()} == locked


def test_every_requirement_has_exactly_one_check_and_every_check_a_requirement() -> None:
    assert set(locate_checks()) == set(load_catalogue().by_id)


def test_every_check_says_what_it_does() -> None:
    docstrings = {identifier: check.docstring for identifier, check in locate_checks().items()}
    assert [identifier for identifier, docstring in docstrings.items() if not docstring or "\n " in docstring] == []


def test_every_sentence_ends_as_one() -> None:
    assert [requirement.id for requirement in load_catalogue() if not requirement.sentence.endswith(".")] == []


@pytest.mark.parametrize("provenance", list(Provenance))
def test_a_source_is_of_the_kind_that_the_provenance_names(provenance: Provenance) -> None:
    sources = {entry.id: entry.source for entry in load_catalogue() if entry.provenance is provenance}
    assert sources
    assert [identifier for identifier, source in sources.items() if not SOURCES[provenance].fullmatch(source)] == []


def test_a_level_selects_what_is_at_least_as_binding() -> None:
    selected = load_catalogue().select(Measure(), level=Level.SHOULD)
    assert {requirement.level for requirement in selected} == {Level.MUST, Level.SHOULD}
    selected = load_catalogue().select(Measure(), level=Level.MUST)
    assert {requirement.level for requirement in selected} == {Level.MUST}


def test_globs_select_ids() -> None:
    selected = load_catalogue().select(Measure(), only=["large.sized-*", "newest.upload-wins"])
    assert [requirement.id for requirement in selected] == ["newest.upload-wins", "large.sized-round-trip"]


def test_an_entry_is_a_must_of_every_version_unless_it_says_otherwise(tmp_path: Path) -> None:
    conditions = 'level = "may"\nsince = "15.3"\nuntil = "16.0"\nfeature = "one"\nwithout_feature = "another"\n'
    texts = ENTRY.format(id="publish.a"), ENTRY.format(id="publish.b") + conditions
    plain, other = catalogue_of("".join(texts), tmp_path)
    assert (plain.level, plain.condition, plain.capability) == (Level.MUST, "every version", "publish")
    assert (other.level, other.source) == (Level.MAY, "a page")
    assert other.condition == "since 15.3, until 16.0, with one, without another"


def test_a_section_gives_the_cases_of_its_requirements(tmp_path: Path) -> None:
    catalogue = catalogue_of(
        ENTRY.format(id="publish.a") + "case = { status = 201 }\n" + ENTRY.format(id="b.b"), tmp_path
    )
    assert catalogue.cases("publish") == {"publish.a": {"status": 201}}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (ENTRY.format(id="publish.a") + ENTRY.format(id="publish.a"), r"publish\.toml: .*twice"),
        (ENTRY.format(id="publish.Loud"), "not of the form"),
        (ENTRY.format(id="publish.a") + 'level = "ought"\n', "ought"),
        (ENTRY.format(id="publish.a") + 'since = "14.0"\n', r"publish\.a: the requirements do not know GitLab 14\.0"),
        (ENTRY.format(id="publish.a") + 'until = "soon"\n', "no version of GitLab"),
        (ENTRY.format(id="publish.a") + 'colour = "red"\n', "exactly the keys"),
        (ENTRY.format(id="publish.a").replace('documented = "a page"', ""), "exactly the keys"),
        (ENTRY.format(id="publish.a") + 'pinned = "a test"\n', "exactly the keys"),
    ],
)
def test_a_malformed_entry_is_named(text: str, complaint: str, tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=complaint):
        catalogue_of(text, tmp_path)


def test_an_id_that_occurs_in_two_sections_is_named(tmp_path: Path) -> None:
    for section in ("publish", "records"):
        (tmp_path / f"{section}.toml").write_text('capability = "publish"\n' + ENTRY.format(id="publish.a"), "utf-8")
    with pytest.raises(CatalogueError, match=r"publish\.a occurs twice"):
        read_catalogue(tmp_path, ["publish", "records"])


def test_a_section_has_the_same_file_name_for_requirements_checks_and_faults() -> None:
    sections = set(SECTIONS)
    assert {file.stem for file in PACKAGE.glob("requirements/*.toml")} == sections
    assert {file.stem.removeprefix("test_") for file in PACKAGE.glob("checks/test_*.py")} == sections
    assert {file.stem for file in PACKAGE.glob("selftest/faults/*.py") if "\nFAULTS" in file.read_text()} == sections


def test_every_beginning_of_an_id_has_a_title() -> None:
    assert {requirement.section for requirement in load_catalogue()} == set(TITLES)
