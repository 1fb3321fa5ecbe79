"""Looks, before anything is judged, whether judging makes sense; every way in which it does not is one sentence."""

from collections.abc import Iterable
from http import HTTPStatus
from urllib.parse import quote

from conformance.content.generator import GeneratedContent
from conformance.target.access import Access, Credential, TargetProject, Unavailable
from conformance.target.rest import RestApi
from conformance.transport.address import API
from conformance.transport.client import Client
from conformance.transport.request import Body, Request
from conformance.transport.response import Response, describe

CANNOT_WRITE = (
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED,
    HTTPStatus.NOT_IMPLEMENTED,
)
PATHS = "project-paths"
NO_SUCH_API = ", or describe the target in a file (--target FILE) when it has no such API"


class PreflightFailure(Exception):  # noqa: N818 - a fact about the target, not an error of the suite
    """The target cannot be judged; the message is one sentence that says why and what to do."""


def check_owner(client: Client, api: RestApi) -> None:
    """Look whether a GitLab answers and takes the owner's token.

    Raises PreflightFailure.
    """
    response = api.get("/user")
    _check_reachable(client, response)
    if response.status == HTTPStatus.UNAUTHORIZED:
        _check_json(client, response, f"{API}/user")
        raise PreflightFailure(f"{client.address} refuses the token: it is wrong, expired or revoked.")
    if response.status == HTTPStatus.FORBIDDEN:
        raise PreflightFailure(f"{client.address} refuses the token: it needs the scope api.")
    if response.status == HTTPStatus.NOT_FOUND:
        raise _foreign(client, response, f"{API}/user", NO_SUCH_API)
    if response.status != HTTPStatus.OK or not isinstance(response.key("username"), str):
        raise _foreign(client, response, f"{API}/user")


def check_declared(client: Client, project: TargetProject, writer: Credential) -> None:
    """Look whether the generic packages API answers in a declared project and takes the writer's token.

    Raises PreflightFailure.
    """
    path = _target(project.id, "conformance-preflight/0.0.0/absent")
    response = client.send(Request("GET", path, writer.headers()))
    _check_reachable(client, response)
    _check_json(client, response, path)
    if response.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        raise PreflightFailure(f"{client.address} refuses the writer's token: {describe(response)}.")
    if response.status != HTTPStatus.NOT_FOUND:
        raise _foreign(client, response, path)


def check_writing(client: Client, access: Access) -> None:
    """Look whether the writer may publish at all; whether it is answered correctly is for the checks to say.

    Raises PreflightFailure.
    """
    try:
        project = access.project(access.usual)
    except Unavailable as error:
        raise PreflightFailure(f"Nothing can be judged: {error}.") from error
    response = _publish(client, access, project.id)
    if _is_refused(response):
        raise PreflightFailure(
            f"The writer's token cannot publish to the project with the id {project.id} ({project.path}): "
            f"{describe(response)}."
        )


def check_paths(client: Client, access: Access, projects: Iterable[TargetProject]) -> None:
    """Look whether declared projects take a publish under the id and under the path that are declared for them.

    Raises PreflightFailure.
    """
    for project in projects:
        by_id = _publish(client, access, project.id)
        if _is_refused(by_id):
            raise PreflightFailure(
                f"The {project.visibility} project with the id {project.id} takes no publish: {describe(by_id)}; "
                f"give the right id as projects.{project.visibility}.id."
            )
        by_path = _publish(client, access, quote(project.path, safe=""))
        if _is_refused(by_path):
            raise PreflightFailure(
                f"The {project.visibility} project takes a publish by its id {project.id}, but not by its path "
                f"{project.path}: {describe(by_path)}; give the right path as projects.{project.visibility}.path, or "
                f'declare "{PATHS}" in capabilities-off.'
            )


def _publish(client: Client, access: Access, project: int | str) -> Response:
    path = _target(project, f"{access.prefix}-preflight/0.0.0/preflight.bin")
    return client.send(Request("PUT", path, access.writer.headers(), Body(GeneratedContent(access.prefix, 32))))


def _is_refused(response: Response) -> bool:
    return response.status is None or response.status in CANNOT_WRITE


def _target(project: int | str, file: str) -> str:
    return f"{API}/projects/{project}/packages/generic/{file}"


def _check_reachable(client: Client, response: Response) -> None:
    if response.status is None:
        raise PreflightFailure(f"{client.address} does not answer: {response.failure}.")


def _check_json(client: Client, response: Response, path: str) -> None:
    if not isinstance(response.json(), dict):
        raise _foreign(client, response, path)


def _foreign(client: Client, response: Response, path: str, otherwise: str = "") -> PreflightFailure:
    kind = response.header("content-type") or "no Content-Type"
    return PreflightFailure(
        f"{client.address} answers, but not as GitLab's API does: {path} gave {response.status} with {kind}; "
        f"give the URL under which {API} lies{otherwise}."
    )
