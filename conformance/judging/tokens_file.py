"""The one file with secrets in the clear: the tokens of a run whose projects were to stay, for a shell to read."""

import os
import shlex
from collections.abc import Iterable
from pathlib import Path

from conformance.target.access import Credential

FILE_NAME = "tokens.env"


def save_tokens(credentials: Iterable[Credential], path: Path) -> None:
    """Write the credentials as commands that export their variables, for the owner of the file alone."""
    lines = [f"export {credential.variable}={shlex.quote(credential.secret)}\n" for credential in credentials]
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.writelines(lines)
