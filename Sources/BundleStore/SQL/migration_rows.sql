-- What the migration compares files with: the rows of these bundles, and whether a job is at work for them. A job of
-- a bundle that has no row yet counts, too.
-- $1 slugs text[]
select n.slug, coalesce(s.fingerprint, 'pending'), coalesce(s.state, 'queued'), coalesce(s.updated_at, j.created_at),
       s.attempt is not null as is_ours, j.id is not null as has_active_job, a.checksum as archive
  from unnest($1::text[]) n (slug)
  left join example_bundle_status s on s.slug = n.slug
  left join example_bundle_artifacts a on a.id = s.artifact_id
  left join example_bundle_jobs j on j.slug = n.slug and j.state in ('queued', 'running')
 where s.slug is not null or j.id is not null;
