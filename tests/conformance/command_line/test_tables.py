"""The selection of the outcome tables and validation lists, and their rows with the verdicts."""

from collections.abc import Callable

from conformance.command_line.run import TABLES
from conformance.requirements.catalogue import load_catalogue
from conformance.requirements.gitlab_version import Measure
from tests.conformance.conftest import Ran


def test_every_row_of_the_tables_is_judged_and_printed(run: Callable[..., Ran]) -> None:
    ran = run("--tables")
    assert ran.code == 1
    rows = [line.split("\t") for line in ran.output.splitlines() if "\t" in line]
    assert {row[0] for row in rows} == {one.id for one in load_catalogue().select(Measure(), only=TABLES)}
    assert [row[:2] for row in rows] == [[entry.id, entry.verdict] for entry in ran.results.requirements]
    assert "outcome.put-public-invalid-job-is-401\tfail\t" in ran.output
