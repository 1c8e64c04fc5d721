-- Every bundle, as the pods' status route serves them: newest change first, with the snapshot that they were read in.
-- The first column is there even when there is no bundle.
select pg_current_snapshot()::text as snapshot,
       s.slug, s.fingerprint, s.stage, s.state, s.job_id, s.version, s.checksum, s.filename, s.cached, s.error,
       s.message, s.created_at, s.updated_at, s.completed_at, s.attempt, s.pod, s.bytes_done, s.bytes_total,
       s.stage_started_at,
       a.id, a.slug, a.fingerprint, a.version, a.checksum, a.filename, a.storage_kind, a.storage_key, a.storage_url,
       a.content_type, a.size, a.job_id, a.uploaded_at, a.created_at, a.verified_at, a.verification
  from (select) one
  left join (example_bundle_status s left join example_bundle_artifacts a on a.id = s.artifact_id) on true
 order by s.updated_at desc, s.slug collate "C";
