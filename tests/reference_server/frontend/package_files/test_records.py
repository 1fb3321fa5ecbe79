"""A record as HTTP shows it."""

import json
from datetime import UTC, datetime

import pytest
from generic_packages.storage.v1.packages_pb2 import PackageFile
from google.protobuf.timestamp_pb2 import Timestamp

from reference_server.frontend.package_files.records import content_disposition, record_response, validators


def record() -> PackageFile:
    return PackageFile(
        id=36,
        package_id=26,
        project_id=1,
        file_name="file.txt",
        size=0,
        sha256=bytes.fromhex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        created_at=Timestamp(seconds=1634040323, nanos=387_000_000),
    )


def test_a_record_is_the_documented_example() -> None:
    answer = record_response(record())
    documented = (
        '{"id":36,"package_id":26,"created_at":"2021-10-12T12:05:23.387Z","updated_at":"2021-10-12T12:05:23.387Z",'
        '"size":0,"file_store":1,"file_md5":null,"file_sha1":null,"file_name":"file.txt","file":{"url":'
        '"/6b/86/6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b/packages/26/files/36/file.txt"},'
        '"file_sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",'
        '"verification_retry_at":null,"verified_at":null,"verification_failure":null,"verification_retry_count":null,'
        '"verification_checksum":null,"verification_state":0,"verification_started_at":null,"new_file_path":null}'
    )
    assert answer.status == 200
    assert answer.body.decode() == documented


def test_legacy_digests_are_shown_when_there_are_any() -> None:
    value = record()
    value.md5, value.sha1 = bytes(16), bytes(20)
    shown = json.loads(record_response(value).body)
    assert (shown["file_md5"], shown["file_sha1"]) == ("00" * 16, "00" * 20)


def test_the_entity_tag_is_the_quoted_sha256() -> None:
    current = validators(record())
    assert current.entity_tag == f'"{record().sha256.hex()}"'
    assert current.modified == datetime(2021, 10, 12, 12, 5, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("file_name", "header"),
    [
        ("file.txt", 'attachment; filename="file.txt"'),
        ("dir%2Fsub%2Ffile.txt", 'attachment; filename="file.txt"'),
        ('a"b', "attachment; filename*=UTF-8''a%22b"),
        ("a%0D%0Ab", "attachment; filename*=UTF-8''a%0D%0Ab"),
        ("ä", "attachment; filename*=UTF-8''%C3%A4"),
    ],
)
def test_a_download_is_offered_under_its_own_name(file_name: str, header: str) -> None:
    assert content_disposition(file_name) == header
