-- What happened to bundles after a position, in an order that is final: by transaction and number, and only of
-- transactions older than every one that is still open. All readers of all pods see the same sequence.
-- The first columns are there even when nothing happened: whether the position can be continued here (0), is below what
-- was pruned or from another history (2), and the server's run that the answer belongs to (see origin.sql).
-- The artifact is the one of the event's own fingerprint.
-- $1 transaction and $2 number of the last event known, $3 how many rows, $4 server's run that the position was read
-- from, or null when it came from outside
with here as (
  select pg_snapshot_xmin(pg_current_snapshot()) as horizon,
         (select system_identifier from pg_control_system()) || '/' || (select timeline_id from pg_control_checkpoint())
           || '/' || extract(epoch from pg_postmaster_start_time()) as origin,
         coalesce((select value::xid8 from bundletop_control where key = 'feed.floor'), '0') as floor)
select case when pg_is_in_recovery() then 3
            -- A start may stand at the horizon itself, where the floor is when everything was pruned.
            when here.origin <> $4::text or $1::xid8 < here.floor or $1::xid8 > here.horizon then 2
            else 0 end as verdict,
       here.origin,
       e.xid::text as xid, e.seq, e.op, e.at, e.slug, e.fingerprint, e.stage, e.state, e.job_id, e.attempt, e.pod,
       e.message, e.error, e.cached, e.bytes_done, e.bytes_total, e.created_at, e.updated_at, e.completed_at,
       a.id, a.slug, a.fingerprint, a.version, a.checksum, a.filename, a.storage_kind, a.storage_key, a.storage_url,
       a.content_type, a.size, a.job_id, a.uploaded_at, a.created_at, a.verified_at, a.verification
  from here
  left join lateral (
    select * from example_bundle_events
     where (xid, seq) > ($1::xid8, $2::bigint) and xid < here.horizon and source = 'status'
     order by xid, seq limit $3::int) e on true
  left join example_bundle_artifacts a on e.state = 'completed' and a.slug = e.slug and a.fingerprint = e.fingerprint
 order by e.xid, e.seq;
