-- Shows how far an attempt is. The job row is locked first, so that a write of an attempt which is losing its job at
-- this moment waits, looks again and writes nothing.
-- The whole row is written, for another program may have written to it meanwhile: its version, checksum and artifact
-- must not stand beside our stage. What does not change costs nothing; no indexed column is among them.
-- $1 job, $2 attempt, $3 owner, $4 stage (of the running ones), $5 message, $6 bytes done, $7 bytes total,
-- $8 fingerprint or null
with j as (
  select id, slug, attempt from example_bundle_jobs
   where id = $1::uuid and attempt = $2::int and owner = $3::uuid and state = 'running' for no key update),
shown as (
  update example_bundle_status s
     set stage = $4::text, state = 'running', message = $5::text, bytes_done = $6::bigint, bytes_total = $7::bigint,
         fingerprint = coalesce($8::text, s.fingerprint),
         job_id = j.id::text, attempt = j.attempt,
         pod = (select a.pod from example_bundle_attempts a where a.job_id = j.id and a.attempt = j.attempt),
         version = null, checksum = null, filename = null, cached = null, error = null, artifact_id = null,
         completed_at = null,
         stage_started_at = case when s.stage = $4::text then s.stage_started_at else clock_timestamp() end,
         updated_at = clock_timestamp()
    from j where s.slug = j.slug),
timed as (
  update example_bundle_attempts a
     set stages = a.stages || jsonb_build_array(jsonb_build_object('stage', $4::text, 'at', clock_timestamp())),
         fingerprint = coalesce($8::text, a.fingerprint)
    from j
   where a.job_id = $1::uuid and a.attempt = $2::int and a.stages -> -1 ->> 'stage' is distinct from $4::text)
select slug from j;
