/// AppHub's side of the database, written from the contract's section 4: its two tables and its two statements.
enum AppHubTables {
  /// What AppHub's migration makes.
  static let create = """
    create table example_bundle_artifacts (
      id text primary key, slug text not null, fingerprint text not null, version text, checksum text not null,
      filename text, storage_kind text not null check (storage_kind in ('local', 's3')), storage_key text not null,
      storage_url text, content_type text, size bigint, job_id text,
      uploaded_at timestamptz not null default now(), created_at timestamptz not null default now(),
      unique (slug, fingerprint));
    create index idx_example_bundle_artifacts_slug on example_bundle_artifacts (slug, uploaded_at desc);
    create table example_bundle_status (
      slug text primary key, fingerprint text not null, stage text not null,
      state text not null check (state in ('queued', 'running', 'completed', 'failed')),
      job_id text, version text, checksum text, filename text, cached boolean, error text, message text,
      artifact_id text references example_bundle_artifacts (id) on delete set null,
      completed_at timestamptz, created_at timestamptz not null default now(),
      updated_at timestamptz not null default now());
    create index idx_example_bundle_status_updated on example_bundle_status (updated_at desc);
    """

  /// Rows of a database in use: one completed, one failed.
  static let rows = """
    insert into example_bundle_artifacts (id, slug, fingerprint, version, checksum, filename, storage_kind,
      storage_key, storage_url, content_type, size, job_id)
    values ('a-1', 'old-done', 'abc', '1.2', repeat('0', 64), 'old-done-1.2.tgz', 's3', 'old-done/abc/old-done-1.2.tgz',
      's3://b/old-done/abc/old-done-1.2.tgz', 'application/gzip', 42, 'old-done');
    insert into example_bundle_status (slug, fingerprint, stage, state, job_id, version, checksum, filename, cached,
      artifact_id, completed_at)
    values ('old-done', 'abc', 'completed', 'completed', 'old-done', '1.2', repeat('0', 64), 'old-done-1.2.tgz', false,
      'a-1', now());
    insert into example_bundle_status (slug, fingerprint, stage, state, job_id, error)
    values ('old-failed', 'def', 'failed', 'failed', 'old-failed', 'example bundle packaging failed');
    """

  /// AppHub's upsert of a status: keeps `created_at`, replaces the rest.
  static let upsertStatus = """
    insert into example_bundle_status (slug, fingerprint, stage, state, job_id, version, checksum, filename, cached,
      error, message, artifact_id, completed_at, created_at, updated_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, now(), now())
    on conflict (slug) do update set fingerprint = excluded.fingerprint, stage = excluded.stage,
      state = excluded.state, job_id = excluded.job_id, version = excluded.version, checksum = excluded.checksum,
      filename = excluded.filename, cached = excluded.cached, error = excluded.error, message = excluded.message,
      artifact_id = excluded.artifact_id, completed_at = excluded.completed_at, updated_at = excluded.updated_at
    returning slug
    """

  /// AppHub's upsert of an artifact: replaces everything and sets `uploaded_at`.
  static let upsertArtifact = """
    insert into example_bundle_artifacts (id, slug, fingerprint, version, checksum, filename, storage_kind,
      storage_key, storage_url, content_type, size, job_id, uploaded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, now())
    on conflict (slug, fingerprint) do update set version = excluded.version, checksum = excluded.checksum,
      filename = excluded.filename, storage_kind = excluded.storage_kind, storage_key = excluded.storage_key,
      storage_url = excluded.storage_url, content_type = excluded.content_type, size = excluded.size,
      job_id = excluded.job_id, uploaded_at = excluded.uploaded_at
    returning id
    """
}
