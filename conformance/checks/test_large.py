"""Large files: generated as they are sent and digested as they arrive, so that size costs time and no memory."""

from conformance.checks.cells import INVALID_TOKEN
from conformance.checks.steps import expect_nothing_at
from conformance.content.generator import LiteralContent
from conformance.judging.binding import judges
from conformance.judging.expectations import Evaluator
from conformance.target.registry import Registry
from conformance.transport.request import Body

BOUNDARY_SIZES = [boundary + step for boundary in (65_536, 1_048_576) for step in (-1, 0, 1)]
RANGE_BYTES = 70_000


@judges("large.sized-round-trip")
def test_sized_round_trip(registry: Registry, expect: Evaluator) -> None:
    """A client publishes a large file, its length declared, and downloads it: the same bytes."""
    file = registry.large
    expect(file.response, "published").success()
    expect(registry.download(file.location)).body(file.content)


@judges("large.chunked-round-trip")
def test_chunked_round_trip(registry: Registry, expect: Evaluator) -> None:
    """A client publishes a large file chunked, without a length, and downloads it: the same bytes."""
    location, content = registry.location("chunked.bin"), registry.content(registry.large_bytes)
    expect(registry.publish(location, Body(content, chunked=True)), "published").status(201)
    expect(registry.download(location)).body(content)


@judges("large.boundary-sizes")
def test_boundary_sizes(registry: Registry, expect: Evaluator) -> None:
    """A client publishes files around the sizes where buffers and blocks end: each downloads as sent."""
    wrong = []
    for size in BOUNDARY_SIZES:
        location, content = registry.location(), registry.content(size)
        registry.publish(location, content)
        response = registry.download(location)
        if response.sha256 != content.sha256:
            wrong.append((size, response))
    expect.that(
        "bodies",
        holds=not wrong,
        expected=f"files of {', '.join(str(size) for size in BOUNDARY_SIZES)} bytes as sent",
        actual=f"wrong at {', '.join(str(size) for size, _ in wrong) or 'none'}",
        response=wrong[0][1] if wrong else response,
    )


@judges("large.record-of-a-large-file")
def test_record_of_a_large_file(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client asks for the record of a large file: size and SHA-256 are those of the bytes that passed."""
    file = registry.large
    control(file.response, "published").success()
    expect(file.response).key("size", lambda value: value == file.content.size, f"{file.content.size}")
    expect(file.response).key("file_sha256", lambda value: value == file.content.sha256, f"'{file.content.sha256}'")


@judges("large.range-deep-inside")
def test_range_deep_inside(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client asks for a piece deep inside a large file, across the registry's blocks: exactly those bytes."""
    file = registry.large
    control(file.response, "published").success()
    start = max(0, file.content.size * 3 // 4 - 7)
    end = min(start + RANGE_BYTES, file.content.size)
    response = registry.download(file.location, headers=(("Range", f"bytes={start}-{end - 1}"),))
    expect(response).status(206)
    expect(response).body(LiteralContent(file.content.part(start, end)))


@judges("large.broken-off-leaves-nothing")
def test_broken_off_leaves_nothing(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client goes away halfway through a large upload: there is no such file."""
    location, content = registry.location(), registry.content(registry.large_bytes)
    registry.publish(location, Body(content, break_off_after=content.size // 2))
    expect_nothing_at(location, registry, expect, control)


@judges("large.refusal-is-readable")
def test_refusal_is_readable(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client with an unknown token sends a large body without asking first: it can read the 401.

    A connection that is closed under a client that is still sending costs it the response.
    """
    control(registry.large.response, "published").success()
    content = registry.content(registry.large_bytes)
    expect(registry.publish(registry.location(), content, credential=INVALID_TOKEN)).status(401)
