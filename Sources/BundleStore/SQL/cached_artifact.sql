-- The artifact of one fingerprint of a bundle.
-- $1 slug, $2 fingerprint
select id, slug, fingerprint, version, checksum, filename, storage_kind, storage_key, storage_url, content_type, size,
       job_id, uploaded_at, created_at, verified_at, verification
  from example_bundle_artifacts where slug = $1 and fingerprint = $2;
