-- The pods: every live process, and of each name that has no live one the process that was seen last.
-- $1 how long a pod may be silent before it is gone
with known as (
  select p.*, p.stopped_at is null and p.last_seen < clock_timestamp() - $1::interval as gone from example_bundle_pods p),
ranked as (
  select known.*, row_number() over (partition by name order by (stopped_at is null and not gone) desc, last_seen desc)
    from known)
select owner::text, name, url, metrics_url, public_url, version, persistence, store, legacy_dir, source, unmigrated,
       following, started_at, last_seen, concurrency, running, catalogue, notes, digest, digest_snapshot, digest_at, gone,
       stopped_at is not null as stopped
  from ranked where row_number = 1 or (stopped_at is null and not gone)
 order by name, started_at;
