"""The allowlist of a project: which other projects' job tokens it lets in."""

from conformance.judging.binding import judges
from conformance.judging.expectations import Evaluator
from conformance.target.access import Credential, TargetProject
from conformance.target.registry import Registry
from conformance.transport.response import Response

REFUSED = (403, 404)
UNKNOWN_ID = 999_999_999


@judges("allowlist.other-project-is-refused")
def test_other_project_is_refused(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A job of another project publishes to a project that does not list it: refused.

    The control is a job of the project itself; both are of the same user, a developer of both projects.
    """
    project = registry.access.subgroup("unlisted").project
    control(_publish(registry, project, registry.access.job(project).credential), "own").status(201)
    expect(_publish(registry, project, _foreign(registry))).status(*REFUSED)


@judges("allowlist.other-project-download-is-refused")
def test_other_project_download_is_refused(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A job of another project downloads from a project that does not list it, where its own job may: refused."""
    project, location = registry.access.subgroup("unlisted").project, registry.location()
    control(registry.publish(location, registry.content(), project=project), "published").status(201)
    own = registry.access.job(project).credential
    control(registry.download(location, project=project, credential=own), "own").status(200)
    expect(registry.download(location, project=project, credential=_foreign(registry))).status(*REFUSED)


@judges("allowlist.listed-project-is-201")
def test_listed_project_is_201(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A job's project is put on the allowlist: the publish that was refused before is accepted."""
    project, token = registry.access.subgroup("listed").project, _foreign(registry)
    control(_publish(registry, project, token), "unlisted").status(*REFUSED)
    control(_list(registry, project), "added").status(201)
    expect(_publish(registry, project, token)).status(201)


@judges("allowlist.shows-listed-projects")
def test_shows_listed_projects(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A maintainer adds a project and asks for the list: the project is there, beside the one whose list it is."""
    project, other = registry.access.subgroup("listing").project, registry.access.elsewhere()
    control(_list(registry, project), "added").status(201)
    response = registry.call("GET", _allowlist(project))
    entries = response.json()
    ids = [entry.get("id") for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    expect.that("listed", holds=other.id in ids, expected=f"the project {other.id}", actual=f"{ids}", response=response)


@judges("allowlist.project-twice-is-400")
def test_project_twice_is_400(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A maintainer adds a project that is on the list already: 400."""
    project = registry.access.subgroup("twice").project
    control(_list(registry, project), "added").status(201)
    expect(_list(registry, project)).status(400)


@judges("allowlist.unknown-project-is-404")
def test_unknown_project_is_404(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A maintainer adds a project id that nobody has: 404, where one that exists is added."""
    project = registry.access.subgroup("unknown").project
    control(_list(registry, project), "added").status(201)
    expect(registry.call("POST", _allowlist(project), document={"target_project_id": UNKNOWN_ID})).status(404)


@judges("allowlist.removed-project-is-refused")
def test_removed_project_is_refused(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A project is taken off the allowlist: the publish of its job, accepted before, is refused."""
    project, token = registry.access.subgroup("removed").project, _foreign(registry)
    control(_list(registry, project), "added").status(201)
    control(_publish(registry, project, token), "listed").status(201)
    removed = registry.call("DELETE", f"{_allowlist(project)}/{registry.access.elsewhere().id}")
    control(removed, "removed").success()
    expect(_publish(registry, project, token)).status(*REFUSED)


@judges("allowlist.disabled-admits-every-project")
def test_disabled_admits_every_project(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """The allowlist is switched off: the publish of another project's job, refused before, is accepted."""
    project, token = registry.access.subgroup("unscoped").project, _foreign(registry)
    control(_publish(registry, project, token), "enabled").status(*REFUSED)
    disabled = registry.call("PATCH", f"/projects/{project.id}/job_token_scope", document={"enabled": False})
    control(disabled, "disabled").success()
    expect(_publish(registry, project, token)).status(201)


@judges("allowlist.other-project-is-201")
def test_other_project_is_201(registry: Registry, expect: Evaluator) -> None:
    """A job of another project publishes: GitLab 15 lets it in as its user, a developer here."""
    expect(_publish(registry, registry.access.subgroup("unlisted").project, _foreign(registry))).status(201)


def _foreign(registry: Registry) -> Credential:
    return registry.access.job(registry.access.elsewhere()).credential


def _publish(registry: Registry, project: TargetProject, token: Credential) -> Response:
    return registry.publish(registry.location(), registry.content(), project=project, credential=token)


def _list(registry: Registry, project: TargetProject) -> Response:
    document = {"target_project_id": registry.access.elsewhere().id}
    return registry.call("POST", _allowlist(project), document=document)


def _allowlist(project: TargetProject) -> str:
    return f"/projects/{project.id}/job_token_scope/allowlist"
