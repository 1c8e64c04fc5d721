-- Triggers that see the writes of every program and turn them into events.
-- SECURITY DEFINER: AppHub's own role is granted nothing of ours and must keep working.

create function bundletop_before_status_update() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  -- Another job in the row, but the attempt stayed: not one of our writers (they all move the attempt or announce
  -- themselves). What our columns say belongs to the job before, so it goes.
  if new.job_id is distinct from old.job_id and new.attempt is not distinct from old.attempt
     and current_setting('bundletop.writer', true) is distinct from 'on' then
    new.attempt := null;
    new.pod := null;
    new.bytes_done := null;
    new.bytes_total := null;
    new.stage_started_at := null;
  end if;
  return new;
end
$$;

create function bundletop_status_event() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  if tg_op = 'DELETE' then
    insert into example_bundle_events (source, op, slug, fingerprint, stage, state, job_id, attempt, pod)
    values ('status', 'delete', old.slug, old.fingerprint, old.stage, old.state, old.job_id, old.attempt, old.pod);
    return null;
  end if;
  if tg_op = 'UPDATE' and new.slug <> old.slug then
    insert into example_bundle_events (source, op, slug) values ('status', 'delete', old.slug);
  end if;
  insert into example_bundle_events
    (source, op, slug, fingerprint, stage, state, job_id, attempt, pod, message, error, cached, bytes_done,
     bytes_total, created_at, updated_at, completed_at, is_foreign, is_progress)
  values
    ('status', lower(tg_op), new.slug, new.fingerprint, new.stage, new.state, new.job_id, new.attempt, new.pod,
     new.message, new.error, new.cached, new.bytes_done, new.bytes_total, new.created_at, new.updated_at,
     new.completed_at,
     -- Our attempts are numbered; what of ours has none, such as a row moved in from files, announces itself.
     new.attempt is null and current_setting('bundletop.writer', true) is distinct from 'on',
     tg_op = 'UPDATE'
       and (new.slug, new.fingerprint, new.stage, new.state, new.job_id, new.attempt, new.pod, new.error, new.cached,
            new.artifact_id, new.version, new.checksum, new.filename)
         is not distinct from
           (old.slug, old.fingerprint, old.stage, old.state, old.job_id, old.attempt, old.pod, old.error, old.cached,
            old.artifact_id, old.version, old.checksum, old.filename));
  return null;
end
$$;

create function bundletop_before_artifact_update() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  -- What was verified is not what the row names any more.
  if (new.checksum, new.storage_key, new.size) is distinct from (old.checksum, old.storage_key, old.size)
     and (new.verified_at, new.verification) is not distinct from (old.verified_at, old.verification) then
    new.verified_at := null;
    new.verification := null;
  end if;
  return new;
end
$$;

create function bundletop_artifact_event() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  if tg_op = 'DELETE' then
    insert into example_bundle_events (source, op, slug, fingerprint, job_id)
    values ('artifact', 'delete', old.slug, old.fingerprint, old.job_id);
  else
    insert into example_bundle_events (source, op, slug, fingerprint, job_id, is_progress)
    values ('artifact', lower(tg_op), new.slug, new.fingerprint, new.job_id,
            -- Looked at again, and as good or bad as before.
            tg_op = 'UPDATE' and to_jsonb(new) - 'verified_at' = to_jsonb(old) - 'verified_at');
  end if;
  return null;
end
$$;

create function bundletop_truncate_event() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  insert into example_bundle_events (source, op) values (tg_argv[0], 'resync');
  return null;
end
$$;

create trigger bundletop_before_update before update on example_bundle_status
  for each row execute function bundletop_before_status_update();
create trigger bundletop_event_insert_delete after insert or delete on example_bundle_status
  for each row execute function bundletop_status_event();
create trigger bundletop_event_update after update on example_bundle_status
  for each row when (old.* is distinct from new.*) execute function bundletop_status_event();
create trigger bundletop_event_truncate after truncate on example_bundle_status
  for each statement execute function bundletop_truncate_event('status');

create trigger bundletop_before_update before update on example_bundle_artifacts
  for each row execute function bundletop_before_artifact_update();
create trigger bundletop_event_insert_delete after insert or delete on example_bundle_artifacts
  for each row execute function bundletop_artifact_event();
create trigger bundletop_event_update after update on example_bundle_artifacts
  for each row when (old.* is distinct from new.*) execute function bundletop_artifact_event();
create trigger bundletop_event_truncate after truncate on example_bundle_artifacts
  for each statement execute function bundletop_truncate_event('artifact');

create function bundletop_refuse_change() returns trigger
language plpgsql as $$
begin
  raise exception 'the audit is append-only' using errcode = 'insufficient_privilege';
end
$$;

-- Not even the owner changes the audit by an ordinary statement.
create trigger bundletop_append_only before update or delete or truncate on example_bundle_operations
  for each statement execute function bundletop_refuse_change();
