"""Validation: which names, versions, file names and parameters are accepted and which are refused."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from statistics import median
from typing import Any

from conformance.checks.steps import expect_nothing_at, stored
from conformance.judging.binding import judges, judges_each
from conformance.judging.expectations import Evaluator
from conformance.requirements.catalogue import load_catalogue
from conformance.target.access import NotApplicable
from conformance.target.registry import FileLocation, Registry
from conformance.transport.response import Response

HOSTILE_VERSION = "1" * 200 + "%21"
TOLERATED_RATIO = 50


@dataclass(frozen=True, slots=True)
class Departure:
    """How a publish or a download departs from a plain one, and what follows.

    `package` is put after the run's own package name.
    """

    status: tuple[int, ...]
    operation: str = "PUT"
    package: str = ""
    version: str = "1.0.0"
    file: str = "file.bin"
    query: str = "status=default"

    @property
    def has_dot_segments(self) -> bool:
        """Whether a proxy that makes paths normal would leave segments out before the registry sees them."""
        segments = f"{self.package}/{self.version}/{self.file}".lower().replace("%2e", ".").split("/")
        return ".." in segments

    def of(self, plain: FileLocation) -> FileLocation:
        """Return the location that departs from a plain one."""
        return FileLocation(plain.package + self.package, self.version, self.file)


def _departure(case: Mapping[str, Any]) -> Departure:
    status = case["status"]
    return Departure(**{**case, "status": tuple(status) if isinstance(status, list) else (status,)})


DEPARTURES = {identifier: _departure(case) for identifier, case in load_catalogue().cases("validation").items()}
PUBLISHES = {identifier: case for identifier, case in DEPARTURES.items() if case.operation == "PUT"}
DOWNLOADS = {identifier: case for identifier, case in DEPARTURES.items() if case.operation == "GET"}
ACCEPTED = (HTTPStatus.CREATED,)


@judges_each({identifier: case for identifier, case in PUBLISHES.items() if case.status == ACCEPTED})
def test_accepted(case: Departure, registry: Registry, expect: Evaluator) -> None:
    """A client publishes with a name, version or file name that GitLab's documentation or tests accept: 201."""
    response = registry.publish(case.of(registry.location()), registry.content(), query=case.query)
    expect(response).status(*case.status)


@judges_each({identifier: case for identifier, case in PUBLISHES.items() if case.status != ACCEPTED})
def test_refused(case: Departure, registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """Somebody publishes with one illegal value, where a plain publish is accepted: 400."""
    plain = registry.location()
    response = registry.publish(case.of(plain), registry.content(), query=case.query)
    control(registry.publish(plain, registry.content(), query="status=default"), "plain").status(201)
    _excuse_removed_dots(case, response, plain, registry)
    expect(response).status(*case.status)


@judges_each(DOWNLOADS)
def test_download_refused(case: Departure, registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """Somebody asks for a file by one illegal value, where the plain values of a stored file find it: 400."""
    file = stored(registry, control)
    response = registry.download(case.of(file.location))
    control(registry.download(file.location), "plain").status(200)
    _excuse_removed_dots(case, response, file.location, registry)
    expect(response).status(*case.status)


@judges("validation.version-hostile-answered-promptly")
def test_version_hostile_answered_promptly(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """An attacker publishes a version made to exhaust a backtracking regex: refused, and promptly.

    Compared with plain publishes at the same time, never with a clock; the best of three counts.
    """
    plain = [registry.publish(registry.location(), registry.content()) for _ in range(3)]
    control(plain[-1], "plain").status(201)
    limit = TOLERATED_RATIO * median(response.seconds for response in plain)
    for _ in range(3):
        hostile = registry.publish(replace(registry.location(), version=HOSTILE_VERSION), registry.content())
        if hostile.seconds <= limit:
            break
    expect.that(
        "promptly",
        holds=hostile.seconds <= limit,
        expected=f"an answer within {TOLERATED_RATIO} times a plain one, {limit:.3f} seconds",
        actual=f"{hostile.seconds:.3f} seconds",
        response=hostile,
    )
    expect(hostile).status(400)


@judges("validation.refusal-names-the-parameter")
def test_refusal_names_the_parameter(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client publishes an illegal version: the refusal names the parameter; release-it shows it to its user."""
    response = registry.publish(registry.location(version="..1"), registry.content())
    control(response, "refused").status(400)
    expect(response).key("error", lambda value: "package_version" in str(value), "a sentence with package_version")


@judges("validation.refused-publish-leaves-nothing")
def test_refused_publish_leaves_nothing(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client publishes with an unknown status, name and version being legal, and is refused: nothing is stored."""
    location = registry.location()
    control(registry.publish(location, registry.content(), query="status=processing"), "refused").status(400)
    expect_nothing_at(location, registry, expect, control)


def _excuse_removed_dots(case: Departure, response: Response, stored_at: FileLocation, registry: Registry) -> None:
    """Raise NotApplicable when what stands before the registry removes dot segments (RFC 3986 6.2.2.3).

    Then a path that leads out of a directory is another path by the time that the registry sees it. One that finds a
    file under any directory is not excused: it drops more than dots.
    """
    if case.has_dot_segments and response.status not in case.status:
        statuses = [registry.download(_below(stored_at, directory)).status for directory in (".", "absent")]
        if statuses[0] == HTTPStatus.OK != statuses[1]:
            raise NotApplicable("what stands before the registry removes dot segments from paths")


def _below(location: FileLocation, directory: str) -> FileLocation:
    return replace(location, version=f"{location.version}/{directory}")
