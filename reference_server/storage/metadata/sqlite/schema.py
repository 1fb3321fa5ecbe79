"""The statements of each migration. A released migration never changes: a change to the schema is a new one.

Times are milliseconds since 1970 UTC. The numbers of visibilities, roles, package access levels, runner types and
statuses are the contract's.
"""

from __future__ import annotations

_IDENTITY = (
    """CREATE TABLE users (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        username TEXT NOT NULL UNIQUE COLLATE NOCASE,
        name TEXT NOT NULL,
        administrator INTEGER NOT NULL,
        bot INTEGER NOT NULL,
        created_at INTEGER NOT NULL)""",
    """CREATE TABLE groups (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        parent_id INTEGER REFERENCES groups (id),
        name TEXT NOT NULL,
        path TEXT NOT NULL,
        full_path TEXT NOT NULL UNIQUE COLLATE NOCASE,
        visibility INTEGER NOT NULL,
        created_at INTEGER NOT NULL)""",
    """CREATE INDEX groups_of_parent ON groups (parent_id)""",
    # Every group with itself (distance 0) and all groups above it.
    """CREATE TABLE group_ancestors (
        group_id INTEGER NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
        ancestor_id INTEGER NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
        distance INTEGER NOT NULL,
        PRIMARY KEY (group_id, ancestor_id)) WITHOUT ROWID""",
    """CREATE INDEX descendants_of_group ON group_ancestors (ancestor_id)""",
    """CREATE TABLE projects (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        group_id INTEGER NOT NULL REFERENCES groups (id),
        name TEXT NOT NULL,
        path TEXT NOT NULL,
        full_path TEXT NOT NULL UNIQUE COLLATE NOCASE,
        visibility INTEGER NOT NULL,
        created_at INTEGER NOT NULL)""",
    """CREATE INDEX projects_of_group ON projects (group_id)""",
    """CREATE TABLE group_members (
        group_id INTEGER NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
        user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        access_level INTEGER NOT NULL,
        PRIMARY KEY (group_id, user_id)) WITHOUT ROWID""",
    """CREATE INDEX groups_of_member ON group_members (user_id)""",
    """CREATE TABLE project_members (
        project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
        user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        access_level INTEGER NOT NULL,
        PRIMARY KEY (project_id, user_id)) WITHOUT ROWID""",
    """CREATE INDEX projects_of_member ON project_members (user_id)""",
    # project_id is the project of a project access token, NULL for a person's own token.
    """CREATE TABLE access_tokens (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        project_id INTEGER REFERENCES projects (id) ON DELETE CASCADE,
        name TEXT NOT NULL,
        digest BLOB NOT NULL UNIQUE,
        scopes TEXT NOT NULL,
        expires_at INTEGER,
        revoked INTEGER NOT NULL,
        created_at INTEGER NOT NULL)""",
    """CREATE INDEX access_tokens_of_project ON access_tokens (project_id)""",
    """CREATE INDEX access_tokens_of_user ON access_tokens (user_id)""",
    """CREATE TABLE deploy_tokens (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
        name TEXT NOT NULL,
        username TEXT NOT NULL,
        digest BLOB NOT NULL UNIQUE,
        scopes TEXT NOT NULL,
        expires_at INTEGER,
        revoked INTEGER NOT NULL,
        created_at INTEGER NOT NULL)""",
    """CREATE INDEX deploy_tokens_of_project ON deploy_tokens (project_id)""",
)

_PACKAGES = (
    """CREATE TABLE package_settings (
        group_id INTEGER PRIMARY KEY REFERENCES groups (id) ON DELETE CASCADE,
        duplicates_allowed INTEGER NOT NULL,
        duplicate_exception_regex TEXT NOT NULL)""",
    """CREATE TABLE packages (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        project_id INTEGER NOT NULL REFERENCES projects (id),
        name TEXT NOT NULL,
        version TEXT NOT NULL,
        status INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        UNIQUE (project_id, name, version))""",
    # content is NULL for content that is kept as a file on the volume.
    """CREATE TABLE blobs (
        sha256 BLOB NOT NULL PRIMARY KEY,
        size INTEGER NOT NULL,
        content BLOB)""",
    """CREATE TABLE package_files (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        package_id INTEGER NOT NULL REFERENCES packages (id),
        file_name TEXT NOT NULL,
        sha256 BLOB NOT NULL REFERENCES blobs (sha256),
        size INTEGER NOT NULL,
        md5 BLOB,
        sha1 BLOB,
        created_at INTEGER NOT NULL)""",
    """CREATE INDEX package_files_of_package ON package_files (package_id, file_name)""",
    """CREATE INDEX package_files_of_blob ON package_files (sha256)""",
)

