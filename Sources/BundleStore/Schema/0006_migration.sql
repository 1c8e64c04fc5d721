-- How rows come from the files of AppHub's old stores. Each file is one call, and each call decides, writes and records
-- in one step: whatever is killed, the journal tells exactly what was taken.
-- Locks as everywhere: object, job, status, artifact. Runs with the rights of its caller: the role bundlepod.

-- Whether a job of ours made what a row names.
create function bundletop_is_ours(p_job text) returns boolean
language sql stable set search_path from current as $$
  select exists (select from example_bundle_jobs j where j.id = bundletop_job_id(p_job))
$$;

-- Records what became of a file, given as a row of example_bundle_migrations. A file that is what it was, and was taken,
-- stays so: that the database has moved on since takes nothing away. What verify found holds while nothing changes.
create function bundletop_journal(p_entry jsonb) returns void
language sql set search_path from current as $$
  insert into example_bundle_migrations as m
    (source, path, kind, size, modified_at, sha256, slug, fingerprint, outcome, reason, storage_key)
  select e.source, e.path, e.kind, e.size, e.modified_at, e.sha256, e.slug, e.fingerprint, e.outcome, e.reason,
         e.storage_key
    from jsonb_populate_record(null::example_bundle_migrations, p_entry) e
  on conflict (source, path) do update
     set kind = excluded.kind, size = excluded.size, modified_at = excluded.modified_at, sha256 = excluded.sha256,
         slug = excluded.slug, fingerprint = excluded.fingerprint, outcome = excluded.outcome,
         reason = excluded.reason, storage_key = excluded.storage_key, verified_at = null, at = clock_timestamp()
   where (m.kind, m.size, m.modified_at, m.sha256, m.slug, m.fingerprint)
           is distinct from
         (excluded.kind, excluded.size, excluded.modified_at, excluded.sha256, excluded.slug, excluded.fingerprint)
      or (m.outcome, m.reason, m.storage_key) is distinct from (excluded.outcome, excluded.reason, excluded.storage_key)
         and not (m.outcome = 'taken' and excluded.outcome in ('known', 'superseded'))
$$;

-- Puts the row of an archive beside its object, which was looked at a moment ago. outcome: taken; known (the database
-- had the same bytes); superseded (it has others, and p_wins is false or a job of ours made them).
create function bundletop_import_artifact(p_artifact example_bundle_artifacts, p_wins boolean)
returns table (id text, outcome text, reason text)
language plpgsql set search_path from current as $$
declare
  have example_bundle_artifacts;
begin
  insert into example_bundle_artifacts as t
    (id, slug, fingerprint, version, checksum, filename, storage_kind, storage_key, storage_url, content_type, size,
     job_id, uploaded_at, created_at, verified_at, verification)
  values
    (gen_random_uuid()::text, p_artifact.slug, p_artifact.fingerprint, p_artifact.version, p_artifact.checksum,
     p_artifact.filename, p_artifact.storage_kind, p_artifact.storage_key, p_artifact.storage_url,
     p_artifact.content_type, p_artifact.size, p_artifact.job_id, p_artifact.uploaded_at, p_artifact.created_at,
     clock_timestamp(), 'match')
  on conflict (slug, fingerprint) do nothing returning t.id into id;
  if id is not null then
    outcome := 'taken';
    return next;
    return;
  end if;
  select * into have from example_bundle_artifacts t
   where t.slug = p_artifact.slug and t.fingerprint = p_artifact.fingerprint for no key update;
  id := have.id;
  outcome := case when have.checksum = p_artifact.checksum then 'known' else 'taken' end;
  if have.checksum <> p_artifact.checksum then
    reason := 'the same inputs gave other bytes (sha256 ' || have.checksum || ')';
    if not p_wins or bundletop_is_ours(have.job_id) then
      outcome := 'superseded';
      return next;
      return;
    end if;
  end if;
  -- What AppHub recorded may lie on a disk of a pod; what was looked at a moment ago is where pods will look.
  if not bundletop_is_ours(have.job_id) then
    update example_bundle_artifacts t
       set checksum = p_artifact.checksum, storage_kind = p_artifact.storage_kind,
           storage_key = p_artifact.storage_key, storage_url = p_artifact.storage_url, size = p_artifact.size,
           version = p_artifact.version, filename = p_artifact.filename, content_type = p_artifact.content_type,
           job_id = p_artifact.job_id, uploaded_at = p_artifact.uploaded_at, verified_at = clock_timestamp(),
           verification = 'match'
     where t.id = have.id
       and (t.checksum, t.storage_kind, t.storage_key, t.size)
           is distinct from
           (p_artifact.checksum, p_artifact.storage_kind, p_artifact.storage_key, p_artifact.size);
  end if;
  return next;
end
$$;

-- Moves one status, with its archive when it is completed. p_status and p_artifact are rows of AppHub's tables, p_file
-- and p_archive the rows of the journal that go with them; p_artifact and p_archive are null without an archive.
-- p_requeue: asks for the bundle at once, as one that was interrupted.
-- outcome: taken; known (the database had the same, or it came from this very file before); superseded (the database
-- has something newer, or a job of ours at work; its archive is still recorded for its own fingerprint).
create function bundletop_import(
  p_status jsonb, p_file jsonb, p_artifact jsonb, p_archive jsonb, p_requeue boolean, p_who text)
