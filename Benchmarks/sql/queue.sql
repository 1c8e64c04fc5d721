-- As many bundles as asked for, each with one job that waits.
-- :bundles how many
truncate example_bundle_jobs, example_bundle_attempts, example_bundle_status, example_bundle_artifacts;

select count(*)
  from generate_series(1, :bundles) n
 cross join lateral bundletop_enqueue(
   'bundle-' || lpad(n::text, 6, '0'), '{}', 'bench', null, 3, 'asked for by bench', 0, null) asked
 where asked.outcome = 'created';

delete from example_bundle_events;
vacuum analyze example_bundle_jobs, example_bundle_attempts, example_bundle_status, example_bundle_artifacts,
  example_bundle_events;
