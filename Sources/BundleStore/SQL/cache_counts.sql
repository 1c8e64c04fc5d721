-- How often each pod found in the cache what it was asked for, and how often it had to build it.
-- $1 how far back
select pod, count(*) filter (where cached)::int as hits, count(*) filter (where not cached)::int as misses
  from example_bundle_attempts
 where outcome = 'completed' and ended_at >= clock_timestamp() - $1::interval
 group by pod order by pod;
