"""The administrator, whose token is read from, or written to, a file."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from reference_server.contract.limits import SECRET_BYTES
from reference_server.storage.access.scopes import API
from reference_server.storage.access.tokens import digest, new_access_token
from reference_server.storage.metadata.metadata import Metadata
from reference_server.storage.metadata.repositories.resources import ResourceKey
from reference_server.storage.metadata.repositories.tokens import NewToken

ROOT_USERNAME = "root"
_SHORTEST = 16  # characters: fewer could be guessed over the network
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_TOKEN_NAME = "root token file"  # noqa: S105 -- what it is called


class RootTokenFileError(Exception):
    """The root token file cannot be used; the message says what to do."""


def ensure_root_token(metadata: Metadata, path: Path) -> None:
    """Make the token in the file, which is written when it does not exist, the administrator's only one from a file.

    Raise RootTokenFileError.
    """
    token_digest = digest(_read_or_write(path))
    if metadata.access_tokens.is_named(token_digest, _TOKEN_NAME):
        return
    with metadata.database.transaction():
        user_id = metadata.users.ensure_administrator(ROOT_USERNAME)
        metadata.access_tokens.delete_named(user_id, _TOKEN_NAME)
        if metadata.credentials.access_token(token_digest) is not None:
            raise RootTokenFileError(
                f"root token file {path}: its token belongs to somebody else here; write another, or remove the file"
            )
        metadata.access_tokens.add(ResourceKey(), user_id, NewToken(_TOKEN_NAME, token_digest, API, None))


def _read_or_write(path: Path) -> str:
    """Return the token in the file, which is written when there is none."""
    try:
        if path.exists():
            _require_private(path)
            return _checked(path.read_text(encoding="ascii").strip(), path)
        return _write(path, new_access_token())
    except UnicodeDecodeError:
        raise _unusable(path) from None
    except OSError as error:
        raise RootTokenFileError(f"root token file {path}: {error.strerror}") from None


def _checked(secret: str, path: Path) -> str:
    if not _SHORTEST <= len(secret) <= SECRET_BYTES or not secret.isprintable() or " " in secret:
        raise _unusable(path)
    return secret


def _require_private(path: Path) -> None:
    """Raise RootTokenFileError for a file that is not for its owner alone."""
    if path.stat().st_mode & _OTHERS:
        raise RootTokenFileError(f"root token file {path}: others than its owner may use it; run: chmod 600 {path}")


def _unusable(path: Path) -> RootTokenFileError:
    return RootTokenFileError(
        f"root token file {path}: it must hold one token of {_SHORTEST} to {SECRET_BYTES} printable ASCII characters; "
        "remove it to have one made"
    )


def _write(path: Path, secret: str) -> str:
    """Write a token for its owner's eyes only."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"{secret}\n")
        file.flush()
        os.fsync(file.fileno())
    return secret
