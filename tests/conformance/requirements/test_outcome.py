"""The table of outcomes: what its cells become."""

import pytest

from conformance.requirements.outcome import cell_entries

HEAD = "row | actor | scheme | PUT public | PUT private | GET public | GET private | known\n"


def test_a_cell_becomes_an_id_a_sentence_a_source_and_a_case() -> None:
    (only,) = cell_entries(HEAD + "guest-job | job-guest | JOB-TOKEN | - | 403 | - | - | source")
    assert only == (
        "outcome.put-private-guest-job-is-403",
        {
            "editions": ["15", "current"],
            "sentence": "The token of a running job of a guest may not publish to a private project: 403.",
            "source": "app/policies/project_policy.rb, create_package",
            "capability": "job-tokens",
            "case": {"PUT": "private", "actor": "job-guest", "scheme": "JOB-TOKEN", "status": 403},
        },
    )


def test_a_cell_with_two_statuses_is_a_requirement_of_each_edition() -> None:
    entries = dict(cell_entries(HEAD + "guest-job | job-guest | JOB-TOKEN | - | - | - | 403/200 | source"))
    assert {identifier: entry["editions"] for identifier, entry in entries.items()} == {
        "outcome.get-private-guest-job-is-403": ["15"],
        "outcome.get-private-guest-job-is-200": ["current"],
    }


def test_a_row_with_too_few_cells_is_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        list(cell_entries(HEAD + "guest | user-guest | PRIVATE-TOKEN | 403 | 403 | 200 | pinned"))
