-- The live pods as the move sees them; and when one that kept no directory up to date was seen last.
-- $1 how long a pod may be silent before it is gone
select p.name, p.persistence, p.legacy_dir, p.source, p.unmigrated, p.following,
       p.stopped_at is null and p.last_seen >= clock_timestamp() - $1::interval as is_live, p.last_seen
  from example_bundle_pods p
 order by p.name, p.started_at;
