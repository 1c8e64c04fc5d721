-- The start of a feed: the snapshot of this transaction, and the cluster and timeline that it belongs to.
-- A standby's snapshot calls open transactions visible and would lose their rows: the feed refuses one.
select pg_current_snapshot()::text,
       (select system_identifier from pg_control_system()) || '/' || (select timeline_id from pg_control_checkpoint()),
       pg_is_in_recovery();
