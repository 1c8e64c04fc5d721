-- The start of a feed: the snapshot of this transaction, and the cluster, timeline and run of the server that it
-- belongs to. A crash gives the ids of transactions out again that nobody waited for, such as those of a NOTIFY.
-- A standby's snapshot calls open transactions visible and would lose their rows: the feed refuses one.
select pg_current_snapshot()::text as snapshot,
       (select system_identifier from pg_control_system()) || '/' || (select timeline_id from pg_control_checkpoint())
         || '/' || extract(epoch from pg_postmaster_start_time()) as origin,
       pg_is_in_recovery() as is_standby;
