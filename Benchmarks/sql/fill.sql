-- As many bundles as asked for, all one in eight failed, the others completed, all at rest for five and a half
-- hours, so that no age on the screen changes during a measurement.
-- :bundles how many
truncate example_bundle_status, example_bundle_artifacts;

insert into example_bundle_artifacts
  (id, slug, fingerprint, version, checksum, filename, storage_kind, storage_key, storage_url, content_type, size,
   job_id, uploaded_at)
select md5('artifact' || n), slug, fingerprint, version, checksum, filename, 's3',
       slug || '/' || fingerprint || '/' || left(checksum, 16) || '/' || filename,
       's3://apphub-example-bundles/' || slug || '/' || fingerprint || '/' || left(checksum, 16) || '/' || filename,
       'application/gzip', 4096 + n * 37 % 900000, gen_random_uuid()::text, now() - interval '330 minutes'
  from generate_series(1, :bundles) n
 cross join lateral (select 'bundle-' || lpad(n::text, 6, '0') as slug,
                            encode(sha256(n::text::bytea), 'hex') as checksum,
                            encode(sha256(('f' || n)::bytea), 'hex') as fingerprint,
                            '1.' || n % 10 || '.0' as version) made
 cross join lateral (select slug || '-' || version || '.tgz' as filename) named
 where n % 8 <> 1;

insert into example_bundle_status
  (slug, fingerprint, stage, state, job_id, version, checksum, filename, cached, error, artifact_id, completed_at,
   created_at, updated_at, attempt, pod, stage_started_at)
select coalesce(a.slug, 'bundle-' || lpad(n::text, 6, '0')),
       coalesce(a.fingerprint, encode(sha256(('f' || n)::bytea), 'hex')),
       case when a.id is null then 'failed' else 'completed' end,
       case when a.id is null then 'failed' else 'completed' end,
       coalesce(a.job_id, gen_random_uuid()::text), a.version, a.checksum, a.filename, false,
       case when a.id is null then 'src/main.ts:14:22: Could not resolve "./parser-' || n || '"' end,
       a.id, case when a.id is not null then now() - interval '330 minutes' end,
       now() - interval '360 minutes', now() - interval '330 minutes', 1, 'pod-' || chr(97 + n % 3),
       now() - interval '330 minutes'
  from generate_series(1, :bundles) n
  left join example_bundle_artifacts a on a.id = md5('artifact' || n);

-- The feed of the filling itself is of no interest; whoever followed it reads everything again.
with gone as (delete from example_bundle_events)
update bundletop_control set value = (pg_current_xact_id()::text::numeric + 1)::text where key = 'feed.floor';
vacuum analyze example_bundle_status, example_bundle_artifacts, example_bundle_events;
