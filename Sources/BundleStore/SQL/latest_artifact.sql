-- The newest artifact of a bundle: what its status points at, else what was uploaded last.
-- $1 slug
select a.id, a.slug, a.fingerprint, a.version, a.checksum, a.filename, a.storage_kind, a.storage_key, a.storage_url,
       a.content_type, a.size, a.job_id, a.uploaded_at, a.created_at, a.verified_at, a.verification
  from example_bundle_artifacts a left join example_bundle_status s on s.artifact_id = a.id
 where a.slug = $1 order by s.slug is null, a.uploaded_at desc, a.id limit 1;
