-- What happened since a cursor, in the order in which it was written.
-- $1 cursor
select pg_current_snapshot()::text as next, e.seq, e.xid::text, e.source, e.op, e.slug, e.fingerprint, e.stage,
       e.state, e.job_id, e.attempt, e.pod, e.message, e.error, e.is_foreign, e.at
  from (select) one
  left join example_bundle_events e
    on e.xid >= pg_snapshot_xmin($1::pg_snapshot) and not pg_visible_in_snapshot(e.xid, $1::pg_snapshot)
 order by e.seq;
