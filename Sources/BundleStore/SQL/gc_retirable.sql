-- $1 how many artifacts of each bundle stay, $2 how long each stays at least
select id, slug, fingerprint, version, checksum, filename, storage_kind, storage_key, storage_url, content_type, size,
       job_id, uploaded_at, created_at, verified_at, verification
  from bundletop_gc_retirable($1::int, $2::interval, null);
