"""Running one command of the admin program."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Final

from reference_server.contract import logs
from reference_server.programs.admin import data_commands, identity, tokens
from reference_server.programs.admin.output import Row, as_json, as_table
from reference_server.programs.admin.session import Session, read_token, session_on, session_with
from reference_server.programs.refusals import StartRefusedError, UsageRefusedError

_Command = Callable[[Session, argparse.Namespace], Awaitable[list[Row]]]

_COMMANDS: Final[dict[tuple[str, str], _Command]] = {
    ("users", "create"): identity.create_user,
    ("users", "list"): identity.list_users,
    ("groups", "create"): identity.create_group,
    ("groups", "list"): identity.list_groups,
    ("projects", "create"): identity.create_project,
    ("projects", "list"): identity.list_projects,
    ("tokens", "create"): tokens.create_token,
    ("tokens", "list"): tokens.list_tokens,
}


def run(given: argparse.Namespace) -> None:
    """Run the command that was given, and print what it made or found.

    Raise UsageRefusedError, StartRefusedError; SilentExitError when it printed what is wrong.
    """
    logs.configure(level="warning")
    if given.resource in data_commands.COMMANDS:
        data_commands.run(given)
        return
    rows = asyncio.run(_rows(given))
    created = given.action == "create"
    sys.stdout.write(as_json(rows, single=created) if given.json else as_table(rows))


async def _rows(given: argparse.Namespace) -> list[Row]:
    async with _session(given) as session:
        return await _COMMANDS[given.resource, given.action](session, given)


def _session(given: argparse.Namespace) -> AbstractAsyncContextManager[Session]:
    if given.root_token_file is None:
        raise UsageRefusedError(f"{given.resource} need --root-token-file FILE, the administrator's token")
    if given.storage is not None:
        return session_with(given.storage, read_token(given.root_token_file))
    if given.action == "list" and not given.data.exists():
        raise StartRefusedError(f"{given.data}: there is no such folder, so nothing to list")
    return session_on(given.data, given.root_token_file)
