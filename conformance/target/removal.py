"""Removing what a run has made, for good where the registry first only schedules that."""

from http import HTTPStatus
from urllib.parse import quote

from conformance.target.rest import RestApi
from conformance.transport.response import Response, describe
from conformance.transport.wire import WireError

REMOVED = (HTTPStatus.OK, HTTPStatus.ACCEPTED, HTTPStatus.NO_CONTENT, HTTPStatus.NOT_FOUND)
SCHEDULED = "deletion_scheduled"


def remove(api: RestApi, path: str, what: str, *, full_path: bool = False) -> str | None:
    """Remove what lies at `path`; return a sentence when it stays behind, None when it is gone.

    With `full_path` it is a project or a group, which GitLab 18.0 and later only mark at first, and rename.
    """
    try:
        response = api.delete(path)
        if response.status not in REMOVED:
            return f"{what} was not removed: {describe(response)}"
        return _removed_for_good(api, path, what) if full_path and response.status == HTTPStatus.ACCEPTED else None
    except WireError as error:
        return f"{what} was not removed: {error}"


def _removed_for_good(api: RestApi, path: str, what: str) -> str | None:
    shown = api.get(path)
    name = shown.key("path_with_namespace") or shown.key("full_path")
    if not isinstance(name, str) or not _is_marked(shown, name):
        return None
    again = api.delete(f"{path}?permanently_remove=true&full_path={quote(name, safe='')}")
    if again.status in REMOVED:
        return None
    return f"{what} is only marked for deletion, as {name}; the registry removes it later"


def _is_marked(shown: Response, name: str) -> bool:
    dates = (shown.key("marked_for_deletion_on"), shown.key("marked_for_deletion_at"))
    return shown.status == HTTPStatus.OK and (SCHEDULED in name or any(dates))
