"""The table of outcomes: what its cells become."""

import pytest

from conformance.requirements.outcome import cell_entries

HEAD = "row | actor | scheme | PUT public | PUT private | GET public | GET private | known\n"


def test_a_cell_becomes_an_id_a_sentence_a_source_and_a_case() -> None:
    (only,) = cell_entries(HEAD + "guest-job | job-guest | JOB-TOKEN | - | 403 | - | - | source", {})
    assert only == (
        "outcome.put-private-guest-job-is-403",
        {
            "sentence": "The token of a running job of a guest may not publish to a private project: 403.",
            "source": "gitlab-org/gitlab v18.4.0-ee app/policies/project_policy.rb: create_package",
            "capability": "job-tokens",
            "case": {"PUT": "private", "actor": "job-guest", "scheme": "JOB-TOKEN", "status": 403},
        },
    )


def test_a_status_begins_where_the_one_before_it_ends() -> None:
    cells = "guest-job | job-guest | JOB-TOKEN | - | - | - | 403 until 16.8, 200 | source"
    entries = dict(cell_entries(HEAD + cells, {}))
    assert entries["outcome.get-private-guest-job-is-403"]["until"] == "16.8"
    assert entries["outcome.get-private-guest-job-is-200"]["since"] == "16.8"
    assert "until" not in entries["outcome.get-private-guest-job-is-200"]


def test_a_cell_names_flags_by_their_short_names() -> None:
    cells = "guest-job | job-guest | JOB-TOKEN | - | - | - | 403 without pull, 200 since 17.9 with pull | source"
    entries = dict(cell_entries(HEAD + cells, {"pull": "a_flag_of_gitlab"}))
    assert entries["outcome.get-private-guest-job-is-403"]["without_feature"] == "a_flag_of_gitlab"
    assert entries["outcome.get-private-guest-job-is-200"]["feature"] == "a_flag_of_gitlab"
    assert entries["outcome.get-private-guest-job-is-200"]["since"] == "17.9"


@pytest.mark.parametrize("cell", ["401 until", "401 after 16.8", "401/200", "often"])
def test_a_cell_that_is_no_status_with_its_conditions_is_refused(cell: str) -> None:
    with pytest.raises(ValueError, match="is no status with its conditions"):
        list(cell_entries(HEAD + f"guest | user-guest | PRIVATE-TOKEN | {cell} | - | - | - | pinned", {}))


def test_a_row_with_too_few_cells_is_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        list(cell_entries(HEAD + "guest | user-guest | PRIVATE-TOKEN | 403 | 403 | 200 | pinned", {}))
