"""The statements of the hot paths in SQLite's SQL."""

from __future__ import annotations

from reference_server.storage.metadata.statements import Statements

_PROJECT = """SELECT p.id, p.group_id, p.visibility, p.package_access,
        (SELECT m.access_level FROM project_members m WHERE m.project_id = p.id AND m.user_id = :user
            AND (m.expires_at IS NULL OR m.expires_at > :now)),
        (SELECT max(m.access_level) FROM group_ancestors a JOIN group_members m ON m.group_id = a.ancestor_id
            WHERE a.group_id = p.group_id AND m.user_id = :user AND (m.expires_at IS NULL OR m.expires_at > :now))
    FROM projects p WHERE """
_FILE = """p.status,
        f.id, f.package_id, p.project_id, f.file_name, f.size, f.sha256, f.md5, f.sha1, f.created_at
    FROM packages p JOIN package_files f ON f.package_id = p.id WHERE """
_NEWEST_FILE = (
    f"{_FILE} p.project_id = ? AND p.name = ? AND p.version = ? AND f.file_name = ? ORDER BY f.id DESC LIMIT 1"
)
_CONTENT = "(SELECT b.content FROM blobs b WHERE b.sha256 = f.sha256)"

STATEMENTS = Statements(
    access_token="""SELECT t.id, t.digest, t.user_id, u.administrator, u.blocked, t.scopes, t.expires_at, t.revoked,
            t.last_used_at
        FROM access_tokens t JOIN users u ON u.id = t.user_id WHERE t.digest = ?""",  # noqa: S106 -- a statement
    deploy_token="""SELECT id, digest, project_id, group_id, scopes, expires_at, revoked
        FROM deploy_tokens WHERE digest = ?""",  # noqa: S106 -- a statement
    running_job="""SELECT j.digest, l.user_id, u.administrator, u.blocked, l.project_id, l.id
        FROM jobs j JOIN pipelines l ON l.id = j.pipeline_id JOIN users u ON u.id = l.user_id
        WHERE j.digest = ? AND j.status = 2""",
    project_by_id=f"{_PROJECT} p.id = :project",
    project_by_path=f"{_PROJECT} p.full_path = :project",
    projects_of_group=f"{_PROJECT} p.group_id = :group",
    projects_below_group=f"{_PROJECT} p.group_id IN (SELECT group_id FROM group_ancestors WHERE ancestor_id = :group)",  # noqa: S608 -- ours
    is_below="SELECT 1 FROM group_ancestors WHERE group_id = ? AND ancestor_id = ?",
    job_token_scope="""SELECT t.job_tokens_restricted, s.path, t.path,
            EXISTS (SELECT 1 FROM job_token_allowlist WHERE project_id = t.id AND source_id = s.id)
        FROM projects s, projects t WHERE s.id = ? AND t.id = ?""",  # noqa: S106 -- a statement
    settings="SELECT duplicates_allowed, duplicate_exception_regex FROM package_settings WHERE group_id = ?",
    terms="""SELECT (SELECT maximum_file_bytes FROM package_limits WHERE project_id = :project),
            EXISTS (SELECT 1 FROM protection_rules WHERE project_id = :project)""",
    package="SELECT id, status FROM packages WHERE project_id = ? AND name = ? AND version = ?",
    file_exists="SELECT 1 FROM package_files WHERE package_id = ? AND file_name = ? LIMIT 1",
    newest_record=f"SELECT NULL, {_NEWEST_FILE}",
    newest_content=f"SELECT {_CONTENT}, {_NEWEST_FILE}",
    file_by_id=f"SELECT {_CONTENT}, {_FILE} f.id = ? AND p.id = ? AND p.project_id = ?",
    blob_exists="SELECT 1 FROM blobs WHERE sha256 = ?",
    insert_package="INSERT INTO packages (project_id, name, version, status, created_at) VALUES (?, ?, ?, ?, ?)",
    update_status="UPDATE packages SET status = ? WHERE id = ?",
    note_download="UPDATE packages SET last_downloaded_at = ? WHERE id = ?",
    insert_blob="""INSERT INTO blobs (sha256, size, content) VALUES (?, ?, ?)
        ON CONFLICT (sha256) DO UPDATE SET content = excluded.content
        WHERE content IS NULL AND excluded.content IS NOT NULL""",
    insert_file="""INSERT INTO package_files
            (package_id, file_name, sha256, size, md5, sha1, created_at, pipeline_id)
        VALUES (?, ?, ?, ?, ?, ?, ?, (SELECT id FROM pipelines WHERE id = ?))""",
    insert_pipeline="""INSERT INTO package_pipelines (package_id, pipeline_id)
        SELECT ?, id FROM pipelines WHERE id = ? ON CONFLICT DO NOTHING""",
)
