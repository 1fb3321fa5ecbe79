"""Broken registries whose records of package files are wrong (section publish, select=package_file)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conformance.selftest.bending import amending, answering, gives_record, recording
from conformance.selftest.faults.fault import Fault
from conformance.selftest.messages import Request, json_answer
from conformance.selftest.proxy import Bend
from conformance.selftest.targets import package_file, publishes

Record = dict[str, Any]
TIMES = ("created_at", "updated_at")


def _asks_for_record(request: Request) -> bool:
    target = package_file(request)
    return publishes(request) and target is not None and target.parameters.get("select") == "package_file"


def _setting(key: str, value: object) -> Callable[[Record], None]:
    return lambda record: record.update({key: value})


def _texting(key: str) -> Callable[[Record], None]:
    return lambda record: record.update({key: str(record[key])})


def _without_milliseconds(record: Record) -> None:
    record.update({key: record[key].partition(".")[0] + "Z" for key in TIMES})


def _with_offset(record: Record) -> None:
    record.update({key: record[key].replace("Z", "+00:00") for key in TIMES})


def _signed(record: Record) -> None:
    record["file"]["url"] += "?X-Amz-Expires=600&X-Amz-Signature=5eed"


def _without_rare_keys(record: Record) -> None:
    del record["verification_retry_count"], record["new_file_path"]


def _package_of_its_own(record: Record) -> None:
    record["package_id"] = 1_000_000 + record["id"]


def _reusing_ids() -> Bend:
    first: dict[tuple[int, str], int] = {}

    def change(record: Record) -> None:
        record["id"] = first.setdefault((record["package_id"], record["file_name"]), record["id"])

    return recording(change)()


FAULTS = (
    Fault(
        "records.not-given",
        "select=package_file is answered with the plain message.",
        amending(gives_record, lambda answer: answer.with_content(b'{"message": "201 Created"}')),
    ),
    Fault(
        "records.answered-201",
        "select=package_file is answered 201.",
        amending(gives_record, lambda answer: answer.with_status(201)),
    ),
    Fault(
        "records.not-json",
        "The record is text that is no JSON.",
        amending(gives_record, lambda answer: answer.with_content(b"file_name=artifact")),
    ),
    Fault(
        "records.select-refused",
        "select=package_file is not known.",
        answering(_asks_for_record, lambda _: json_answer(400, {"error": "select does not have a valid value"})),
    ),
    Fault("records.wrong-name", "The record shows another file name.", recording(_setting("file_name", "artifact"))),
    Fault("records.wrong-size", "The record shows a size of 0.", recording(_setting("size", 0))),
    Fault("records.wrong-sha256", "The record shows another SHA-256.", recording(_setting("file_sha256", "0" * 64))),
    Fault("records.lacks-keys", "The record leaves out keys that are mostly null.", recording(_without_rare_keys)),
    Fault("records.id-is-text", "The record's id is a string.", recording(_texting("id"))),
    Fault("records.package-id-is-text", "The record's package_id is a string.", recording(_texting("package_id"))),
    Fault("records.package-id-is-true", "The record's package_id is true.", recording(_setting("package_id", True))),
    Fault("records.size-is-text", "The record's size is a string.", recording(_texting("size"))),
    Fault("records.name-is-null", "The record's file_name is null.", recording(_setting("file_name", None))),
    Fault(
        "records.times-are-numbers", "The record's times are numbers.", recording(_setting("created_at", 1_600_000_000))
    ),
    Fault("records.url-is-null", "The record's file.url is null.", recording(_setting("file", {"url": None}))),
    Fault(
        "records.times-without-milliseconds",
        "The record's times have no milliseconds.",
        recording(_without_milliseconds),
    ),
    Fault(
        "records.one-time-without-milliseconds",
        "The record's updated_at alone has no milliseconds.",
        recording(_setting("updated_at", "2021-10-12T12:05:23Z")),
    ),
    Fault(
        "records.verification-time-with-offset",
        "The record's verified_at, when it is there, ends in +00:00.",
        recording(_setting("verified_at", "2021-10-12T12:05:23.387+00:00")),
    ),
    Fault("records.times-with-offset", "The record's times end in +00:00.", recording(_with_offset)),
    Fault("records.signed-url", "file.url is a signed URL that expires.", recording(_signed)),
    Fault("records.package-for-every-file", "Every file makes a package of its own.", recording(_package_of_its_own)),
    Fault(
        "records.overwrites-in-place",
        "Publishing a name again replaces the package file under its old id.",
        _reusing_ids,
    ),
)
