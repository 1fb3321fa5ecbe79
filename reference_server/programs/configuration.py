"""Puts command line, configuration file and defaults together: the command line wins, then the file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from reference_server.programs.options import Option, OptionValue
from reference_server.programs.refusals import UsageRefusedError

_KINDS = {str: "a string", int: "a whole number", bool: "true or false", list: "a list of strings"}


def settle(
    options: Sequence[Option], given: Mapping[str, str | bool | list[str]], file: Path | None
) -> dict[str, OptionValue]:
    """Give every option's value by name. Raises UsageRefusedError naming what is wrong."""
    from_file = read_file(file, options) if file is not None else {}
    values: dict[str, OptionValue] = {}
    for option in options:
        if option.name in given:
            values[option.name] = _read(option, given[option.name], f"--{option.name}")
        elif option.name in from_file:
            values[option.name] = from_file[option.name]
        elif option.required:
            raise UsageRefusedError(f"--{option.name} {option.metavar} is missing: {option.help}")
        else:
            values[option.name] = option.default
    return values


def read_file(path: Path, options: Sequence[Option]) -> dict[str, OptionValue]:
    """Read a TOML file whose keys are the long options without their dashes. Raises UsageRefusedError."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageRefusedError(f"configuration {path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageRefusedError(f"configuration {path} is not TOML: {error}") from None
    known = {option.name: option for option in options}
    values: dict[str, OptionValue] = {}
    for key, value in content.items():
        option = known.get(key)
        if option is None:
            raise UsageRefusedError(f"configuration {path}: unknown key {key!r}; known are {', '.join(sorted(known))}")
        texts = value if isinstance(value, list) else []
        if type(value) is not option.kind or not all(isinstance(text, str) for text in texts):
            raise UsageRefusedError(f"configuration {path}: {key} must be {_KINDS[option.kind]}")
        values[key] = _read(option, value, f"configuration {path}: {key}")
    return values


def _read(option: Option, value: str | float | list[str], where: str) -> OptionValue:
    """Make an option's value of what was written."""
    if isinstance(value, bool):
        return value
    try:
        if isinstance(value, list):
            return tuple(str(option.read(one)) for one in value)
        return option.read(str(value))
    except ValueError as error:
        raise UsageRefusedError(f"{where}: {error}") from None
