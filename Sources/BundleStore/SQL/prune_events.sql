-- Deletes one batch of old events and raises the floor, so that a cursor from before knows to read everything again.
-- What a snapshot of now may still call open stays: the floor would rise above every new cursor, and each poll of
-- every reader would read everything for as long as that transaction is open.
-- $1 how long progress is kept, $2 how long everything else is kept, $3 batch size
with old as (
  select seq, xid from example_bundle_events
   where (at < now() - $2::interval or (is_progress and at < now() - $1::interval))
     and xid < pg_snapshot_xmin(pg_current_snapshot())
   order by seq limit $3::int),
gone as (delete from example_bundle_events where seq in (select seq from old) returning xid),
raised as (
  update bundletop_control
     set value = greatest(value::numeric, (select max(xid::text::numeric) + 1 from gone))::text,
         changed_at = clock_timestamp()
   where key = 'feed.floor' and exists (select from gone)),
-- Where the row is missing, nobody knows what was deleted before: every cursor from before now reads everything again.
healed as (
  insert into bundletop_control (key, value)
  select 'feed.floor', pg_snapshot_xmin(pg_current_snapshot())::text
   where not exists (select from bundletop_control where key = 'feed.floor')
  on conflict (key) do nothing)
select count(*)::int from gone;
