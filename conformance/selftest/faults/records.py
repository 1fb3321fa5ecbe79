"""Broken registries whose records of package files are wrong (select=package_file)."""

from __future__ import annotations

from typing import Any

from conformance.selftest.faults.fault import DOCUMENTED, Fault
from conformance.selftest.messages import json_response
from conformance.selftest.mutation import MakeMutation, gives_record, respond, rewrite_record, rewrite_response
from conformance.selftest.package_requests import publishes_with
from conformance.selftest.proxy import Mutation

Record = dict[str, Any]
TIMES = ("created_at", "updated_at")


def _setting(key: str, value: object) -> MakeMutation:
    return rewrite_record(lambda record: record.update({key: value}))


def _texting(key: str) -> MakeMutation:
    return rewrite_record(lambda record: record.update({key: str(record[key])}))


def _without_milliseconds(record: Record) -> None:
    record.update({key: record[key].partition(".")[0] + "Z" for key in TIMES})


def _with_offset(record: Record) -> None:
    record.update({key: record[key].replace("Z", "+00:00") for key in TIMES})


def _signed(record: Record) -> None:
    record["file"]["url"] += "?X-Amz-Expires=600&X-Amz-Signature=5eed"


def _without_rare_keys(record: Record) -> None:
    del record["verification_retry_count"], record["new_file_path"]


def _without_verification(record: Record) -> None:
    for key in [key for key in record if key.startswith("verif")]:
        del record[key]


def _package_of_its_own(record: Record) -> None:
    record["package_id"] = 1_000_000 + record["id"]


def _reusing_ids() -> Mutation:
    first: dict[tuple[int, str], int] = {}

    def change(record: Record) -> None:
        record["id"] = first.setdefault((record["package_id"], record["file_name"]), record["id"])

    return rewrite_record(change)()


FAULTS = {
    "records.not-given": Fault(
        "select=package_file is answered with the plain message.",
        rewrite_response(gives_record, lambda response: response.with_content(b'{"message": "201 Created"}')),
    ),
    "records.answered-201": Fault(
        "select=package_file is answered 201.",
        rewrite_response(gives_record, lambda response: response.with_status(201)),
    ),
    "records.not-json": Fault(
        "The record is text that is no JSON.",
        rewrite_response(gives_record, lambda response: response.with_content(b"file_name=artifact")),
    ),
    "records.select-refused": Fault(
        "select=package_file is not known.",
        respond(
            publishes_with("select", "package_file"),
            lambda _: json_response(400, {"error": "select does not have a valid value"}),
        ),
    ),
    "records.wrong-name": Fault("The record shows another file name.", _setting("file_name", "artifact")),
    "records.wrong-size": Fault("The record shows a size of 0.", _setting("size", 0)),
    "records.wrong-sha256": Fault("The record shows another SHA-256.", _setting("file_sha256", "0" * 64)),
    "records.lacks-keys": Fault("The record leaves out keys that are mostly null.", rewrite_record(_without_rare_keys)),
    "records.15-lacks-verification": Fault(
        "The record has no keys of verification, as in later versions.",
        rewrite_record(_without_verification),
        DOCUMENTED,
    ),
    "records.id-is-text": Fault("The record's id is a string.", _texting("id")),
    "records.package-id-is-text": Fault("The record's package_id is a string.", _texting("package_id")),
    "records.package-id-is-true": Fault("The record's package_id is true.", _setting("package_id", True)),
    "records.size-is-text": Fault("The record's size is a string.", _texting("size")),
    "records.name-is-null": Fault("The record's file_name is null.", _setting("file_name", None)),
    "records.times-are-numbers": Fault("The record's times are numbers.", _setting("created_at", 1_600_000_000)),
    "records.url-is-null": Fault("The record's file.url is null.", _setting("file", {"url": None})),
    "records.times-without-milliseconds": Fault(
        "The record's times have no milliseconds.", rewrite_record(_without_milliseconds)
    ),
    "records.one-time-without-milliseconds": Fault(
        "The record's updated_at alone has no milliseconds.", _setting("updated_at", "2021-10-12T12:05:23Z")
    ),
    "records.verification-time-with-offset": Fault(
        "The record's verified_at, when it is there, ends in +00:00.",
        _setting("verified_at", "2021-10-12T12:05:23.387+00:00"),
    ),
    "records.times-with-offset": Fault("The record's times end in +00:00.", rewrite_record(_with_offset)),
    "records.signed-url": Fault("file.url is a signed URL that expires.", rewrite_record(_signed)),
    "records.package-for-every-file": Fault(
        "Every file makes a package of its own.", rewrite_record(_package_of_its_own)
    ),
    "records.overwrites-in-place": Fault(
        "Publishing a name again replaces the package file under its old id.", _reusing_ids
    ),
}
