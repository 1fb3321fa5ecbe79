"""The admin program as an operator runs it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from reference_server.programs.admin.output import as_table
from reference_server.programs.command_line import main
from reference_server.programs.data_directory import claimed
from tests.support.storage import Registry, at, deploy_token, ending, private_token
from tests.support.storage_process import StorageProcess
from tests.support.storage_users import new_user

Admin = Callable[..., Any]


@pytest.fixture(scope="module")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """Run a storage, as a process: one in a thread would share what logging the program sets up."""
    with StorageProcess(tmp_path_factory.mktemp("admin")) as process:
        yield process.connect()


@pytest.fixture(autouse=True)
def _logging_is_set_back() -> Iterator[None]:
    """Let no other test log as the program under test does."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def admin(storage: Registry, capsys: pytest.CaptureFixture[str]) -> Admin:
    """Run the program against the storage, and give what its JSON says."""

    def run(*arguments: str) -> Any:  # noqa: ANN401 -- what JSON holds
        assert main(_reaching(storage, *arguments, "--json")) == 0, capsys.readouterr().err
        return json.loads(capsys.readouterr().out)

    return run


def _reaching(storage: Registry, *arguments: str) -> list[str]:
    token_file = storage.data.parent / "root-token"
    return ["admin", "--storage", storage.address, "--root-token-file", str(token_file), *arguments]


def test_what_was_created_is_listed(admin: Admin) -> None:
    user = admin("users", "create", "--username", "jo", "--email", "jo@example.org")
    group = admin("groups", "create", "--path", "tools", "--visibility", "public")
    below = admin("groups", "create", "--path", "inner", "--parent", "tools")
    project = admin("projects", "create", "--group", "tools/inner", "--path", "builder", "--name", "The builder")
    assert (user["username"], user["administrator"], user["state"]) == ("jo", False, "active")
    assert below["full_path"] == "tools/inner"
    assert (project["full_path"], project["name"], project["visibility"]) == (
        "tools/inner/builder",
        "The builder",
        "private",
    )
    assert user in admin("users", "list")
    assert admin("groups", "list", "--search", "tools") == [group]
    assert admin("projects", "list", "--group", "tools") == [project]
    assert admin("projects", "list", "--search", "nothing-of-this-name") == []


def test_lists_are_read_to_their_end(storage: Registry, admin: Admin) -> None:
    made = {new_user(storage).id for _ in range(101)}
    assert made <= {user["id"] for user in admin("users", "list")}


@pytest.mark.parametrize("owner", ["--user", "--project", "--group"])
def test_an_access_token_is_created_for_whoever_owns_it_and_works(storage: Registry, admin: Admin, owner: str) -> None:
    project = storage.project("PRIVATE")
    named = {"--user": new_user(storage).username, "--project": project.full_path, "--group": project.group.full_path}
    whose = (owner, named[owner])
    created = admin("tokens", "create", *whose, "--name", "t", "--scopes", "api,read_api", "--expires-at", "2999-01-01")
    secret = created.pop("token")
    storage.ask("GetCaller", by=private_token(secret))
    assert (created["scopes"], created["expires_at"], created["active"]) == (["api", "read_api"], "2999-01-01", True)
    assert created["access_level"] == (None if owner == "--user" else "maintainer")
    assert admin("tokens", "list", *whose) == [created]


@pytest.mark.parametrize("owner", ["--project", "--group"])
def test_a_deploy_token_is_created_and_works(storage: Registry, admin: Admin, owner: str) -> None:
    project = storage.project("PRIVATE")
    whose = (owner, project.full_path if owner == "--project" else project.group.full_path, "--deploy")
    scopes = ("--scopes", "write_package_registry", "--expires-at", "2999-01-01")
    created = admin("tokens", "create", *whose, "--name", "t", *scopes)
    secret = created.pop("token")
    assert ending(lambda: storage.publish(at(project.id), by=deploy_token(secret))) == "OK"
    assert created["expires_at"] == "2999-01-01"
    assert admin("tokens", "list", *whose) == [created]


