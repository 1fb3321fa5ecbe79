"""Validation: which names, versions, file names and parameters are accepted and which are refused."""

from dataclasses import dataclass, replace
from http import HTTPStatus
from statistics import median

from conformance.checks.steps import expect_nothing_at
from conformance.judging.binding import judges, judges_each
from conformance.judging.expectations import Judge
from conformance.requirements.catalogue import load_catalogue
from conformance.target.registry import Place, Registry

HOSTILE_VERSION = "1" * 200 + "%21"
TOLERATED_RATIO = 50


@dataclass(frozen=True, slots=True)
class Departure:
    """How a publish departs from a plain one, and the status; `package` is put after the run's own package name."""

    status: int
    package: str = ""
    version: str = "1.0.0"
    file: str = "file.bin"
    query: str = "status=default"

    def of(self, plain: Place) -> Place:
        """Return the place that departs from a plain one."""
        return Place(plain.package + self.package, self.version, self.file)


DEPARTURES = {identifier: Departure(**case) for identifier, case in load_catalogue().cases("validation").items()}


@judges_each({identifier: case for identifier, case in DEPARTURES.items() if case.status == HTTPStatus.CREATED})
def test_accepted(case: Departure, registry: Registry, expect: Judge) -> None:
    """Values that GitLab's documentation or tests name."""
    answer = registry.publish(case.of(registry.place()), registry.content(), query=case.query)
    expect(answer).status(case.status)


@judges_each({identifier: case for identifier, case in DEPARTURES.items() if case.status != HTTPStatus.CREATED})
def test_refused(case: Departure, registry: Registry, expect: Judge, control: Judge) -> None:
    """One value departs from a publish that is accepted."""
    plain = registry.place()
    answer = registry.publish(case.of(plain), registry.content(), query=case.query)
    control(registry.publish(plain, registry.content(), query="status=default"), "plain").status(201)
    expect(answer).status(case.status)


@judges("validation.version-hostile-answered-promptly")
def test_version_hostile_answered_promptly(registry: Registry, expect: Judge, control: Judge) -> None:
    """Compared with plain publishes at the same time, never with a clock; the best of three counts."""
    plain = [registry.publish(registry.place(), registry.content()) for _ in range(3)]
    control(plain[-1], "plain").status(201)
    limit = TOLERATED_RATIO * median(answer.seconds for answer in plain)
    for _ in range(3):
        hostile = registry.publish(replace(registry.place(), version=HOSTILE_VERSION), registry.content())
        if hostile.seconds <= limit:
            break
    expect.that(
        "promptly",
        holds=hostile.seconds <= limit,
        expected=f"an answer within {TOLERATED_RATIO} times a plain one, {limit:.3f} seconds",
        actual=f"{hostile.seconds:.3f} seconds",
        answer=hostile,
    )
    expect(hostile).status(400)


@judges("validation.refusal-names-the-parameter")
def test_refusal_names_the_parameter(registry: Registry, expect: Judge, control: Judge) -> None:
    """As in {"error":"package_version is invalid"}; release-it shows it to its user."""
    answer = registry.publish(registry.place(version="..1"), registry.content())
    control(answer, "refused").status(400)
    expect(answer).key("error", lambda value: "package_version" in str(value), "a sentence with package_version")


@judges("validation.refused-publish-leaves-nothing")
def test_refused_publish_leaves_nothing(registry: Registry, expect: Judge, control: Judge) -> None:
    """An unknown status is refused after name and version were found legal."""
    place = registry.place()
    control(registry.publish(place, registry.content(), query="status=processing"), "refused").status(400)
    expect_nothing_at(place, registry, expect, control)
