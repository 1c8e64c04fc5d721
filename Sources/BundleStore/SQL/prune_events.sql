-- Deletes one batch of old events and raises the floor, so that a cursor from before knows to read everything again.
-- $1 how long progress is kept, $2 how long everything else is kept, $3 batch size
with old as (
  select seq, xid from example_bundle_events
   where at < now() - $2::interval or (is_progress and at < now() - $1::interval)
   order by seq limit $3::int for update skip locked),
gone as (delete from example_bundle_events where seq in (select seq from old) returning xid),
raised as (
  update bundletop_control
     set value = greatest(value::numeric, (select max(xid::text::numeric) + 1 from gone))::text,
         changed_at = clock_timestamp()
   where key = 'feed.floor' and exists (select from gone))
select count(*)::int from gone;
