"""The admin program's command line."""

from __future__ import annotations

import argparse
import enum
from pathlib import Path

from reference_server.contract import addresses
from reference_server.programs.admin import data_arguments
from reference_server.storage.rules.roles import Role, Visibility

_EXAMPLES = """
examples:
  %(prog)s --data ./registry --root-token-file ./root-token users list
  %(prog)s --data ./registry --root-token-file ./root-token groups create --path tools --visibility public
  %(prog)s --data ./registry --root-token-file ./root-token projects create --group tools --path builder
      with the folder of a server that does not run

  %(prog)s --storage 127.0.0.1:50051 --root-token-file ./root-token users create --username jo --email jo@example.org
  %(prog)s --storage 127.0.0.1:50051 --root-token-file ./root-token tokens create --user jo --name ci --scopes api
  %(prog)s --storage 127.0.0.1:50051 --root-token-file ./root-token tokens list --project tools/builder --deploy --json
      with a storage that runs

  %(prog)s --data ./registry verify --throttle 50000000
  %(prog)s --data ./registry backup ./copy
  %(prog)s --data ./registry doctor
      beside a server that runs, or without one

  %(prog)s --data ./registry verify --repair
  %(prog)s --data ./registry sweep
  %(prog)s --data ./empty restore ./copy
      with the folder of a server that does not run
"""


def describe(parser: argparse.ArgumentParser) -> None:
    """Add the options and commands of the admin program to its parser."""
    parser.epilog = _EXAMPLES
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--data", type=Path, metavar="DIR", help="folder of all data of a server that does not run")
    where.add_argument(
        "--storage", type=_address, metavar="ADDRESS", help='where a storage serves: "unix:/path" or "host:port"'
    )
    parser.add_argument(
        "--root-token-file", type=Path, metavar="FILE", help="the administrator's token, as for serve; for RESOURCES"
    )
    _add_json(parser, default=False)
    resources = parser.add_subparsers(dest="resource", required=True, metavar="RESOURCE|COMMAND")
    for name, add in (("users", _users), ("groups", _groups), ("projects", _projects), ("tokens", _tokens)):
        resource = resources.add_parser(name, help=f"create or list {name}")
        actions = resource.add_subparsers(dest="action", required=True, metavar="ACTION")
        create = actions.add_parser("create", help=f"create one of the {name}")
        listing = actions.add_parser("list", help=f"list {name}")
        add(create, listing)
        for action in (create, listing):
            _add_json(action, default=argparse.SUPPRESS)
    for command in data_arguments.describe(resources):
        _add_json(command, default=argparse.SUPPRESS)


def _users(create: argparse.ArgumentParser, listing: argparse.ArgumentParser) -> None:
    create.add_argument("--username", required=True, help="its unique name")
    create.add_argument("--email", required=True, help="its unique address")
    create.add_argument("--name", help="its display name (default: the username)")
    create.add_argument("--administrator", action="store_true", help="let it do everything")
    _add_search(listing)


def _groups(create: argparse.ArgumentParser, listing: argparse.ArgumentParser) -> None:
    create.add_argument("--path", required=True, help="the last part of its path")
    create.add_argument("--parent", metavar="GROUP", help="id or full path of the group above (default: none)")
    _add_name_and_visibility(create)
    _add_search(listing)


def _projects(create: argparse.ArgumentParser, listing: argparse.ArgumentParser) -> None:
    create.add_argument("--group", required=True, help="id or full path of its group")
    create.add_argument("--path", required=True, help="the last part of its path")
    _add_name_and_visibility(create)
    listing.add_argument("--group", help="only those of this group and below it: its id or full path")
    _add_search(listing)


def _tokens(create: argparse.ArgumentParser, listing: argparse.ArgumentParser) -> None:
    for action in (create, listing):
        owner = action.add_mutually_exclusive_group(required=True)
        owner.add_argument("--user", metavar="USERNAME", help="a user's personal access tokens")
        owner.add_argument("--project", help="a project's tokens: its id or full path")
        owner.add_argument("--group", help="a group's tokens: its id or full path")
        action.add_argument("--deploy", action="store_true", help="deploy tokens instead of access tokens")
    create.add_argument("--name", required=True, help="what it is called")
    create.add_argument("--scopes", required=True, type=_scopes, help="what it may be used for, separated by commas")
    create.add_argument("--access-level", choices=_names(Role), help="the role of a project's or group's access token")
    create.add_argument("--expires-at", metavar="YYYY-MM-DD", help="the day, UTC, at whose start it expires")


def _add_name_and_visibility(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--name", help="the display name (default: the path)")
    parser.add_argument(
        "--visibility", choices=_names(Visibility), default="private", help="who sees it (default: private)"
    )


def _add_search(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--search", metavar="TEXT", help="only those whose name holds this text")


def _add_json(parser: argparse.ArgumentParser, *, default: object) -> None:
    parser.add_argument("--json", action="store_true", default=default, help="print JSON instead of a table")


def _names(numbers: type[enum.IntEnum]) -> list[str]:
    return [each.name.lower() for each in numbers]


def _scopes(text: str) -> list[str]:
    return [scope for scope in text.split(",") if scope]


def _address(text: str) -> addresses.Address:
    try:
        return addresses.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
