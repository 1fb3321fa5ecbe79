"""The suite installed alone, from its wheel, in an environment that holds nothing of the server."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.evidence.folder import FILES
from conformance.selftest.faults.fault import CURRENT
from conformance.selftest.good_server import GoodRegistry, reference_server

CHECKOUT = Path(__file__).parents[2]
INSTALL = "pip install 'generic-packages-conformance[server]'"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


class Installed:
    """An environment with the wheel and the suite's locked dependencies; its programs start outside the checkout."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._python = folder / "venv" / "bin" / "python"
        run([sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)], CHECKOUT)
        (wheel,) = folder.glob("*.whl")
        self._uv("venv", "--quiet", "--python", sys.executable, str(folder / "venv"))
        locked = str(CHECKOUT / "requirements" / "suite.txt")
        self.uv_pip("install", "--quiet", "--require-hashes", "--requirement", locked)
        self.uv_pip("install", "--quiet", "--no-deps", "--no-index", str(wheel))

    def uv_pip(self, command: str, *arguments: str) -> None:
        self._uv("pip", command, "--python", str(self._python), *arguments)

    def _uv(self, *arguments: str) -> None:
        run([sys.executable, "-m", "uv", *arguments], self._folder)

    def python(self, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        """Run its Python; fail unless it ends with the exit code."""
        return run([str(self._python), *arguments], self._folder, code)

    def conformance(self, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        """Run the suite; fail unless it ends with the exit code."""
        return self.python("-m", "conformance", *arguments, code=code)


def run(command: list[str], folder: Path, code: int = 0) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    ended = subprocess.run(
        command, cwd=folder, env=environment, check=False, capture_output=True, text=True, timeout=550
    )
    assert ended.returncode == code, ended.stdout + ended.stderr
    return ended


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return Installed(tmp_path_factory.mktemp("installed"))


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GoodRegistry]:
    with reference_server(tmp_path_factory.mktemp("good"), CURRENT) as registry:
        yield registry


def test_the_wheel_needs_nothing_but_the_locked_dependencies_and_no_part_of_the_server(installed: Installed) -> None:
    installed.uv_pip("check")
    for name in ("grpc", "tornado", "peewee", "google.protobuf"):
        assert "ModuleNotFoundError" in installed.python("-c", f"import {name}", code=1).stderr


def test_requirements_are_listed_and_explained(installed: Installed) -> None:
    assert "newest.upload-wins\tmust\t" in installed.conformance("list").stdout
    assert "test_upload_wins in conformance/checks/test_newest.py" in (
        installed.conformance("explain", "newest.upload-wins").stdout
    )


def test_a_registry_is_judged_and_reported(installed: Installed, good: GoodRegistry, tmp_path: Path) -> None:
    arguments = ["--token-file", str(good.token_file), "--only", "publish.*", "--out", str(tmp_path)]
    assert "conformant: every MUST" in installed.conformance("run", good.url, *arguments).stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(FILES)


def test_the_suite_is_proved_on_broken_registries_made_of_a_good_one(installed: Installed, good: GoodRegistry) -> None:
    access = ["--good-url", good.url, "--good-token-file", str(good.token_file)]
    shown = installed.conformance("selftest", "--quick", "--fault", "newest.first-file-wins", *access).stdout
    assert "the self-test passed: " in shown


def test_what_needs_the_server_says_what_to_install(installed: Installed) -> None:
    for arguments in (["conformance", "selftest", "--quick"], ["reference_server", "serve"]):
        (sentence,) = installed.python("-m", *arguments, code=2).stderr.splitlines()
        assert INSTALL in sentence
