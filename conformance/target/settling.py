"""Waiting until rights have settled: GitLab works out in the background who may do what, seconds after it was decided.

What shows a right is the list of the projects in which a credential's user has at least a role. It is read from what
GitLab has worked out, not from what was decided, it changes nothing, and no requirement judges it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote

from conformance.target.access import AccessLevel, Credential, TargetProject, Unavailable
from conformance.target.rest import RestApi
from conformance.transport.clock import Clock

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 1.0  # seconds
FAILED_WAITS = 3  # so many times the patience is waited in vain in one run, then rights are only looked at


@dataclass(frozen=True, slots=True)
class Right:
    """A credential whose user is to have at least a role in a project, or is to have it no more."""

    credential: Credential
    project: TargetProject
    level: int
    held: bool = True

    def __str__(self) -> str:
        what = "to have" if self.held else "to have lost"
        role = AccessLevel(self.level).name.lower() if self.level in set(AccessLevel) else str(self.level)
        return f"{self.credential.variable} was {what} the role {role} in {self.project.path}"


class Settling:
    """Waits for rights, many at once, at most `seconds` each time.

    `is_late` is set when one was not there at once; then `meanwhile` is called, once, to give whatever else will be
    needed, so that the run waits for all of it together. `clock` is the one to wait by.
    """

    def __init__(
        self,
        api: RestApi,
        seconds: float,
        meanwhile: Callable[[], Iterable[Right]],
        *,
        clock: Clock,
    ) -> None:
        self.is_late = False
        self._api = api
        self._seconds = seconds
        self._meanwhile = meanwhile
        self._left = seconds * FAILED_WAITS
        self._clock = clock
        self._unsettled: dict[Right, str] = {}

    def wait(self, rights: Iterable[Right]) -> None:
        """Wait until every right is seen.

        Raises Unavailable for the first that is not in time, and at once for one that was not before.
        """
        wanted = list(rights)
        for right in wanted:
            if right in self._unsettled:
                raise Unavailable(self._unsettled[right])
        with self._api.setting_up():
            missing = self._missing(wanted)
        for right in missing:
            self._unsettled[right] = f"rights did not settle in {self._seconds:g} seconds: {right}"
        for right in wanted:
            if right in missing:
                raise Unavailable(self._unsettled[right])

    def unsettled(self, right: Right) -> str | None:
        """Return why a right is not to be counted on, None for one that nobody has waited for in vain."""
        return self._unsettled.get(right)

    def can_tell(self, right: Right) -> bool:
        """Return whether a right that is not there yet, or still there, is seen to be so."""
        with self._api.setting_up():
            return not self._is_seen(right)

    def _missing(self, rights: list[Right]) -> list[Right]:
        """Return which rights are not seen in time."""
        missing = [right for right in rights if not self._is_seen(right)]
        if missing and not self.is_late:
            self.is_late = True
            missing += self._meanwhile()
        began, pause = self._clock.now(), FIRST_PAUSE
        limit = min(self._seconds, self._left)
        while missing and self._clock.now() + pause <= began + limit:
            self._clock.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            missing = [right for right in missing if not self._is_seen(right)]
        if missing:
            self._left = max(0.0, self._left - (self._clock.now() - began))
        return missing

    def _is_seen(self, right: Right) -> bool:
        """Return whether the list shows a right; a registry that has no such list, or refuses it, shows none wrong."""
        name = quote(right.project.path.rpartition("/")[2], safe="")
        path = f"/projects?membership=true&simple=true&min_access_level={right.level}&search={name}"
        response = self._api.acting_as(right.credential).get(path)
        listed = response.json()
        if response.status is not None and response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return False
        if response.status != HTTPStatus.OK or not isinstance(listed, list):
            return True
        ids = [entry.get("id") for entry in listed if isinstance(entry, dict)]
        return (right.project.id in ids) is right.held
