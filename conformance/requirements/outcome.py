"""The table of outcomes of PUT and GET: what each of its cells says as a requirement."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from conformance.requirements.gitlab_version import GitLabVersion, known_version

Row = dict[str, str]
COLUMNS = (("PUT", "public"), ("PUT", "private"), ("GET", "public"), ("GET", "private"))
READ = GitLabVersion(18, 4)  # the version in which what has always been so was read
SENTENCES = {
    ("PUT", 201): "{subject} publishes to {project}.",
    ("PUT", 401): "Publishing to {project} with {object} is 401.",
    ("PUT", 403): "{subject} may not publish to {project}: 403.",
    ("PUT", 404): "{subject} does not see {project}: publishing is 404.",
    ("GET", 200): "{subject} opens the files of {project}.",
    ("GET", 401): "{subject} is 401 on {project}.",
    ("GET", 403): "{subject} may not download from {project}: 403.",
    ("GET", 404): "{subject} does not see {project}: downloading is 404.",
}
TOKENS = {"user": "The personal token of {owner}", "job": "The token of a running job of {owner}"}
OWNERS = {
    "guest": "a guest",
    "reporter": "a reporter",
    "developer": "a developer",
    "maintainer": "a maintainer",
    "owner": "an owner of the group",
    "outsider": "somebody who is not a member",
}
SCOPES = {
    "read": "read_package_registry alone",
    "write": "write_package_registry alone",
    "both": "both package registry scopes",
}
BASIC = {"Basic": ", as the Basic password,", "Basic gitlab-ci-token": ", as the Basic password of gitlab-ci-token,"}
CAPABILITIES = {
    "user": "personal-tokens",
    "job": "job-tokens",
    "deploy": "deploy-tokens",
    "JOB-TOKEN": "job-tokens",
    "DEPLOY-TOKEN": "deploy-tokens",
    "Basic": "basic-authentication",
}


STATUS = re.compile(r"(\d{3})((?: (?:since|until|with|without) \S+)*)")
KEYS = {"since": "since", "until": "until", "with": "feature", "without": "without_feature"}


def cell_entries(cells: str, flags: Mapping[str, str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield id and entry, as the TOML files have entries, of every requirement in a table of cells.

    `flags` gives the names of GitLab's flags by the short ones that cells use. Raise ValueError for a cell that is no
    list of statuses with their conditions.
    """
    head, *lines = ([cell.strip() for cell in line.split("|")] for line in cells.strip().splitlines())
    rows = [dict(zip(head, line, strict=True)) for line in lines]
    for operation, project in COLUMNS:
        for row in rows:
            cell = row[f"{operation} {project}"]
            for status, conditions in _statuses(cell, flags):
                identifier = f"outcome.{operation.lower()}-{project}-{row['row']}-is-{status}"
                yield identifier, {**conditions, **_entry(row, operation, project, status, _read_in(conditions))}


def _statuses(cell: str, flags: Mapping[str, str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each status of a cell with its conditions by their keys in TOML.

    A status that says nothing of its beginning begins where the one before it ends.
    """
    ended = ""
    for part in cell.split(", ") if cell != "-" else ():
        match = STATUS.fullmatch(part)
        if not match:
            raise ValueError(f"{part!r} is no status with its conditions, such as: 401 until 16.8, 200")
        words = match[2].split()
        conditions = {KEYS[word]: flags.get(value, value) for word, value in zip(words[::2], words[1::2], strict=True)}
        yield int(match[1]), {**({"since": ended} if ended else {}), **conditions}
        ended = conditions.get("until", "")


def _read_in(conditions: Mapping[str, str]) -> GitLabVersion:
    """Return the version in whose sources a cell stands: the last or the first in which it holds, if that matters."""
    if "until" in conditions:
        return known_version(conditions["until"]).before
    return max(READ, known_version(conditions.get("since", str(READ))))


def _entry(row: Row, operation: str, project: str, status: int, version: GitLabVersion) -> dict[str, Any]:
    kind, _, name = row["actor"].partition("-")
    subject = _subject(row, kind, name)
    sentence = SENTENCES[operation, status].format(
        subject=subject,
        object=subject[0].lower() + subject[1:],
        project=f"{'its' if kind == 'deploy' else 'a'} {project} project",
    )
    return {
        "sentence": sentence,
        row["known"]: f"gitlab-org/gitlab v{version}.0-ee {_source(row, operation, kind)}",
        "capability": CAPABILITIES[row["scheme"] if kind == "unknown" else kind],
        "case": {operation: project, "actor": row["actor"], "scheme": row["scheme"], "status": status},
    }


def _subject(row: Row, kind: str, name: str) -> str:
    if kind == "unknown":
        return "An unknown Basic password" if row["scheme"] == "Basic" else f"An unknown {row['scheme']}"
    if kind == "deploy":
        return f"A deploy token with {SCOPES[name]}"
    return TOKENS[kind].format(owner=OWNERS[name]) + BASIC.get(row["scheme"], "")


def _source(row: Row, operation: str, kind: str) -> str:
    if row["scheme"] == "Basic gitlab-ci-token":
        return f"lib/api/generic_packages.rb: job_token_allowed of {operation} names basic_auth or does not"
    if row["known"] == "source":
        return f"app/policies/project_policy.rb: {'create' if operation == 'PUT' else 'read'}_package"
    context = "authorize" if (operation, kind) == ("PUT", "deploy") else "authentication"
    return f"spec/requests/api/generic_packages_spec.rb: {operation} {context}"
