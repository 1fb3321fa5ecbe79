"""The systemd unit and the container file start the server with options that it knows."""

import configparser
import json
import shlex
from pathlib import Path

import pytest

from reference_server.programs import command_line, options, serve
from reference_server.programs.configuration import settle

DEPLOY = Path(__file__).parents[3] / "deploy"


class Unit(configparser.RawConfigParser):
    """A unit file; of an option that is given twice the last value."""

    def __init__(self) -> None:
        super().__init__(strict=False, interpolation=None)
        self.optionxform = str  # type: ignore[assignment, method-assign]  # the documented way to keep letters as they are


@pytest.fixture
def service() -> configparser.SectionProxy:
    unit = Unit()
    unit.read_string((DEPLOY / "generic-packages.service").read_text())
    return unit["Service"]


def settled(arguments: list[str]) -> dict[str, options.OptionValue]:
    given = vars(command_line._parser().parse_args(arguments))
    return settle(options.SERVE, {name.replace("_", "-"): value for name, value in given.items()}, None)


def test_the_unit_starts_the_server(service: configparser.SectionProxy) -> None:
    program, *arguments = shlex.split(service["ExecStart"])
    assert program.endswith("/bin/generic-packages-server")
    assert settled(arguments)["data"] == Path("%S") / service["StateDirectory"] / "data"


def test_the_unit_waits_longer_for_the_end_than_the_server_itself(service: configparser.SectionProxy) -> None:
    grace = options.GRACE_SECONDS.default
    assert isinstance(grace, int)
    needed = grace + serve._BEYOND_GRACE_SECONDS + serve._STORAGE_STOP_SECONDS
    assert float(service["TimeoutStopSec"]) > needed
    assert service["KillMode"] == "mixed"


def test_the_unit_does_not_restart_what_is_configured_wrongly(service: configparser.SectionProxy) -> None:
    assert command_line.main(["serve", "--odd"]) == int(service["RestartPreventExitStatus"])


def test_the_image_starts_the_server_for_everybody_on_the_port_that_it_exposes() -> None:
    lines = (DEPLOY / "Containerfile").read_text().splitlines()
    (entrypoint,) = [line.removeprefix("ENTRYPOINT") for line in lines if line.startswith("ENTRYPOINT")]
    program, *arguments = json.loads(entrypoint)
    values = settled(arguments)
    assert (program, values["host"]) == ("generic-packages-server", "0.0.0.0")
    assert f"EXPOSE {values['port']}" in lines
