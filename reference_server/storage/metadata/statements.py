"""The statements of the hot paths, which each engine writes out in its own SQL."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Statements:
    """One statement for each question and change of the hot paths; they select the columns of rows.py."""

    access_token: str
    deploy_token: str
    running_job: str
    project_by_id: str
    project_by_path: str
    projects_of_group: str
    projects_below_group: str
    is_below: str
    job_token_scope: str
    settings: str
    terms: str
    package: str
    file_exists: str
    newest_record: str
    newest_content: str
    file_by_id: str
    blob_exists: str
    insert_package: str
    update_status: str
    note_download: str
    insert_blob: str
    insert_file: str
    insert_pipeline: str
