-- Status files of AppHub's into the table, as psql can alone. Standard input: one JSON text a line.
create temp table legacy (status jsonb);
\copy legacy from pstdin with (format csv, quote e'\x01', delimiter e'\x02')
insert into example_bundle_artifacts
  (id, slug, fingerprint, version, checksum, filename, storage_kind, storage_key, content_type)
select gen_random_uuid()::text, status->>'slug', status->>'fingerprint', status->>'version', status->>'checksum',
       status->>'filename', 's3', concat_ws('/', status->>'slug', status->>'fingerprint', status->>'filename'),
       'application/gzip'
  from legacy where status->>'state' = 'completed';
insert into example_bundle_status
  (slug, fingerprint, stage, state, job_id, version, checksum, filename, error, message, updated_at, created_at)
select status->>'slug', status->>'fingerprint', status->>'stage', status->>'state', status->>'jobId',
       status->>'version', status->>'checksum', status->>'filename', status->>'error', status->>'message',
       (status->>'updatedAt')::timestamptz, (status->>'createdAt')::timestamptz
  from legacy;
