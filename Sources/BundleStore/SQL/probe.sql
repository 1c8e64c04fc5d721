-- Has anything changed since a cursor? Small on purpose: this is what an idle program asks every second.
-- 0 nothing; 1 something; 2 the cursor is worth nothing here (another cluster or run of the server, a standby, below
-- the floor, ahead of every transaction as after a restored backup, or a table was emptied): read everything again.
-- $1 cursor, $2 where the cursor comes from (see origin.sql)
select case
    when $2 <> (select system_identifier from pg_control_system()) || '/'
               || (select timeline_id from pg_control_checkpoint())
               || '/' || extract(epoch from pg_postmaster_start_time())
      or pg_is_in_recovery()
      or pg_snapshot_xmin($1::pg_snapshot)
         < (select value::xid8 from bundletop_control where key = 'feed.floor')
      or pg_snapshot_xmax($1::pg_snapshot) > pg_snapshot_xmax(pg_current_snapshot())
      then 2
    else coalesce((
      select max(case op when 'resync' then 2 else 1 end) from example_bundle_events
       where xid >= pg_snapshot_xmin($1::pg_snapshot) and not pg_visible_in_snapshot(xid, $1::pg_snapshot)), 0)
  end as c;
