"""The demonstration command, with a stand-in for the Python that it starts."""

import shutil
import subprocess
from pathlib import Path

import pytest

DEMO = Path(__file__).parents[2] / "tools" / "demo"
STAND_IN = """\
#!/bin/sh
echo "$@" >>"$CALLS"
case $* in *" serve "*) echo "Ready: http://127.0.0.1:1" && exec sleep 60 ;; esac
"""


def executable(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="ascii")
    path.chmod(0o755)


def calls_of_demo(checkout: Path, *arguments: str) -> tuple[str, str]:
    executable(checkout / "tools" / "environment", "#!/bin/sh\n")
    executable(checkout / ".venv" / "bin" / "python", STAND_IN)
    shutil.copy(DEMO, checkout / "tools" / "demo")
    calls = checkout / "calls"
    environment = {"PATH": "/usr/bin:/bin", "CALLS": str(calls), "TMPDIR": str(checkout)}
    subprocess.run([checkout / "tools" / "demo", *arguments], env=environment, check=True, timeout=60)
    server, suite = calls.read_text(encoding="utf-8").splitlines()
    return server, suite


@pytest.mark.parametrize(
    ("arguments", "passed"),
    [
        ([], "--port 0 --root-token-file"),
        (["--gitlab", "16.8"], " --gitlab 16.8 "),
        (["--gitlab=16.8", "--feature", "a", "--feature=b"], " --gitlab=16.8 --feature a --feature=b "),
    ],
)
def test_the_server_follows_the_gitlab_that_the_suite_measures_by(
    arguments: list[str], passed: str, tmp_path: Path
) -> None:
    server, suite = calls_of_demo(tmp_path, *arguments)
    assert f"serve --data {tmp_path}" in server
    assert passed in server
    assert suite.endswith(" ".join(["--out out/demo", *arguments]))
