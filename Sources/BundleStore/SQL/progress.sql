-- Shows how far an attempt is. The job row is locked first, so that a write of an attempt which is losing its job at
-- this moment waits, looks again and writes nothing.
-- $1 job, $2 attempt, $3 owner, $4 stage, $5 state, $6 message, $7 bytes done, $8 bytes total, $9 fingerprint or null
with j as (
  select slug from example_bundle_jobs
   where id = $1::uuid and attempt = $2::int and owner = $3::uuid and state = 'running' for no key update),
shown as (
  update example_bundle_status s
     set stage = $4::text, state = $5::text, message = $6::text, bytes_done = $7::bigint, bytes_total = $8::bigint,
         fingerprint = coalesce($9::text, s.fingerprint),
         stage_started_at = case when s.stage = $4::text then s.stage_started_at else clock_timestamp() end,
         updated_at = clock_timestamp()
    from j where s.slug = j.slug),
timed as (
  update example_bundle_attempts a
     set stages = a.stages || jsonb_build_array(jsonb_build_object('stage', $4::text, 'at', clock_timestamp())),
         fingerprint = coalesce($9::text, a.fingerprint)
    from j
   where a.job_id = $1::uuid and a.attempt = $2::int and a.stages -> -1 ->> 'stage' is distinct from $4::text)
select slug from j;
