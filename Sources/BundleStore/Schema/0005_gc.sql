-- What `bundletop gc` does to rows: retires artifacts that nobody will ask for, and marks what lies in the object store
-- unnamed by any row. What was marked is deleted by a later run, see SQL/gc_release.sql.
-- SECURITY DEFINER: an operator may call these and write nothing else.

-- Of a table of its own, not of bundletop_control: that one is read by every claim and every idle poll, and a store may
-- hold many thousand leftovers.
create table bundletop_gc_marks (
  -- The identity of the store, as pods publish it: a key means something else in another bucket.
  store      text not null,
  key        text not null,
  -- Of an unfinished upload; empty for an object.
  upload     text not null default '',
  size       bigint not null,
  -- When the object was last written, or the upload begun.
  written_at timestamptz not null,
  marked_at  timestamptz not null default clock_timestamp(),
  marked_by  text not null,
  primary key (store, key, upload)
);

-- Ends when the transaction does. Whoever publishes an artifact takes it for the key that the row will name, whoever
-- deletes an object for the key of that: the key is what both have in common. (The slug cannot be read back from a key:
-- several slugs give the same part of one, and a row may name a key of any form.)
create function bundletop_lock_object(p_key text) returns void
language sql set search_path from current as $$
  select pg_advisory_xact_lock(hashtextextended('bundletop object ' || p_key, 0))
$$;

-- The artifacts beyond the newest p_keep of their bundle that are older than p_older_than, that no attempt has used
-- since, and whose fingerprint is not the one that the bundle's status shows. p_slug null: of all bundles.
create function bundletop_gc_retirable(p_keep int, p_older_than interval, p_slug text)
returns setof example_bundle_artifacts language sql stable set search_path from current as $$
  select (a.row).*
    from (select t as row, row_number() over (partition by t.slug order by t.uploaded_at desc, t.id) as rank
            from example_bundle_artifacts t where p_slug is null or t.slug = p_slug) a
   where a.rank > greatest(p_keep, 1)
     and (a.row).uploaded_at < clock_timestamp() - p_older_than
     and not exists (select from example_bundle_status s
                      where s.slug = (a.row).slug
                        and (s.artifact_id = (a.row).id or s.fingerprint = (a.row).fingerprint))
     and not exists (select from example_bundle_attempts t
                      where t.slug = (a.row).slug and t.fingerprint = (a.row).fingerprint
                        and coalesce(t.ended_at, clock_timestamp()) >= clock_timestamp() - p_older_than)
   order by (a.row).slug, a.rank
$$;

-- Takes an artifact out of the books, if it still is to go. Its object stays until nobody has named it for a day.
create function bundletop_gc_retire(p_artifact text, p_keep int, p_older_than interval, p_who text)
returns boolean language plpgsql security definer set search_path from current as $$
declare
  a example_bundle_artifacts;
begin
  -- The status before the artifact: the order in which every writer locks. Nobody completes from the cache meanwhile.
  perform 1 from example_bundle_status s
   where s.slug = (select t.slug from example_bundle_artifacts t where t.id = p_artifact) for no key update;
  select r.* into a
    from example_bundle_artifacts t cross join lateral bundletop_gc_retirable(p_keep, p_older_than, t.slug) r
   where t.id = p_artifact and r.id = p_artifact;
  if not found then
    return false;
  end if;
  delete from example_bundle_artifacts t where t.id = a.id;
  perform bundletop_audit('retire', p_who, a.slug, null, 'retired', jsonb_build_object(
    'artifact', a.id, 'fingerprint', a.fingerprint, 'key', a.storage_key, 'checksum', a.checksum, 'size', a.size,
    'keep', p_keep), null);
  return true;
end
$$;

-- Marks what a listing showed and no row names. What is marked already keeps its time, unless it was written since.
-- Arrays in the same order; '' stands for no upload, times are microseconds since 1970. Returns how many marks are new.
create function bundletop_gc_mark(
  p_store text, p_keys text[], p_uploads text[], p_sizes bigint[], p_written bigint[], p_who text)
returns int language plpgsql security definer set search_path from current as $$
declare
  made int;
begin
  insert into bundletop_gc_marks as m (store, key, upload, size, written_at, marked_by)
  select p_store, f.key, f.upload, f.size, timestamptz 'epoch' + f.written * interval '1 microsecond', p_who
    from unnest(p_keys, p_uploads, p_sizes, p_written) as f (key, upload, size, written)
   where f.upload <> '' or not exists (select from example_bundle_artifacts a where a.storage_key = f.key)
  on conflict (store, key, upload) do update
     set size = excluded.size, written_at = excluded.written_at, marked_by = excluded.marked_by,
         marked_at = clock_timestamp()
   where (m.size, m.written_at) is distinct from (excluded.size, excluded.written_at);
  get diagnostics made = row_count;
  return made;
end
$$;

-- Takes marks away: of what is named again, is gone, or was deleted.
create function bundletop_gc_unmark(p_store text, p_keys text[], p_uploads text[]) returns void
language sql security definer set search_path from current as $$
  delete from bundletop_gc_marks m
   using unnest(p_keys, p_uploads) as f (key, upload)
   where m.store = p_store and m.key = f.key and m.upload = f.upload
$$;

-- Whether what was marked may be deleted now; if so, nobody publishes it until the transaction ends. outcome: free;
-- named (a row names it again); changed (marked anew, or by nobody); early.
-- plpgsql, so that what the lock waited for is seen.
create function bundletop_gc_release(p_store text, p_key text, p_upload text, p_marked timestamptz, p_grace interval)
returns text language plpgsql security definer set search_path from current as $$
declare
  m bundletop_gc_marks;
begin
  perform bundletop_lock_object(p_key);
  select * into m from bundletop_gc_marks where store = p_store and key = p_key and upload = p_upload;
  return case
    when m.marked_at is distinct from p_marked then 'changed'
    when m.marked_at > clock_timestamp() - p_grace then 'early'
    when p_upload = '' and exists (select from example_bundle_artifacts a where a.storage_key = p_key) then 'named'
    else 'free'
  end;
end
$$;
