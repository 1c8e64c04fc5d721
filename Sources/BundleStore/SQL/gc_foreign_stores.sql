-- The stores of live pods that are not this one: whoever deletes there deletes in the wrong place. Pods that keep
-- bundles in files of their own have none.
-- $1 our store, $2 how long a pod may be silent before it is gone
select distinct name, store from example_bundle_pods
 where store <> $1 and persistence <> 'filesystem' and stopped_at is null and last_seen >= clock_timestamp() - $2::interval
 order by name;
