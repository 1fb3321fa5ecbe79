"""Access that a target file declares: projects and tokens that exist already and stay."""

from collections.abc import Mapping
from urllib.parse import quote

from conformance.target.access import (
    Access,
    Actor,
    Credential,
    TargetProject,
    Unavailable,
    Visibility,
)
from conformance.transport.address import API
from conformance.transport.recorder import Recorder

SUCCESS = 2
STAYING = {("PUT", "generic/"): "packages", ("POST", "protection/rules"): "protection rules for packages"}


class DeclaredAccess(Access):
    """The access of a run on projects that somebody else has made."""

    def __init__(
        self,
        *,
        prefix: str,
        writer: Credential,
        projects: Mapping[Visibility, TargetProject],
        credentials: Mapping[tuple[Actor, Visibility], Credential],
        recorder: Recorder,
    ) -> None:
        self.prefix = prefix
        self.writer = writer
        self._projects = projects
        self._credentials = credentials
        self._recorder = recorder

    def project(self, visibility: Visibility) -> TargetProject:
        """Return the declared project."""
        if visibility not in self._projects:
            raise Unavailable(f"the target file names no {visibility.value} project")
        return self._projects[visibility]

    def credential(self, actor: Actor, visibility: Visibility) -> Credential:
        """Return the declared token of an actor."""
        if (actor, visibility) not in self._credentials:
            raise Unavailable(f"the target file names no {actor.value} token for the {visibility.value} project")
        return self._credentials[actor, visibility]

    def clean_up(self) -> list[str]:
        """Name what stays, because the suite removes nothing from projects that it has not made."""
        return [
            f"{what} named {self.prefix}-* stay in {project.path}"
            for project in self._projects.values()
            for (method, part), what in STAYING.items()
            if self._did(method, project, part)
        ]

    def _did(self, method: str, project: TargetProject, part: str) -> bool:
        """Return whether a call of the project whose path goes on with `part` was answered with success."""
        names = [f"{API}/projects/{name}/packages/{part}" for name in (project.id, quote(project.path, safe=""))]
        return any(
            exchange.request.method == method
            and exchange.response is not None
            and exchange.response.status // 100 == SUCCESS
            and any(name in exchange.request.url for name in names)
            for exchange in self._recorder.exchanges
        )
