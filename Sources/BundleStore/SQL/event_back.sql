-- Where a reader begins that wants the newest so many events, of these bundles or of all: behind the one before them.
-- That is a real event of a finished transaction and not the horizon: it is on disk, so no crash gives its id out again.
-- $1 how many, 0 for none from before now; $2 names of bundles, or null for all
select coalesce(e.xid, f.floor)::text as xid, coalesce(e.seq, 0) as seq,
       (select system_identifier from pg_control_system()) || '/' || (select timeline_id from pg_control_checkpoint())
         || '/' || extract(epoch from pg_postmaster_start_time()) as origin,
       pg_is_in_recovery() as is_standby
  from (select coalesce((select value::xid8 from bundletop_control where key = 'feed.floor'), '0') as floor) f
  left join lateral (
    select xid, seq from example_bundle_events
     where xid < pg_snapshot_xmin(pg_current_snapshot()) and xid >= f.floor and source = 'status'
       and ($2::text[] is null or slug = any ($2) or op = 'resync')
     order by xid desc, seq desc offset $1::int limit 1) e on true;
