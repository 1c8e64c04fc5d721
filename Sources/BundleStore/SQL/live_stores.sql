-- The object stores that the other live pods write to.
-- $1 owner asking, $2 how long a pod may be silent before it is gone
select distinct store from example_bundle_pods
 where owner <> $1::uuid and stopped_at is null and last_seen >= clock_timestamp() - $2::interval;
