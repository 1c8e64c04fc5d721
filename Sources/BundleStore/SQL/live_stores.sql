-- The object stores of the live pods that were here first and write somewhere else: a pod that finds any does not claim.
-- $1 owner asking, $2 how long a pod may be silent before it is gone
select distinct other.store
  from example_bundle_pods me
  join example_bundle_pods other
    on other.owner <> me.owner and other.store <> me.store
   and (other.started_at, other.owner) < (me.started_at, me.owner)
 where me.owner = $1::uuid and other.stopped_at is null
   and other.last_seen >= clock_timestamp() - $2::interval;