_PEOPLE_AND_CI = (
    "ALTER TABLE users ADD COLUMN email TEXT NOT NULL DEFAULT '' COLLATE NOCASE",
    "ALTER TABLE users ADD COLUMN blocked INTEGER NOT NULL DEFAULT 0",
    "CREATE UNIQUE INDEX users_by_email ON users (email) WHERE email <> ''",
    "ALTER TABLE projects ADD COLUMN package_access INTEGER NOT NULL DEFAULT 3",
    # NULL as long as nobody has chosen: the version of GitLab decides.
    "ALTER TABLE projects ADD COLUMN job_tokens_restricted INTEGER",
    "ALTER TABLE group_members ADD COLUMN expires_at INTEGER",
    "ALTER TABLE group_members ADD COLUMN created_at INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE project_members ADD COLUMN expires_at INTEGER",
    "ALTER TABLE project_members ADD COLUMN created_at INTEGER NOT NULL DEFAULT 0",
    # A token of a project, of a group, or (with neither) of a person.
    "ALTER TABLE access_tokens ADD COLUMN group_id INTEGER REFERENCES groups (id) ON DELETE CASCADE",
    "CREATE INDEX access_tokens_of_group ON access_tokens (group_id)",
    # project_id may be NULL from now on, which SQLite changes in a new table alone.
    """CREATE TABLE new_deploy_tokens (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        project_id INTEGER REFERENCES projects (id) ON DELETE CASCADE,
        group_id INTEGER REFERENCES groups (id) ON DELETE CASCADE,
        name TEXT NOT NULL,
        username TEXT NOT NULL,
        digest BLOB NOT NULL UNIQUE,
        scopes TEXT NOT NULL,
        expires_at INTEGER,
        revoked INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        CHECK ((project_id IS NULL) <> (group_id IS NULL)))""",
    """INSERT INTO new_deploy_tokens
        SELECT id, project_id, NULL, name, username, digest, scopes, expires_at, revoked, created_at
        FROM deploy_tokens""",
    "DROP TABLE deploy_tokens",
    "ALTER TABLE new_deploy_tokens RENAME TO deploy_tokens",
    "CREATE INDEX deploy_tokens_of_project ON deploy_tokens (project_id)",
    "CREATE INDEX deploy_tokens_of_group ON deploy_tokens (group_id)",
    """CREATE TABLE runners (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        type INTEGER NOT NULL,
        group_id INTEGER REFERENCES groups (id) ON DELETE CASCADE,
        project_id INTEGER REFERENCES projects (id) ON DELETE CASCADE,
        description TEXT NOT NULL,
        digest BLOB NOT NULL UNIQUE,
        created_at INTEGER NOT NULL)""",
    "CREATE INDEX runners_of_group ON runners (group_id)",
    "CREATE INDEX runners_of_project ON runners (project_id)",
    """CREATE TABLE pipelines (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        iid INTEGER NOT NULL,
        project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
        user_id INTEGER REFERENCES users (id) ON DELETE SET NULL,
        ref TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        UNIQUE (project_id, iid))""",
    "CREATE INDEX pipelines_of_user ON pipelines (user_id)",
    # The digest is that of the job's token, which is made when a runner takes the job.
    """CREATE TABLE jobs (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        pipeline_id INTEGER NOT NULL UNIQUE REFERENCES pipelines (id) ON DELETE CASCADE,
        runner_id INTEGER REFERENCES runners (id) ON DELETE SET NULL,
        status INTEGER NOT NULL,
        digest BLOB UNIQUE,
        created_at INTEGER NOT NULL,
        started_at INTEGER,
        finished_at INTEGER)""",
    "CREATE INDEX jobs_of_runner ON jobs (runner_id)",
    "CREATE INDEX jobs_that_wait ON jobs (id) WHERE status = 1",
    # The jobs of source_id are let into project_id.
    """CREATE TABLE job_token_allowlist (
        project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
        source_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
        PRIMARY KEY (project_id, source_id)) WITHOUT ROWID""",
    "CREATE INDEX projects_that_let_in ON job_token_allowlist (source_id)",
)