def test_the_role_of_a_bot_can_be_chosen(storage: Registry, admin: Admin) -> None:
    project = storage.project().full_path
    options = ("--name", "t", "--scopes", "api", "--access-level", "guest")
    assert admin("tokens", "create", "--project", project, *options)["access_level"] == "guest"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("groups create --path -", "PARAMETER_INVALID"),
        ("projects create --group nowhere --path pp", "no such group"),
        ("projects list --group nowhere", "no such group"),
        ("tokens list --user nobody-of-this-name", "no user is called nobody-of-this-name"),
        ("tokens create --user root --name t --scopes everything", "scopes does not have a valid value"),
        ("users create --username root --email root@example.org", "another user has this username"),
    ],
)
def test_what_the_storage_refuses_is_a_sentence(
    storage: Registry, capsys: pytest.CaptureFixture[str], arguments: str, sentence: str
) -> None:
    assert main(_reaching(storage, *arguments.split())) == 1
    complaint = capsys.readouterr().err
    assert sentence in complaint
    assert len(complaint.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("users", "ACTION"),
        ("users list --data somewhere", "unrecognized arguments"),
        ("tokens list", "one of the arguments --user --project --group is required"),
        ("tokens list --user root --deploy", "a user has no deploy tokens"),
        ("tokens create --user root --name t --scopes api --access-level guest", "--access-level is for"),
        ("tokens create --project p --deploy --name t --scopes s --expires-at soon", "YYYY-MM-DD"),
    ],
)
def test_a_wrong_command_line_is_a_sentence(
    storage: Registry, capsys: pytest.CaptureFixture[str], arguments: str, sentence: str
) -> None:
    assert main(_reaching(storage, *arguments.split())) == 2
    assert sentence in capsys.readouterr().err


def test_a_storage_that_is_not_there_and_a_token_file_that_is_not_are_sentences(
    storage: Registry, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "token"
    arguments = ["users", "list"]
    assert main(["admin", "--storage", storage.address, "--root-token-file", str(missing), *arguments]) == 1
    assert "No such file" in capsys.readouterr().err
    missing.write_text("glpat-anything\n")
    nowhere = f"unix:{tmp_path / 'no.sock'}"
    assert main(["admin", "--storage", nowhere, "--root-token-file", str(missing), *arguments]) == 1
    assert "the storage does not answer" in capsys.readouterr().err


def test_a_stopped_servers_data_is_used_in_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["admin", "--data", str(tmp_path / "data"), "--root-token-file", str(tmp_path / "token")]
    assert main([*arguments, "groups", "create", "--path", "tools"]) == 0
    capsys.readouterr()
    assert main([*arguments, "groups", "list"]) == 0
    assert capsys.readouterr().out.splitlines()[1].split() == ["1", "tools", "tools", "private"]


def test_the_data_of_a_running_server_are_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["admin", "--data", str(tmp_path / "data"), "--root-token-file", str(tmp_path / "token")]
    with claimed(tmp_path / "data"):
        assert main([*arguments, "users", "list"]) == 1
    assert "is in use by another server" in capsys.readouterr().err
    assert not (tmp_path / "token").exists()


def test_the_table_writes_no_control_characters() -> None:
    table = as_table([{"id": 1, "name": "red\x1b[31m", "scopes": ["a", "b"], "bot": True, "email": None}])
    assert table.splitlines() == ["ID  NAME         SCOPES  BOT  EMAIL", r"1   red\x1b[31m  a,b     yes  -"]
    assert as_table([]) == ""


def test_a_list_of_a_mistyped_folder_makes_no_registry(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "mistyped"
    token = str(tmp_path / "token")
    assert main(["admin", "--data", str(data), "--root-token-file", token, "users", "list"]) == 1
    assert "there is no such folder" in capsys.readouterr().err
    assert not data.exists()
