-- The directories that pods and the migration have met.
select id, path, host, planned_at, ran_at, verified_at, exported_at, cleaned_at, differences, quarantined
  from example_bundle_sources order by id;
