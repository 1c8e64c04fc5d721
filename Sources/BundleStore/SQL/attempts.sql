-- The attempts of a bundle, newest first.
-- $1 slug, $2 how many
select job_id::text, slug, attempt, pod, started_at, ended_at, outcome, stages::text, error_class, error, cached,
       fingerprint, tail
  from example_bundle_attempts where slug = $1 order by started_at desc, attempt desc limit $2::int;