returns table (outcome text, reason text, archive_outcome text, archive_reason text)
language plpgsql set search_path from current set bundletop.writer = 'on' as $$
declare
  s example_bundle_status := jsonb_populate_record(null::example_bundle_status, p_status);
  a example_bundle_artifacts := jsonb_populate_record(null::example_bundle_artifacts, p_artifact);
  r example_bundle_status;
  stored text;
  busy text;
begin
  if (s.state = 'completed') <> (p_artifact is not null) then
    raise exception 'a completed status and its archive move together' using errcode = 'invalid_parameter_value';
  end if;
  s.updated_at := date_trunc('milliseconds', s.updated_at);
  if p_artifact is not null then
    perform bundletop_lock_object(a.storage_key);
  end if;
  select j.state into busy from example_bundle_jobs j
   where j.slug = s.slug and j.state in ('queued', 'running') for no key update;
  select * into r from example_bundle_status t where t.slug = s.slug for no key update;
  outcome := 'superseded';
  if busy is not null then
    reason := 'a job of it is ' || busy;
  elsif date_trunc('milliseconds', r.updated_at) = s.updated_at and (r.fingerprint, r.state) = (s.fingerprint, s.state)
        and (s.state <> 'completed' or exists (
          select from example_bundle_artifacts t where t.id = r.artifact_id and t.checksum = a.checksum)) then
    -- Also when a pod of ours wrote the file after the row.
    outcome := 'known';
  elsif r.attempt is not null then
    reason := 'it was packaged anew';
  elsif date_trunc('milliseconds', r.updated_at) > s.updated_at then
    reason := 'the database has something newer';
  elsif date_trunc('milliseconds', r.updated_at) = s.updated_at
        and not (s.state = 'completed' and (r.state <> 'completed' or r.artifact_id is null)) then
    reason := 'the database has another one of the same moment';
  else
    begin
      if p_artifact is not null then
        select i.id, i.outcome, i.reason into stored, archive_outcome, archive_reason
          from bundletop_import_artifact(a, true) i;
        if archive_outcome = 'superseded' then
          raise exception using errcode = 'BT001', message = 'a pod packaged the same inputs';
        end if;
      end if;
      insert into example_bundle_status as t
        (slug, fingerprint, stage, state, job_id, version, checksum, filename, cached, error, message, artifact_id,
         completed_at, created_at, updated_at)
      values
        (s.slug, s.fingerprint, s.stage, s.state, s.job_id, s.version, s.checksum, s.filename, s.cached, s.error,
         s.message, stored, s.completed_at, s.created_at, s.updated_at)
      on conflict (slug) do update
         set fingerprint = excluded.fingerprint, stage = excluded.stage, state = excluded.state,
             job_id = excluded.job_id, version = excluded.version, checksum = excluded.checksum,
             filename = excluded.filename, cached = excluded.cached, error = excluded.error,
             message = excluded.message, artifact_id = excluded.artifact_id, completed_at = excluded.completed_at,
             created_at = excluded.created_at, updated_at = excluded.updated_at, pod = null, bytes_done = null,
             bytes_total = null, stage_started_at = null
       -- Once more: a row that was not there a moment ago could not be locked.
       where t.attempt is null
         and (date_trunc('milliseconds', t.updated_at) < excluded.updated_at
              or date_trunc('milliseconds', t.updated_at) = excluded.updated_at and excluded.state = 'completed'
                 and (t.state <> 'completed' or t.artifact_id is null));
      if not found then
        raise exception using errcode = 'BT001', message = 'the database has something newer';
      end if;
      outcome := 'taken';
      if p_requeue then
        perform bundletop_enqueue_any(s.slug, '{}', p_who, null, 3, 'asked for again: ' || s.error, 0, null);
      end if;
    exception when sqlstate 'BT001' then
      reason := sqlerrm;
    end;
  end if;
  if p_artifact is not null and outcome <> 'taken' then
    select i.id, i.outcome, i.reason into stored, archive_outcome, archive_reason
      from bundletop_import_artifact(a, false) i;
  end if;
  if p_artifact is not null then
    perform bundletop_journal(p_archive || jsonb_build_object(
      'outcome', archive_outcome, 'reason', archive_reason, 'storage_key', (
        select t.storage_key from example_bundle_artifacts t
         where t.id = stored and archive_outcome <> 'superseded')));
  end if;
  -- What the caller has to say of a file that was taken, such as what became of its archive.
  perform bundletop_journal(p_file || jsonb_build_object('outcome', outcome, 'reason', coalesce(
    reason, p_file ->> 'reason')));
  if outcome = 'superseded' and exists (
       select from example_bundle_migrations m
        where m.source = p_file ->> 'source' and m.path = p_file ->> 'path' and m.outcome = 'taken') then
    -- It was taken from this very file; the database has moved on since.
    outcome := 'known';
    reason := null;
  end if;
  return next;
end
$$;

-- One step of a migration at a time, for as long as this connection lives; whoever comes second learns who is at work.
create function bundletop_begin_migration(p_who text, p_place text)
returns table (won boolean, holder text, place text, since timestamptz)
language plpgsql set search_path from current as $$
begin
  won := pg_try_advisory_lock(hashtextextended('bundletop migrate', 0));
  if won then
    insert into bundletop_control (key, value, changed_by) values ('migration.holder', p_place, p_who)
    on conflict (key) do update
       set value = excluded.value, changed_by = excluded.changed_by, changed_at = clock_timestamp();
  end if;
  select c.changed_by, c.value, c.changed_at into holder, place, since
    from bundletop_control c where c.key = 'migration.holder';
  return next;
end
$$;
