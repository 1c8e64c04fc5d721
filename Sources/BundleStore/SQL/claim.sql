-- Takes jobs for one pod: expired leases first, then whatever is due. One statement, so one snapshot and one clock.
-- $1 owner uuid, $2 pod name, $3 lease interval, $4 the pod's catalogue text[], $5 how many, $6 attempts at the most
with claiming as (
  select 1 where not exists (select from bundletop_control where key in ('claiming.paused', 'claiming.paused:' || $2))),
expired as (
  select id from example_bundle_jobs
   where state = 'running'
     -- A lease that ends further ahead than any pod could have asked for counts as expired.
     and (lease_until < now() or lease_until > now() + 2 * $3::interval)
     -- A lost attempt does not count against the job; the cap ends bundles that kill every pod.
     and attempt < $6::int
     and slug = any($4::text[])
     and exists (select from claiming)
   order by lease_until limit $5::int for no key update skip locked),
fresh as (
  select id from example_bundle_jobs
   where state = 'queued' and run_at <= now() and attempt < max_attempts
     and slug = any($4::text[])
     and exists (select from claiming)
   order by priority, run_at, id limit $5::int - (select count(*) from expired) for no key update skip locked),
claimed as (
  update example_bundle_jobs j
     set state = 'running', attempt = j.attempt + 1, owner = $1::uuid, lease_until = now() + $3::interval,
         started_at = coalesce(j.started_at, now()),
         max_attempts = j.max_attempts + case j.state when 'running' then 1 else 0 end
   -- An array, because the planner takes a tenth of the queue for what a computed limit lets through, and would
   -- read the whole table to join it.
   where j.id = any(array(select id from expired union all select id from fresh))
  returning j.id, j.slug, j.attempt, j.max_attempts, j.options, j.created_at),
closed as (
  update example_bundle_attempts a
     set outcome = 'lost', ended_at = clock_timestamp(), error_class = 'lost',
         error = 'pod ' || a.pod || ' vanished; taken over by ' || $2::text
    from claimed c where a.job_id = c.id and a.attempt < c.attempt and a.outcome is null),
opened as (
  insert into example_bundle_attempts (job_id, attempt, slug, pod, owner, stages)
  select id, attempt, slug, $2::text, $1::uuid,
         jsonb_build_array(jsonb_build_object('stage', 'resolving', 'at', clock_timestamp()))
    from claimed),
shown as (
  insert into example_bundle_status as s
    (slug, fingerprint, stage, state, job_id, attempt, pod, stage_started_at, created_at, updated_at)
  select slug, 'pending', 'resolving', 'running', id::text, attempt, $2::text, clock_timestamp(), clock_timestamp(),
         clock_timestamp()
    from claimed
  on conflict (slug) do update
     set stage = excluded.stage, state = excluded.state, job_id = excluded.job_id, attempt = excluded.attempt,
         pod = excluded.pod, stage_started_at = excluded.stage_started_at, updated_at = excluded.updated_at,
         version = null, checksum = null, filename = null, cached = null, error = null, message = null,
         artifact_id = null, completed_at = null, bytes_done = null, bytes_total = null)
select id::text, slug, attempt, max_attempts, options::text from claimed order by created_at, id;
