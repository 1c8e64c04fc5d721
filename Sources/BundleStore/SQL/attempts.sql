-- The attempts of a bundle, newest first.
-- $1 slug, $2 how many, $3 characters of the end of their output, $4 this attempt only, or null
select job_id::text, slug, attempt, pod, started_at, ended_at, outcome, stages::text, error_class, error, cached,
       fingerprint, nullif(right(tail, $3::int), '') as tail
  from example_bundle_attempts where slug = $1 and ($4::int is null or attempt = $4::int)
 order by started_at desc, attempt desc limit $2::int;
