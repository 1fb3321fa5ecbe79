"""Validation: which names, versions, file names and parameters are accepted and which are refused."""

from dataclasses import dataclass, replace
from statistics import median

from conformance.checks.steps import expect_nothing_at
from conformance.judging.binding import judges, judges_each
from conformance.judging.expectations import Evaluator
from conformance.target.registry import FileLocation, Registry

HOSTILE_VERSION = "1" * 200 + "%21"
TOLERATED_RATIO = 50


@dataclass(frozen=True, slots=True)
class Departure:
    """How a publish departs from a plain one; `package` is put after the run's own package name."""

    package: str = ""
    version: str = "1.0.0"
    file: str = "file.bin"
    query: str = "status=default"

    def of(self, plain: FileLocation) -> FileLocation:
        """Return the place that departs from a plain one."""
        return FileLocation(plain.package + self.package, self.version, self.file)


ACCEPTED = {
    "validation.version-may-be-three-numbers": Departure(version="1.2.3"),
    "validation.version-may-be-two-numbers": Departure(version="1.2"),
    "validation.version-may-have-a-letter-suffix": Departure(version="1.2.3g"),
    "validation.version-may-have-a-word": Departure(version="1.2.bananas"),
    "validation.version-may-have-a-prefix": Departure(version="v1.2.4-build"),
    "validation.version-may-have-a-timestamp": Departure(version="1.3.350-20201230123456"),
    "validation.version-may-be-a-commit-hash": Departure(version="d50d836eb3de6177ce6c7a5482f27f9c2c84b672"),
    "validation.version-may-have-build-metadata": Departure(version="1.2.3+build"),
    "validation.version-inner-dots-accepted": Departure(version="1..2"),
    "validation.name-may-have-every-legal-character": Departure(package="-A.z_9"),
    "validation.name-may-have-a-plus": Departure(package="-a+b"),
    "validation.file-may-have-a-plus": Departure(file="my+file.tar.gz"),
    "validation.file-may-have-a-tilde": Departure(file="my~file.tar.gz"),
    "validation.file-may-have-an-at-sign": Departure(file="myfile@1.1.tar.gz"),
}
REFUSED = {
    "validation.version-leading-dots-refused": Departure(version="..1.2.3"),
    "validation.version-inner-dots-refused": Departure(version="1..2"),
    "validation.version-traversal-refused": Departure(version="1.2.3-4/../.."),
    "validation.version-encoded-traversal-refused": Departure(version="%2e%2e%2f1.2.3"),
    "validation.version-trailing-newline-refused": Departure(version="1.0%0A"),
    "validation.version-space-refused": Departure(version="1.0%20beta"),
    "validation.version-non-ascii-refused": Departure(version="1.0%C3%A9"),
    "validation.name-traversal-refused": Departure(package="/../"),
    "validation.name-encoded-traversal-refused": Departure(package="%2f%2e%2e%2f"),
    "validation.name-space-refused": Departure(package="%20"),
    "validation.name-trailing-newline-refused": Departure(package="%0A"),
    "validation.file-traversal-refused": Departure(file="../.ssh%2fauthorized_keys"),
    "validation.file-encoded-traversal-refused": Departure(file="%2e%2e%2f.ssh%2fauthorized_keys"),
    "validation.file-space-refused": Departure(file="my%20file.bin"),
    "validation.file-trailing-newline-refused": Departure(file="file.bin%0A"),
    "validation.file-nul-refused": Departure(file="file%00.bin"),
    "validation.file-non-utf8-refused": Departure(file="file%FF.bin"),
    "validation.file-first-tilde-refused": Departure(file="~file.bin"),
    "validation.file-last-tilde-refused": Departure(file="file.bin~"),
    "validation.file-first-at-sign-refused": Departure(file="@file.bin"),
    "validation.file-last-at-sign-refused": Departure(file="file.bin@"),
    "validation.file-tilde-refused": Departure(file="my~file.bin"),
    "validation.file-at-sign-refused": Departure(file="my@file.bin"),
    "validation.file-encoded-slash-refused": Departure(file="path%2Ffile.bin"),
    "validation.status-unknown-refused": Departure(query="status=processing"),
    "validation.select-unknown-refused": Departure(query="select=everything"),
}


@judges_each(ACCEPTED)
def test_accepted(case: Departure, registry: Registry, expect: Evaluator) -> None:
    """Values that GitLab's documentation or tests name."""
    response = registry.publish(case.of(registry.location()), registry.content(), query=case.query)
    expect(response).status(201)


@judges_each(REFUSED)
def test_refused(case: Departure, registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """One value departs from a publish that is accepted."""
    plain = registry.location()
    response = registry.publish(case.of(plain), registry.content(), query=case.query)
    control(registry.publish(plain, registry.content(), query="status=default"), "plain").status(201)
    expect(response).status(400)


@judges("validation.version-hostile-answered-promptly")
def test_version_hostile_answered_promptly(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """Compared with plain publishes at the same time, never with a clock; the best of three counts."""
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
    """As in {"error":"package_version is invalid"}; release-it shows it to its user."""
    response = registry.publish(registry.location(version="..1"), registry.content())
    control(response, "refused").status(400)
    expect(response).key("error", lambda value: "package_version" in str(value), "a sentence with package_version")


@judges("validation.refused-publish-leaves-nothing")
def test_refused_publish_leaves_nothing(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """An unknown status is refused after name and version were found legal."""
    location = registry.location()
    control(registry.publish(location, registry.content(), query="status=processing"), "refused").status(400)
    expect_nothing_at(location, registry, expect, control)
