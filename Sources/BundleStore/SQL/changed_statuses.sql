-- The rows of the slugs that changed since a cursor, as they are now; a slug without a row was deleted.
-- One statement, so one snapshot: `next` describes exactly the rows returned, and `stale` whether the cursor could be
-- continued at that moment (see probe.sql), for much may happen between the small question and this one.
-- $1 cursor (text of the snapshot returned last time), $2 where the cursor comes from (see origin.sql)
with news as (
  select slug, op from example_bundle_events
   where xid >= pg_snapshot_xmin($1::pg_snapshot) and not pg_visible_in_snapshot(xid, $1::pg_snapshot)),
changed as (select slug from news where slug is not null group by slug),
verdict as (
  select $2 <> (select system_identifier from pg_control_system()) || '/'
               || (select timeline_id from pg_control_checkpoint())
               || '/' || extract(epoch from pg_postmaster_start_time())
      or pg_is_in_recovery()
      or pg_snapshot_xmin($1::pg_snapshot) < (select value::xid8 from bundletop_control where key = 'feed.floor')
      or pg_snapshot_xmax($1::pg_snapshot) > pg_snapshot_xmax(pg_current_snapshot())
      or exists (select from news where op = 'resync') as stale)
select pg_current_snapshot()::text as next, verdict.stale, changed.slug,
       s.slug, s.fingerprint, s.stage, s.state, s.job_id, s.version, s.checksum, s.filename, s.cached, s.error,
       s.message, s.created_at, s.updated_at, s.completed_at, s.attempt, s.pod, s.bytes_done, s.bytes_total,
       s.stage_started_at,
       a.id, a.slug, a.fingerprint, a.version, a.checksum, a.filename, a.storage_kind, a.storage_key, a.storage_url,
       a.content_type, a.size, a.job_id, a.uploaded_at, a.created_at, a.verified_at, a.verification
  from verdict
  left join changed on true
  left join example_bundle_status s on s.slug = changed.slug
  left join example_bundle_artifacts a on a.id = s.artifact_id
 order by changed.slug;
