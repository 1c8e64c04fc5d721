-- What the live pods offer.
-- $1 how long a pod may be silent before it is gone
select distinct c.slug from example_bundle_catalog c join example_bundle_pods p on p.owner = c.owner
 where p.stopped_at is null and p.last_seen >= clock_timestamp() - $1::interval
 order by c.slug;
