-- Why a pod must not claim. A pod that keeps bundles in the database waits where live pods that were here first write
-- to another object store; one that keeps them in its own files waits while any live pod uses the database, for what it
-- made nobody else would find. Pods with files of their own are no reason to wait, as they never were.
-- $1 owner asking, $2 how long a pod may be silent before it is gone
select distinct other.store
  from example_bundle_pods me
  join example_bundle_pods other
    on other.owner <> me.owner and other.persistence <> 'filesystem'
   and (me.persistence = 'filesystem'
        or (other.store <> me.store and (other.started_at, other.owner) < (me.started_at, me.owner)))
 where me.owner = $1::uuid and other.stopped_at is null
   and other.last_seen >= clock_timestamp() - $2::interval;