_PACKAGES_IN_FULL = (
    "ALTER TABLE packages ADD COLUMN last_downloaded_at INTEGER",
    # Each order of a list has an index that ends with what the list must know, so that skipped rows stay unread.
    "CREATE INDEX packages_by_creation ON packages (project_id, created_at, id, status)",
    "CREATE INDEX packages_by_name ON packages (project_id, name, id, status)",
    "CREATE INDEX packages_by_version ON packages (project_id, version, id, status)",
    # The pipeline whose job published the file.
    "ALTER TABLE package_files ADD COLUMN pipeline_id INTEGER REFERENCES pipelines (id) ON DELETE SET NULL",
    "CREATE INDEX package_files_of_pipeline ON package_files (pipeline_id) WHERE pipeline_id IS NOT NULL",
    # The pipelines whose jobs published files of a package, which outlast the files.
    """CREATE TABLE package_pipelines (
        package_id INTEGER NOT NULL REFERENCES packages (id) ON DELETE CASCADE,
        pipeline_id INTEGER NOT NULL REFERENCES pipelines (id) ON DELETE CASCADE,
        PRIMARY KEY (package_id, pipeline_id)) WITHOUT ROWID""",
    "CREATE INDEX packages_of_pipeline ON package_pipelines (pipeline_id)",
    """CREATE TABLE package_limits (
        project_id INTEGER PRIMARY KEY REFERENCES projects (id) ON DELETE CASCADE,
        maximum_file_bytes INTEGER NOT NULL)""",
    # The levels are roles, or 60 for administrators; NULL where the rule does not say.
    """CREATE TABLE protection_rules (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
        package_type TEXT NOT NULL,
        name_pattern TEXT NOT NULL,
        push_level INTEGER,
        delete_level INTEGER,
        UNIQUE (project_id, package_type, name_pattern))""",
)

_VOLUME_IDENTITY = ("CREATE TABLE volume_identity (identity TEXT NOT NULL)",)

_VERSIONS_OF_GITLAB = (
    "ALTER TABLE projects ADD COLUMN marked_for_deletion_at INTEGER",
    "ALTER TABLE groups ADD COLUMN marked_for_deletion_at INTEGER",
    # By which runners of the project or of the group register.
    """CREATE TABLE registration_tokens (
        digest BLOB NOT NULL PRIMARY KEY,
        project_id INTEGER UNIQUE REFERENCES projects (id) ON DELETE CASCADE,
        group_id INTEGER UNIQUE REFERENCES groups (id) ON DELETE CASCADE,
        CHECK ((project_id IS NULL) <> (group_id IS NULL)))""",
)

_USES_OF_TOKENS = (
    "ALTER TABLE access_tokens ADD COLUMN last_used_at INTEGER",
    # The token that this one replaced.
    "ALTER TABLE access_tokens ADD COLUMN rotated_from INTEGER REFERENCES access_tokens (id) ON DELETE SET NULL",
    "CREATE INDEX access_tokens_by_predecessor ON access_tokens (rotated_from) WHERE rotated_from IS NOT NULL",
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    _IDENTITY + _PACKAGES,
    _PEOPLE_AND_CI,
    _PACKAGES_IN_FULL,
    _VOLUME_IDENTITY,
    _VERSIONS_OF_GITLAB,
    _USES_OF_TOKENS,
)
"""The statements of each migration; the first brings the schema to version 1, the second to version 2, and so on."""
