"""@gitbeaker/rest publishes, lists, downloads and deletes."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.server_process import Registry

DRIVER = Path(__file__).parent / "gitbeaker"


@dataclass(frozen=True, slots=True)
class Gitbeaker:
    """The client, installed, before a server."""

    folder: Path
    registry: Registry

    def run(self, call: str, *arguments: object) -> bytes:
        ran = subprocess.run(
            ["node", "drive.mjs", call, *map(str, arguments)],
            cwd=self.folder,
            env={**os.environ, "GITLAB_URL": self.registry.url, "GITLAB_TOKEN": self.registry.root_token},
            capture_output=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr.decode()
        return ran.stdout

    def ask(self, call: str, *arguments: object) -> object:
        answer: object = json.loads(self.run(call, self.registry.project, *arguments))
        return answer

    def listed(self, call: str, *arguments: object) -> list[dict[str, object]]:
        answer = self.ask(call, *arguments)
        assert isinstance(answer, list)
        return answer


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install what the lock file names, in a folder of its own."""
    assert shutil.which("npm"), "node and npm are needed: run tools/peers test"
    folder = tmp_path_factory.mktemp("gitbeaker")
    for name in ("package.json", "package-lock.json", "drive.mjs"):
        shutil.copy(DRIVER / name, folder)
    installing = subprocess.run(
        ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, capture_output=True, check=False
    )
    assert installing.returncode == 0, installing.stderr.decode()
    return folder


@pytest.fixture
def gitbeaker(installed: Path, registry: Registry) -> Gitbeaker:
    return Gitbeaker(installed, registry)


def packages_named(gitbeaker: Gitbeaker, name: str, call: str = "list") -> list[dict[str, object]]:
    """List everything two packages at a time; returns those of a name, in the order they came."""
    return [package for package in gitbeaker.listed(call, 2) if package["name"] == name]


def test_it_publishes_and_downloads_its_envelope(gitbeaker: Gitbeaker, source: Path) -> None:
    assert gitbeaker.ask("publish", "beaker", "1.0", source) == {"message": "201 Created"}
    stored = gitbeaker.run("download", gitbeaker.registry.project, "beaker", "1.0", source.name)
    assert source.read_bytes() in stored
    assert f'filename="{source.name}"'.encode() in stored


@pytest.mark.parametrize("call", ["list", "listByKeyset"])
def test_it_lists_every_page(gitbeaker: Gitbeaker, source: Path, call: str) -> None:
    for number in range(5):
        gitbeaker.ask("publish", f"paged-{call}", f"1.{number}", source)
    versions = [package["version"] for package in packages_named(gitbeaker, f"paged-{call}", call)]
    assert sorted(map(str, versions)) == [f"1.{number}" for number in range(5)]


def test_it_shows_a_package_and_its_files_and_deletes_them(gitbeaker: Gitbeaker, source: Path) -> None:
    for _ in range(2):
        gitbeaker.ask("publish", "doomed", "1.0", source)
    (package,) = packages_named(gitbeaker, "doomed")
    number = package["id"]
    assert gitbeaker.ask("show", number) == package
    files = gitbeaker.listed("files", number)
    assert [file["file_name"] for file in files] == [source.name] * 2
    gitbeaker.run("removeFile", gitbeaker.registry.project, number, files[0]["id"])
    assert [file["id"] for file in gitbeaker.listed("files", number)] == [files[1]["id"]]
    gitbeaker.run("remove", gitbeaker.registry.project, number)
    assert packages_named(gitbeaker, "doomed") == []


def test_it_makes_a_deploy_token(gitbeaker: Gitbeaker) -> None:
    token = gitbeaker.ask("createDeployToken", "from-gitbeaker")
    assert isinstance(token, dict)
    assert str(token["token"]).startswith("gldt-")
