"""The Markdown pages of requirements."""

from pathlib import Path

import pytest

from conformance.__main__ import main
from conformance.reports.requirement_pages import INDEX, write_requirement_pages
from conformance.requirements.catalogue import load_catalogue

COMMITTED = Path(__file__).parents[3] / "docs" / "requirements"


def texts(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_the_committed_pages_are_what_the_requirements_give(tmp_path: Path) -> None:
    assert main(["list", "--pages", str(tmp_path)]) == 0
    assert texts(COMMITTED) == texts(tmp_path), "run: python -m conformance list --pages docs/requirements"


def test_every_requirement_stands_on_one_page_with_its_source(tmp_path: Path) -> None:
    pages = write_requirement_pages(load_catalogue(), tmp_path)
    together = "".join(page.read_text() for page in pages)
    assert [each.id for each in load_catalogue() if together.count(f"\n## `{each.id}`\n") != 1] == []
    assert pages[0].name == INDEX


def test_a_source_in_the_repository_is_a_link_to_the_file_at_its_tag(tmp_path: Path) -> None:
    write_requirement_pages(load_catalogue(), tmp_path)
    link = "https://gitlab.com/gitlab-org/gitlab/-/blob/v18.4.0-ee/spec/requests/api/generic_packages_spec.rb"
    assert f"]({link})" in (tmp_path / "publish.md").read_text()


def test_a_folder_that_cannot_be_made_is_said_in_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert main(["list", "--pages", str(tmp_path / "file" / "pages")]) == 2
    assert "The pages cannot be written to" in capsys.readouterr().err
