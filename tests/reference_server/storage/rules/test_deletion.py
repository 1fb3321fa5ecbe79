"""When projects and groups are removed, and when only marked."""

import pytest

from reference_server.contract.failure import Failure
from reference_server.storage.rules.deletion import Deletable, DeletionRequest, is_removed
from reference_server.storage.rules.gitlab import read_gitlab

MARK = DeletionRequest()
REMOVE = DeletionRequest(permanently_remove=True, full_path="group/project")
ASTRAY = DeletionRequest(permanently_remove=True, full_path="group/other")
INCORRECT = "`full_path` is incorrect. You must enter the complete path for the project."


def complaint(asked: DeletionRequest, *, marked: bool) -> str:
    with pytest.raises(Failure) as raised:
        is_removed(Deletable("Project", "group/project", marked), asked, read_gitlab("18.0"))
    return raised.value.metadata["complaint"]


@pytest.mark.parametrize("asked", [MARK, REMOVE, ASTRAY])
def test_before_18_0_what_is_deleted_is_removed(asked: DeletionRequest) -> None:
    assert is_removed(Deletable("Project", "group/project", marked=False), asked, read_gitlab("17.11"))


def test_from_18_0_on_it_is_marked_first_and_removed_then() -> None:
    assert not is_removed(Deletable("Project", "group/project", marked=False), MARK, read_gitlab("18.0"))
    assert is_removed(Deletable("Project", "group/project", marked=True), REMOVE, read_gitlab("18.0"))


def test_nothing_is_marked_twice_nor_removed_unmarked_nor_by_another_path() -> None:
    assert complaint(MARK, marked=True) == "Project has been already marked for deletion"
    assert complaint(REMOVE, marked=False) == "Project must be marked for deletion first."
    assert complaint(ASTRAY, marked=True) == INCORRECT
