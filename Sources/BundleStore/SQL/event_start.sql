-- Where a reader of events begins that wants none from before now: at the newest event of a finished transaction.
-- Of a real event and not of the horizon: its transaction is on disk, so no crash gives its id out again.
select coalesce(e.xid, f.floor)::text as xid, coalesce(e.seq, 0) as seq,
       (select system_identifier from pg_control_system()) || '/' || (select timeline_id from pg_control_checkpoint())
         || '/' || extract(epoch from pg_postmaster_start_time()) as origin,
       pg_is_in_recovery() as is_standby
  from (select coalesce((select value::xid8 from bundletop_control where key = 'feed.floor'), '0') as floor) f
  left join lateral (
    select xid, seq from example_bundle_events
     where xid < pg_snapshot_xmin(pg_current_snapshot()) and xid >= f.floor
     order by xid desc, seq desc limit 1) e on true;
