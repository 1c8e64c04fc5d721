-- How old the oldest change is that a snapshot does not contain; null when it contains all.
-- $1 the snapshot
select extract(epoch from clock_timestamp() - min(e.at))::float8 as age
  from example_bundle_events e
 where e.xid >= pg_snapshot_xmin($1::pg_snapshot) and not pg_visible_in_snapshot(e.xid, $1::pg_snapshot);
