"""Clients that people use publish and download byte-equal files."""

from __future__ import annotations

import subprocess
from pathlib import Path

import gitlab
import pytest

from tests.support.server_process import Registry


def run(*command: str, stdin: bytes | None = None) -> bytes:
    ran = subprocess.run(command, input=stdin, capture_output=True, check=False)
    assert ran.returncode == 0, (command, ran.stdout[-500:], ran.stderr[-500:])
    return ran.stdout


def curl(registry: Registry, url: str, *arguments: str, stdin: bytes | None = None) -> bytes:
    return run("curl", "-sS", "--fail", "-H", f"PRIVATE-TOKEN: {registry.token}", *arguments, url, stdin=stdin)


def test_curl_uploads_a_file(registry: Registry, source: Path) -> None:
    url = registry.file_url("curl", "sized.bin")
    assert curl(registry, url, "-T", str(source)) == b'{"message":"201 Created"}'
    assert curl(registry, url) == source.read_bytes()


def test_curl_appends_the_file_name_to_a_folder(registry: Registry, source: Path) -> None:
    curl(registry, registry.file_url("curl", ""), "-T", str(source))
    assert curl(registry, registry.file_url("curl", source.name)) == source.read_bytes()


def test_curl_uploads_standard_input_in_chunks(registry: Registry, source: Path) -> None:
    url = registry.file_url("curl", "chunked.bin")
    curl(registry, url, "-T", "-", stdin=source.read_bytes())
    assert curl(registry, url) == source.read_bytes()


def test_curl_form_data_is_stored_as_sent(registry: Registry, source: Path) -> None:
    url = registry.file_url("curl", "form.bin")
    curl(registry, url, "-X", "PUT", "--data-binary", f"@{source}")
    assert curl(registry, url) == source.read_bytes()


def test_curl_data_without_line_ends_is_stored_as_sent(registry: Registry, tmp_path: Path) -> None:
    text = tmp_path / "text"
    text.write_text("name=value&percent=%41\nsecond line\n")
    url = registry.file_url("curl", "text")
    curl(registry, url, "-X", "PUT", "-d", f"@{text}")
    assert curl(registry, url) == b"name=value&percent=%41second line"


def test_curl_multipart_envelope_is_stored_with_its_content(registry: Registry, source: Path) -> None:
    url = registry.file_url("curl", "multipart.bin")
    curl(registry, url, "-X", "PUT", "-F", f"file=@{source}")
    stored = curl(registry, url)
    assert stored.startswith(b"--------")
    assert source.read_bytes() in stored


def test_wget_answers_the_challenge_and_downloads(registry: Registry, source: Path) -> None:
    url = registry.file_url("wget", "file.bin")
    password = ("--user=anyone", f"--password={registry.token}")
    run("wget", "-q", "-O", "-", "--method=PUT", f"--body-file={source}", *password, url)
    assert run("wget", "-q", "-O", "-", *password, url) == source.read_bytes()


def test_wget_without_a_password_is_refused(registry: Registry, source: Path) -> None:
    url = registry.file_url("wget", "refused.bin")
    curl(registry, url, "-T", str(source))
    ran = subprocess.run(["wget", "-q", "-O", "-", url], capture_output=True, check=False)
    assert ran.returncode == 6
    assert ran.stdout == b""


@pytest.fixture
def project(registry: Registry) -> gitlab.v4.objects.Project:
    return gitlab.Gitlab(registry.url, private_token=registry.token).projects.get(registry.project)


def test_python_gitlab_selects_the_record(project: gitlab.v4.objects.Project, source: Path) -> None:
    record = project.generic_packages.upload("python-gitlab", "1.1", "file.bin", path=source, select="package_file")
    assert (record.file_name, record.size) == ("file.bin", source.stat().st_size)


def test_python_gitlab_streams_up_and_down(project: gitlab.v4.objects.Project, source: Path) -> None:
    pieces = (source.read_bytes()[start : start + 65_536] for start in range(0, source.stat().st_size, 65_536))
    project.generic_packages.upload("python-gitlab", "1.2", "file.bin", data=pieces)  # type: ignore[arg-type] # as its documentation says
    received = bytearray()
    project.generic_packages.download("python-gitlab", "1.2", "file.bin", streamed=True, action=received.extend)
    assert bytes(received) == source.read_bytes()


def test_python_gitlab_sees_a_refusal_as_its_own_error(registry: Registry, source: Path) -> None:
    stranger = gitlab.Gitlab(registry.url, private_token="glpat-unknown").projects.get(registry.project, lazy=True)
    with pytest.raises(gitlab.GitlabAuthenticationError):
        stranger.generic_packages.upload("python-gitlab", "2.0", "file.bin", path=source)
