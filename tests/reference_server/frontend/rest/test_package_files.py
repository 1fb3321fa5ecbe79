"""Files of a package: listed, downloaded and deleted one by one."""

import hashlib

import pytest

from tests.support.front_end import Answer, Served
from tests.support.rest_packages import PackageProject, new_project


def files_of(project: PackageProject, record: dict[str, object]) -> str:
    return f"{project.packages}/{record['package_id']}/package_files"


def test_every_publication_is_listed_in_gitlabs_shape(front_end: Served, project: PackageProject) -> None:
    project.publish("one", content=b"first")
    record = project.publish("one", content=b"second")
    older, newer = front_end.get(files_of(project, record)).items()
    assert newer == {
        "id": record["id"],
        "package_id": record["package_id"],
        "created_at": record["created_at"],
        "file_name": "file.txt",
        "size": 6,
        "file_md5": None,
        "file_sha1": None,
        "file_sha256": hashlib.sha256(b"second").hexdigest(),
    }
    assert older["file_sha256"] == hashlib.sha256(b"first").hexdigest()


def test_files_come_in_pages(front_end: Served, project: PackageProject) -> None:
    for number in range(3):
        record = project.publish("one", file_name=f"f{number}")
    answer = front_end.get(f"{files_of(project, record)}?per_page=2&page=2")
    assert [file["file_name"] for file in answer.items()] == ["f2"]
    assert (answer.headers["X-Total"], answer.headers["X-Prev-Page"]) == ("3", "1")


@pytest.mark.parametrize("size", [0, 10, 200_000])
def test_any_publication_is_downloaded_by_its_number(served: Served, size: int) -> None:
    project = new_project(served)
    content = bytes(number % 251 for number in range(size))
    record = project.publish("one", content=content)
    project.publish("one", content=b"newer")
    answer = served.get(f"{files_of(project, record)}/{record['id']}/download")
    assert (answer.status, answer.body) == (200, content)
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="file.txt"'
    assert answer.headers["X-Checksum-SHA256"] == hashlib.sha256(content).hexdigest()


def test_head_and_ranges_work_by_number_too(front_end: Served, project: PackageProject) -> None:
    record = project.publish("one", content=b"0123456789")
    target = f"/api/v4{files_of(project, record)}/{record['id']}/download"
    head = front_end.send("HEAD", target)
    assert (head.status, head.headers["Content-Length"], head.body) == (200, "10", b"")
    assert front_end.send("GET", target, headers={"Range": "bytes=2-4"}).status_and_body == (206, b"234")


def download(front_end: Served, project: PackageProject, package: object, file: object) -> Answer:
    return front_end.get(f"{project.packages}/{package}/package_files/{file}/download")


def test_numbers_that_do_not_belong_together_are_not_found(front_end: Served, project: PackageProject) -> None:
    one, two = project.publish("one"), project.publish("two")
    other = new_project(front_end)
    for answer in (
        download(front_end, project, one["package_id"], two["id"]),
        download(front_end, other, one["package_id"], one["id"]),
        download(front_end, project, "9" * 30, one["id"]),
        download(front_end, project, one["package_id"], "9" * 30),
    ):
        assert (answer.status, answer.json()) == (404, {"message": "404 Not Found"})


def test_text_that_is_malformed_is_refused(front_end: Served) -> None:
    assert front_end.get("/projects/%ff/packages/1/package_files/1/download").status == 400


@pytest.mark.parametrize("method", ["PUT", "DELETE", "POST"])
def test_a_download_can_only_be_read(front_end: Served, project: PackageProject, method: str) -> None:
    answer = front_end.rest(method, f"{project.packages}/1/package_files/1/download")
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")


def test_deleting_a_publication_brings_back_the_one_before(front_end: Served, project: PackageProject) -> None:
    project.publish("one", content=b"first")
    record = project.publish("one", content=b"second")
    assert front_end.delete(f"{files_of(project, record)}/{record['id']}").status_and_body == (204, b"")
    assert front_end.delete(f"{files_of(project, record)}/{record['id']}").status == 404
    assert front_end.get(f"{project.packages}/generic/one/1.0/file.txt").body == b"first"
