-- The bundles with the artifacts that their rows point at, in the order of their names, so many at once: nobody
-- needs the memory for all of them.
-- $1 the last name of the page before, or null, $2 how many
select s.slug, s.fingerprint, s.stage, s.state, s.job_id, s.version, s.checksum, s.filename, s.cached, s.error,
       s.message, s.created_at, s.updated_at, s.completed_at, s.attempt, s.pod, s.bytes_done, s.bytes_total,
       s.stage_started_at,
       a.id, a.slug, a.fingerprint, a.version, a.checksum, a.filename, a.storage_kind, a.storage_key, a.storage_url,
       a.content_type, a.size, a.job_id, a.uploaded_at, a.created_at, a.verified_at, a.verification
  from example_bundle_status s left join example_bundle_artifacts a on a.id = s.artifact_id
 where $1::text is null or s.slug > $1
 order by s.slug limit $2::int;
