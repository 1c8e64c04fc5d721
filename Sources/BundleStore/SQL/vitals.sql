-- How the queue and the writers are, from a few rows of small indexes.
-- oldest_write: only transactions that have written hold the feed's horizon back; those of other roles are shown only
-- to who may see them.
-- $1 how long a pod may be silent before it is gone
select clock_timestamp() as now,
       q.queued, extract(epoch from clock_timestamp() - q.due) * 1000 as waited,
       r.running, r.expired,
       exists (select from (select is_foreign, at from example_bundle_events order by seq desc limit 1000) e
                where is_foreign and at > clock_timestamp() - interval '10 minutes') as foreign_writers,
       (select extract(epoch from clock_timestamp() - min(xact_start)) * 1000 from pg_stat_activity
         where datname = current_database() and backend_xid is not null and pid <> pg_backend_pid()) as oldest_write,
       array(select distinct persistence from example_bundle_pods
              where stopped_at is null and last_seen >= clock_timestamp() - $1::interval order by 1) as modes
  from (select count(*) as queued, min(run_at) filter (where run_at <= clock_timestamp()) as due
          from example_bundle_jobs where state = 'queued') q,
       (select count(*) as running, count(*) filter (where lease_until < clock_timestamp() - interval '5 seconds') as expired
          from example_bundle_jobs where state = 'running') r;
