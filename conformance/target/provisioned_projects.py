"""The group and the projects that a run makes at once: at the top, or below a group that the user names."""

from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote

from conformance.target.access import TargetProject, Unavailable, Visibility
from conformance.target.removal import remove
from conformance.target.rest import CreatedResource, Parameters, RestApi
from conformance.transport.address import API
from conformance.transport.response import describe

NO_PUBLIC_GROUP = "the registry makes no public group, and so no public project"


@dataclass(frozen=True, slots=True)
class ProvisionedProjects:
    """What a run makes on the registry at once; whatever it makes later is inside the one group, but for users.

    `without` says why there is no project of a visibility.
    """

    group: CreatedResource
    projects: dict[Visibility, TargetProject]
    elsewhere: TargetProject
    without: dict[Visibility, str]


def provision(api: RestApi, prefix: str, parent: str | None = None) -> ProvisionedProjects:
    """Make the run's group and projects, below the group `parent` where one is given by its id or full path.

    Raises Unavailable when the registry refuses one of them but the public one; what was made before is removed again.
    """
    group, visibility = _create_group(api, prefix, None if parent is None else _id_of(api, parent))
    try:
        private = create_project(api, group.id, "private", Visibility.PRIVATE)
        elsewhere = create_project(api, group.id, "elsewhere", Visibility.PRIVATE)
        public = _create_public_project(api, group.id) if visibility is Visibility.PUBLIC else NO_PUBLIC_GROUP
    except BaseException as error:
        if leftover := remove(api, f"/groups/{group.id}", f"the group {prefix}", full_path=True):
            raise Unavailable(f"{error}; {leftover}") from error
        raise
    if isinstance(public, str):
        return ProvisionedProjects(group, {Visibility.PRIVATE: private}, elsewhere, {Visibility.PUBLIC: public})
    return ProvisionedProjects(group, {Visibility.PUBLIC: public, Visibility.PRIVATE: private}, elsewhere, {})


def create_project(api: RestApi, group: int, name: str, visibility: Visibility) -> TargetProject:
    """Make a project in a group.

    Raises Unavailable when the registry refuses.
    """
    made = api.create("/projects", {"name": name, "path": name, "namespace_id": group, "visibility": visibility.value})
    return TargetProject(made.id, made.path, visibility)


def _create_public_project(api: RestApi, group: int) -> TargetProject | str:
    """Make the public project; return why not where the registry refuses to make any."""
    try:
        return create_project(api, group, "public", Visibility.PUBLIC)
    except Unavailable as error:
        if not _is_bad_request(error):
            raise
        return f"the registry makes no public project: {error}"


def _is_bad_request(error: Unavailable) -> bool:
    return f"answered {HTTPStatus.BAD_REQUEST.value} " in str(error)


def _create_group(api: RestApi, prefix: str, parent: int | None) -> tuple[CreatedResource, Visibility]:
    """Make the group, public if the registry lets it be."""
    parameters: Parameters = {"name": prefix, "path": prefix, **({} if parent is None else {"parent_id": parent})}
    try:
        return api.create("/groups", {**parameters, "visibility": Visibility.PUBLIC.value}), Visibility.PUBLIC
    except Unavailable as error:
        if not _is_bad_request(error):
            raise
    return api.create("/groups", {**parameters, "visibility": Visibility.PRIVATE.value}), Visibility.PRIVATE


def _id_of(api: RestApi, parent: str) -> int:
    with api.setting_up():
        response = api.get(f"/groups/{quote(parent, safe='')}")
    identifier = response.key("id")
    if response.status != HTTPStatus.OK or type(identifier) is not int:
        raise Unavailable(f"GET {API}/groups/{parent} answered {describe(response)}")
    return identifier
