-- What the migration's journal says of one directory.
-- $1 source
select path, kind, size, modified_at, sha256, slug, fingerprint, outcome, reason, storage_key
  from example_bundle_migrations where source = $1;
