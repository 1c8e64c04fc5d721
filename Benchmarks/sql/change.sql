-- One change: a bundle at rest starts to be packaged; one that is being packaged ends as it did before.
\set n random(1, 10000)
update example_bundle_status s set
  stage = next.stage, state = case next.stage when 'packaging' then 'running' else next.stage end,
  job_id = case next.stage when 'packaging' then gen_random_uuid()::text else s.job_id end,
  attempt = case next.stage when 'packaging' then 1 + s.attempt % 9 else s.attempt end,
  bytes_done = case next.stage when 'packaging' then 0 end,
  bytes_total = case next.stage when 'packaging' then 100000 end,
  version = next.version, checksum = next.checksum, filename = next.filename, artifact_id = next.id,
  completed_at = case next.stage when 'completed' then now() end,
  error = case next.stage when 'failed' then 'src/main.ts:14:22: Could not resolve "./parser"' end,
  updated_at = now(), stage_started_at = now()
  from example_bundle_status now_at
  left join example_bundle_artifacts a on a.slug = now_at.slug and now_at.state = 'running'
 cross join lateral (
       select case when now_at.state <> 'running' then 'packaging'
                   when a.id is null then 'failed'
                   else 'completed'
              end as stage, a.*) next
 where now_at.slug = 'bundle-' || lpad(:n::text, 6, '0') and s.slug = now_at.slug;
