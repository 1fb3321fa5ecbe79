"""Publishing and downloading over HTTP, over both carriers."""

import hashlib
import os
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime

import pytest

from tests.support.front_end import Served, read_answer
from tests.support.rest_packages import PackageProject

SIZES = [0, 1, 65_536, 65_537, 1_048_577, 3_000_001]


def pieces(content: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


@pytest.mark.parametrize("size", SIZES)
def test_a_sized_body_comes_back_as_it_went(served: Served, package: str, size: int) -> None:
    content = os.urandom(size)
    assert served.send("PUT", f"{package}/file.bin", content).status_and_json == (201, {"message": "201 Created"})
    assert served.send("GET", f"{package}/file.bin").status_and_body == (200, content)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("chunk", [1_000, 200_000])
def test_a_chunked_body_comes_back_as_it_went(served: Served, package: str, size: int, chunk: int) -> None:
    content = os.urandom(size)
    assert served.send("PUT", f"{package}/file.bin", pieces(content, chunk)).status == 201
    assert served.send("GET", f"{package}/file.bin").body == content


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data; boundary=x", "text/plain", "/"])
def test_a_body_is_stored_verbatim_whatever_it_calls_itself(served: Served, package: str, content_type: str) -> None:
    content = b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\n{}\r\n--x--\r\n'
    assert served.send("PUT", f"{package}/file", content, {"Content-Type": content_type}).status == 201
    downloaded = served.send("GET", f"{package}/file")
    assert (downloaded.body, downloaded.headers["Content-Type"]) == (content, "application/octet-stream")


@pytest.mark.parametrize("size", [10, 100_000])
def test_a_download_says_what_it_is(served: Served, package: str, size: int) -> None:
    content = os.urandom(size)
    served.send("PUT", f"{package}/file.bin", content)
    headers = served.send("GET", f"{package}/file.bin", headers={"X-Request-Id": "my-id"}).headers
    digest = hashlib.sha256(content).hexdigest()
    assert headers["Content-Length"] == str(size)
    assert headers["ETag"] == f'"{digest}"'
    assert headers["X-Checksum-SHA256"] == digest
    assert headers["Accept-Ranges"] == "bytes"
    assert headers["Content-Disposition"] == 'attachment; filename="file.bin"'
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Request-Id"] == "my-id"
    assert parsedate_to_datetime(headers["Date"]) >= parsedate_to_datetime(headers["Last-Modified"])
    assert re.fullmatch(r"\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT", headers["Last-Modified"])


@pytest.mark.parametrize("size", [0, 10, 100_000])
def test_head_answers_as_get_without_the_content(served: Served, package: str, size: int) -> None:
    served.send("PUT", f"{package}/file.bin", os.urandom(size))
    fixed = {"X-Request-Id": "same"}
    got = served.send("GET", f"{package}/file.bin", headers=fixed)
    head = served.send("HEAD", f"{package}/file.bin", headers={**fixed, "Range": "bytes=0-0"})
    assert (head.status, head.body) == (200, b"")
    for answer in (head, got):
        assert answer.headers["Date"]
        del answer.headers["Date"]  # a second may pass between the two
    assert head.headers.items() == got.headers.items()


@pytest.mark.parametrize("size", [1_000, 600_000])
@pytest.mark.parametrize(
    ("wanted", "first", "last"), [("0-0", 0, 0), ("5-99", 5, 99), ("-7", -7, -1), ("900-", 900, -1)]
)
def test_a_range_gives_exactly_its_bytes(
    served: Served, package: str, size: int, wanted: str, first: int, last: int
) -> None:
    content = os.urandom(size)
    served.send("PUT", f"{package}/file", content)
    answer = served.send("GET", f"{package}/file", headers={"Range": f"bytes={wanted}"})
    first, last = first % size, last % size
    assert (answer.status, answer.body) == (206, content[first : last + 1])
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/{size}"


def test_a_range_over_several_pieces_gives_exactly_its_bytes(served: Served, package: str) -> None:
    content = os.urandom(3_000_000)
    served.send("PUT", f"{package}/file", content)
    answer = served.send("GET", f"{package}/file", headers={"Range": "bytes=1000-2500000"})
    assert (answer.status, answer.body) == (206, content[1000:2_500_001])


@pytest.mark.parametrize("size", [10, 100_000])
def test_a_range_outside_is_refused_with_the_size(served: Served, package: str, size: int) -> None:
    served.send("PUT", f"{package}/file", bytes(size))
    answer = served.send("GET", f"{package}/file", headers={"Range": f"bytes={size}-"})
    assert (answer.status, answer.headers["Content-Range"]) == (416, f"bytes */{size}")


@pytest.mark.parametrize("size", [10, 100_000])
def test_a_state_that_the_client_has_is_not_sent_again(served: Served, package: str, size: int) -> None:
    served.send("PUT", f"{package}/file", os.urandom(size))
    headers = served.send("HEAD", f"{package}/file").headers
    for condition in (
        {"If-None-Match": headers["ETag"]},
        {"If-None-Match": f"W/{headers['ETag']}"},
        {"If-Modified-Since": headers["Last-Modified"]},
    ):
        answer = served.send("GET", f"{package}/file", headers=condition)
        assert (answer.status, answer.body, answer.headers["ETag"]) == (304, b"", headers["ETag"])
        assert "Content-Length" not in answer.headers


def test_if_range_keeps_the_range_only_for_the_same_state(served: Served, package: str) -> None:
    served.send("PUT", f"{package}/file", b"0123456789")
    tag = served.send("HEAD", f"{package}/file").headers["ETag"]
    same = served.send("GET", f"{package}/file", headers={"Range": "bytes=2-3", "If-Range": tag})
    other = served.send("GET", f"{package}/file", headers={"Range": "bytes=2-3", "If-Range": '"other"'})
    assert (same.status, same.body) == (206, b"23")
    assert (other.status, other.body) == (200, b"0123456789")


@pytest.mark.parametrize("size", [10, 100_000])
def test_select_answers_with_the_record(served: Served, package: str, size: int) -> None:
    content = os.urandom(size)
    answer = served.send("PUT", f"{package}/file.bin?select=package_file", content)
    record = answer.json()
    assert answer.status == 200
    assert (record["size"], record["file_name"]) == (size, "file.bin")
    assert record["file_sha256"] == hashlib.sha256(content).hexdigest()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", str(record["created_at"]))


@pytest.mark.parametrize(("published", "asked"), [("a%2Bb", "a+b"), ("dir/sub/file", "d%69r/sub/f%69le")])
def test_every_encoding_of_a_name_is_the_same_file(served: Served, package: str, published: str, asked: str) -> None:
    assert served.send("PUT", f"{package}/{published}", b"content").status == 201
    assert served.send("GET", f"{package}/{asked}").body == b"content"


def test_a_project_goes_by_number_or_encoded_path(served: Served, package: str, shared_project: PackageProject) -> None:
    served.send("PUT", f"{package}/file", b"content")
    by_path = package.replace(f"/{shared_project.id}/", f"/{shared_project.path.replace('/', '%2F')}/", 1)
    assert served.send("GET", f"{by_path}/file").body == b"content"


@pytest.mark.parametrize(
    "name",
    [
        "..%2f.ssh%2fauthorized_keys",
        "../.ssh%2fauthorized_keys",
        "%2e%2e%2f.ssh%2fauthorized_keys",
        "a%0A",
        "%5c..%5cb",
        "a" * 5000,
    ],
)
@pytest.mark.parametrize("size", [10, 100_000])
def test_a_name_that_is_no_name_is_refused_as_text(served: Served, package: str, name: str, size: int) -> None:
    answer = served.send("PUT", f"{package}/{name}", bytes(size))
    assert (answer.status, answer.json()) == (400, {"error": "file_name is invalid"})


@pytest.mark.parametrize("path", ["a/../../b", "../file", "%2e%2e/file", "a%2f..%2f../b", "a//b", "/b"])
def test_directories_that_are_none_are_refused_as_text(served: Served, package: str, path: str) -> None:
    answer = served.send("PUT", f"{package}/{path}", b"content")
    assert (answer.status, answer.json()) == (400, {"error": "path is invalid"})


@pytest.mark.parametrize("name", ["%00", "a%00b", "%ff", "%C3%28"])
@pytest.mark.parametrize("token", [None, "wrong"])
@pytest.mark.parametrize("size", [10, 100_000])
def test_text_that_is_malformed_is_refused_before_anything_else(
    served: Served, package: str, name: str, token: str | None, size: int
) -> None:
    assert served.send("PUT", f"{package}/{name}", bytes(size), token=token).status == 400
    assert served.send("GET", f"{package}/{name}", token=token).status == 400


def test_what_is_not_there_is_not_found(served: Served, package: str) -> None:
    assert served.send("GET", f"{package}/nothing").status_and_json == (404, {"message": "404 Not Found"})
    elsewhere = served.send("GET", "/api/v4/projects/999999/packages/generic/a/1/b")
    assert (elsewhere.status, elsewhere.json()) == (404, {"message": "404 Project Not Found"})


@pytest.mark.parametrize("method", ["DELETE", "POST", "PATCH", "OPTIONS"])
def test_no_other_method_touches_a_file(served: Served, package: str, method: str) -> None:
    served.send("PUT", f"{package}/file", b"content")
    answer = served.send(method, f"{package}/file", b"")
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD, PUT")
    assert served.send("GET", f"{package}/file").body == b"content"


def test_one_connection_carries_many_requests(served: Served, package: str) -> None:
    with served.connect() as connection:
        for size in (10, 100_000, 0, 70_000):
            content = os.urandom(size)
            connection.sendall(served.head("PUT", f"{package}/f{size}", f"Content-Length: {size}") + content)
            assert read_answer(connection).status == 201
            connection.sendall(served.head("GET", f"{package}/f{size}"))
            assert read_answer(connection).body == content


@pytest.mark.parametrize("size", [1_000, 500_000])
def test_parallel_first_uploads_make_one_package(served: Served, package: str, size: int) -> None:
    contents = {f"file-{number}": os.urandom(size) for number in range(16)}

    def publish(name: str) -> tuple[int, object]:
        answer = served.send("PUT", f"{package}/{name}?select=package_file", contents[name])
        return answer.status, answer.json()["package_id"]

    with ThreadPoolExecutor(16) as threads:
        outcomes = list(threads.map(publish, contents))
    assert {status for status, _ in outcomes} == {200}
    assert len({package_id for _, package_id in outcomes}) == 1
    assert all(served.send("GET", f"{package}/{name}").body == content for name, content in contents.items())
