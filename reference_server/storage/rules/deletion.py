"""When projects and groups are removed, and when only marked for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reference_server.contract.failure import Failure, Reason
from reference_server.storage.rules.gitlab import GitLab

Kind = Literal["Project", "Group"]


@dataclass(frozen=True, slots=True)
class DeletionRequest:
    """How a client asks for a deletion: `full_path` confirms what is to be removed, "" where nothing is."""

    permanently_remove: bool = False
    full_path: str = ""


@dataclass(frozen=True, slots=True)
class Deletable:
    """A project or group that is to be deleted, and whether it is marked for it."""

    kind: Kind
    full_path: str
    marked: bool


def is_removed(deletable: Deletable, asked: DeletionRequest, gitlab: GitLab) -> bool:
    """Return whether a project or group is to be removed now; otherwise it is to be marked. Raise DELETION_REFUSED.

    GitLab's `lib/api/projects.rb`, `lib/api/groups.rb` and `app/services/namespaces/mark_for_deletion_base_service.rb`.
    """
    if not gitlab.delayed_deletion:
        return True
    if not asked.permanently_remove:
        if deletable.marked:
            raise _refused(f"{deletable.kind} has been already marked for deletion")
        return False
    if not deletable.marked:
        raise _refused(f"{deletable.kind} must be marked for deletion first.")
    if asked.full_path != deletable.full_path:
        kind = deletable.kind.lower()
        raise _refused(f"`full_path` is incorrect. You must enter the complete path for the {kind}.")
    return True


def marked_name(name: str, identifier: int) -> str:
    """Return the name or path that a project or group gets when it is marked, so that its own is free again."""
    return f"{name}-deletion_scheduled-{identifier}"


def _refused(complaint: str) -> Failure:
    return Failure(Reason.DELETION_REFUSED, complaint, complaint=complaint)
