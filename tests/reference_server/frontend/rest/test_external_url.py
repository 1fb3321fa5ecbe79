"""Links of a server that clients reach by way of another, which ends TLS."""

from collections.abc import Iterator

import pytest

from reference_server.frontend.application import FrontEndOptions
from tests.support.front_end import Served, running_front_end
from tests.support.rest_packages import new_project
from tests.support.storage_process import StorageProcess

URL = "https://registry.example.com"


@pytest.fixture(scope="module")
def behind_tls(storage: StorageProcess) -> Iterator[Served]:
    with running_front_end(FrontEndOptions(storage.address, external_url=URL)) as served:
        yield served


def test_links_to_other_pages_begin_with_the_external_url(behind_tls: Served) -> None:
    project = new_project(behind_tls)
    for name in ("one", "two"):
        project.publish(name)
    link = behind_tls.get(f"{project.packages}?per_page=1").headers["Link"]
    assert link.count(f"<{URL}/api/v4{project.packages}?") == link.count("<") > 0


def test_urls_in_answers_begin_with_the_external_url(behind_tls: Served) -> None:
    assert behind_tls.get("/user").json()["web_url"] == f"{URL}/root"
