"""The requirements as Markdown pages, one for each section and an index, made from the data alone."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from conformance.reports.markdown_text import plain
from conformance.reports.wording import counted
from conformance.requirements.catalogue import Catalogue
from conformance.requirements.gitlab_version import NEWEST, OLDEST
from conformance.requirements.model import Level, Requirement

INDEX = "README.md"
MADE = "<!-- Made from the requirements by `python -m conformance list --pages DIR`; do not edit. -->"
# A path in GitLab's repository with the tag it was read at, as sources name it.
REPOSITORY_PATH = re.compile(r"^gitlab-org/gitlab (?P<tag>v[\w.-]+) (?P<path>[\w./-]+)(?=$|[:,; ])")


def write_requirement_pages(catalogue: Catalogue, folder: Path) -> list[Path]:
    """Write the pages into the folder, which is made when it is missing; return their paths, the index first."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = {INDEX: "\n".join(_index(catalogue))}
    for section, title in catalogue.titles.items():
        pages[f"{section}.md"] = "\n".join(_page(title, _of(catalogue, section)))
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in pages]


def _of(catalogue: Catalogue, section: str) -> list[Requirement]:
    return [requirement for requirement in catalogue if requirement.section == section]


def _index(catalogue: Catalogue) -> Iterator[str]:
    yield MADE
    yield ""
    yield "# What the suite requires"
    yield ""
    yield f"{counted(len(catalogue))}, from GitLab {OLDEST} to {NEWEST}. `--gitlab` says which version a registry is"
    yield "judged by; a requirement whose versions do not include it is left out."
    yield ""
    yield "| section | must | should | may |"
    yield "| --- | --: | --: | --: |"
    for section, title in catalogue.titles.items():
        levels = [requirement.level for requirement in _of(catalogue, section)]
        counts = " | ".join(str(levels.count(level) or "·") for level in Level)
        yield f"| [{plain(title)}]({section}.md) | {counts} |"
    yield ""


def _page(title: str, requirements: Sequence[Requirement]) -> Iterator[str]:
    yield MADE
    yield ""
    yield f"# {plain(title)}"
    yield ""
    for requirement in requirements:
        yield f"## `{requirement.id}`"
        yield ""
        yield plain(requirement.sentence)
        yield ""
        yield f"- **{requirement.level.upper()}**, {plain(requirement.condition)}"
        yield f"- {plain(requirement.provenance.meaning)}: {_source(requirement.source)}"
        yield f"- needs the capability `{requirement.capability}`"
        yield ""


def _source(source: str) -> str:
    """Return the source with a link to the file at its tag where it names one."""
    found = REPOSITORY_PATH.match(source)
    if found is None:
        return plain(source)
    address = f"https://gitlab.com/gitlab-org/gitlab/-/blob/{found['tag']}/{found['path']}"
    return f"[{plain(found.group())}]({address}){plain(source[found.end() :])}"
