"""Records: what select=package_file tells of the package file that was just published."""

import re

from conformance.checks.steps import RECORD
from conformance.checks.times import is_rfc_3339
from conformance.judging.binding import judges, judges_each
from conformance.judging.expectations import Evaluator
from conformance.target.registry import Registry
from conformance.transport.response import Response

RECORD_KEYS = frozenset(
    [
        "id",
        "package_id",
        "created_at",
        "updated_at",
        "size",
        "file_store",
        "file_md5",
        "file_sha1",
        "file_name",
        "file",
        "file_sha256",
        "new_file_path",
    ]
)
VERIFICATION_KEYS = frozenset(
    [
        "verification_retry_at",
        "verified_at",
        "verification_failure",
        "verification_retry_count",
        "verification_checksum",
        "verification_state",
        "verification_started_at",
    ]
)
KEYS = {"publish.record-has-every-key": RECORD_KEYS, "publish.record-has-verification-keys": VERIFICATION_KEYS}
TIMES = ("created_at", "updated_at")
TIMES_IF_ANY = ("verification_retry_at", "verified_at", "verification_started_at")
ISO_8601 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


@judges("publish.record-on-select")
def test_record_on_select(registry: Registry, expect: Evaluator) -> None:
    """A client publishes and asks for the record: it tells name, size and SHA-256 of the file just sent."""
    location, content = registry.location("recorded.bin"), registry.content()
    response = registry.publish(location, content, query=RECORD)
    expect(response).success()
    expect(response).key("file_name", lambda value: value == "recorded.bin", "'recorded.bin'")
    expect(response).key("size", lambda value: value == content.size, f"{content.size}")
    expect(response).key("file_sha256", lambda value: value == content.sha256, f"'{content.sha256}'")


@judges("publish.record-status-is-200")
def test_record_status_is_200(registry: Registry, expect: Evaluator) -> None:
    """A client publishes and asks for the record: 200, as GitLab's own tests expect; clients take any 2xx."""
    expect(registry.publish(registry.location(), registry.content(), query=RECORD)).status(200)


@judges_each(KEYS)
def test_record_has_keys(case: frozenset[str], registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client reads a record: every documented key is there, also where its value is null."""
    response = _recorded(registry, control)
    document = response.json()
    missing = sorted(case - set(document)) if isinstance(document, dict) else sorted(case)
    expect.that(
        "keys", holds=not missing, expected="every key", actual=f"without {', '.join(missing)}", response=response
    )


@judges("publish.record-types-are-strict")
def test_record_types_are_strict(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A Go client decodes a record into int, string and time.Time without a detour; true is no number."""
    response = _recorded(registry, control)
    file = response.key("file")
    values = {
        **{name: type(response.key(name)) is int for name in ("id", "package_id", "size")},
        **{name: isinstance(response.key(name), str) for name in ("file_name", "file_sha256")},
        **{name: is_rfc_3339(response.key(name)) for name in TIMES},
        "file.url": isinstance(file, dict) and isinstance(file.get("url"), str),
    }
    wrong = [name for name, right in values.items() if not right]
    actual = f"{', '.join(wrong)} of another type"
    expect.that("types", holds=not wrong, expected="the documented types", actual=actual, response=response)


@judges("publish.record-times-are-iso-8601")
def test_record_times_are_iso_8601(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client reads the times of a record: UTC with milliseconds; those of a verification may be null instead."""
    response = _recorded(registry, control)
    shown_times = (*TIMES, *(name for name in TIMES_IF_ANY if response.key(name) is not None))
    odd = [name for name in shown_times if not ISO_8601.fullmatch(str(response.key(name)))]
    actual = ", ".join(f"{name} {response.key(name)!r}" for name in odd)
    expect.that(
        "times", holds=not odd, expected="times such as 2021-10-12T12:05:23.387Z", actual=actual, response=response
    )


@judges("publish.record-url-is-stable")
def test_record_url_is_stable(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client keeps the file's url: a path alone, because a signed URL would expire in its hands."""
    response = _recorded(registry, control)
    expect(response).key("file", _is_plain_path, "a url that is a path without a query")


@judges("publish.nested-record-name-is-encoded")
def test_nested_record_name_is_encoded(registry: Registry, expect: Evaluator, control: Evaluator) -> None:
    """A client publishes under directories: the record has the name as GitLab's own tests find it, encoded."""
    response = registry.publish(registry.location("path/to/file.bin"), registry.content(), query=RECORD)
    control(response, "published").success()
    expect(response).key("file_name", lambda value: value == "path%2Fto%2Ffile.bin", "'path%2Fto%2Ffile.bin'")


def _recorded(registry: Registry, control: Evaluator) -> Response:
    response = registry.publish(registry.location(), registry.content(), query=RECORD)
    control(response, "published").success()
    return response


def _is_plain_path(value: object) -> bool:
    url = value.get("url") if isinstance(value, dict) else None
    return isinstance(url, str) and url.startswith("/") and "?" not in url
