"""Addressing: the project by path, and characters that clients encode or leave."""

from conformance.checks.steps import stored
from conformance.judging.binding import judges, judges_each
from conformance.judging.expectations import Evaluator
from conformance.target.registry import FileLocation, Registry

PLUSES = {"addressing.raw-plus": ("+", "%2B"), "addressing.encoded-plus": ("%2B", "+")}


@judges("addressing.publish-by-project-path")
def test_publish_by_project_path(registry: Registry, expect: Evaluator) -> None:
    """A client publishes by the encoded path of the project; by the project's id the same file downloads."""
    location, content = registry.location(), registry.content()
    expect(registry.publish(location, content, by_path=True), "published").status(201)
    expect(registry.download(location)).body(content)


@judges("addressing.download-by-project-path")
def test_download_by_project_path(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client publishes by the project's id and downloads by its encoded path: the same bytes."""
    file = stored(registry, control)
    expect(registry.download(file.location, by_path=True)).body(file.content)


@judges("addressing.encoded-dots")
def test_encoded_dots(registry: Registry, expect: Evaluator) -> None:
    """A client publishes with every dot as %2E, as client-go does, and finds the file under plain dots."""
    package, content = f"{registry.location().package}.dotted", registry.content()
    encoded = FileLocation(package.replace(".", "%2E"), "1%2E0%2E0", "file%2Ebin")
    expect(registry.publish(encoded, content), "published").status(201)
    expect(registry.download(FileLocation(package))).body(content)


@judges_each(PLUSES)
def test_plus(case: tuple[str, str], registry: Registry, expect: Evaluator) -> None:
    """A client publishes a version and a file name with a plus in one spelling and downloads in the other."""
    sent, asked = case
    package, content = registry.location().package, registry.content()
    expect(registry.publish(FileLocation(package, f"1.0{sent}1", f"a{sent}b.bin"), content), "published").status(201)
    expect(registry.download(FileLocation(package, f"1.0{asked}1", f"a{asked}b.bin"))).body(content)


@judges("addressing.names-keep-their-case")
def test_names_keep_their_case(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """Two clients publish Readme.bin and readme.bin to one package: the later does not shadow the earlier."""
    file = stored(registry, control, registry.location("Readme.bin"))
    lower = FileLocation(file.location.package, file="readme.bin")
    control(registry.publish(lower, registry.content()), "lower").status(201)
    expect(registry.download(file.location)).body(file.content)
