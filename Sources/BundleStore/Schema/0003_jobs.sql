-- What people do to jobs, and how an attempt ends. Each function is one statement for its caller, locks the job
-- before the status and the status before the artifact, and reads no clock but the database's.
-- `set bundletop.writer`: announces to the trigger on the status that the job in the row changes by our own hand.

-- Puts the status of a slug back to the start for a job that waits; the fingerprint last resolved stays.
create function bundletop_show_queued(p_job example_bundle_jobs, p_message text) returns void
language sql set search_path from current set bundletop.writer = 'on' as $$
  insert into example_bundle_status as s
    (slug, fingerprint, stage, state, job_id, message, attempt, stage_started_at, created_at, updated_at)
  values
    (p_job.slug, 'pending', 'queued', 'queued', p_job.id::text, p_message, p_job.attempt + 1, clock_timestamp(),
     clock_timestamp(), clock_timestamp())
  on conflict (slug) do update
     set stage = 'queued', state = 'queued', job_id = excluded.job_id, message = excluded.message,
         attempt = excluded.attempt, stage_started_at = excluded.stage_started_at,
         updated_at = excluded.updated_at, version = null, checksum = null, filename = null, cached = null,
         error = null, artifact_id = null, completed_at = null, pod = null, bytes_done = null, bytes_total = null
$$;

-- The id of a job of ours that a status row names, or null: AppHub's rows name jobs of another kind.
create function bundletop_job_id(p_text text) returns uuid
language sql immutable as $$
  select case when p_text ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then p_text::uuid end
$$;

-- Options asked for while others wait: a true wins over a false; null when another descriptor was asked for.
create function bundletop_merge_options(p_waiting jsonb, p_asked jsonb) returns jsonb
language sql immutable as $$
  select case
    when p_waiting is null then p_asked
    when p_asked ? 'descriptor' and p_asked -> 'descriptor' is distinct from p_waiting -> 'descriptor' then null
    else p_waiting || (select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each(p_asked)
                        where value <> 'false')
  end
$$;

-- Asks for a bundle. outcome: created; merged (into the job that is queued); waiting (behind the one that is running);
-- repeated (this idempotency key was used before); refused (with the reason).
-- For pods: runs with the rights of its caller, because a descriptor names sources of any kind.
create function bundletop_enqueue_any(
  p_slug text, p_options jsonb, p_requested_by text, p_key text, p_max_attempts int, p_message text)
returns table (job_id uuid, outcome text, reason text)
language plpgsql set search_path from current as $$
declare
  j example_bundle_jobs;
  merged jsonb;
begin
  if p_key is not null then
    -- Those with one key one after the other: what became of the first is known to the second.
    perform pg_advisory_xact_lock(hashtextextended('bundletop enqueue ' || p_key, 0));
    select (o.detail ->> 'job')::uuid into j.id from example_bundle_operations o where o.idempotency_key = p_key;
    if found then
      return query select j.id, 'repeated', null::text;
      return;
    end if;
  end if;
  loop
    select * into j from example_bundle_jobs
     where slug = p_slug and state in ('queued', 'running') for no key update;
    if found then
      merged := bundletop_merge_options(case j.state when 'queued' then j.options else j.next_options end, p_options);
      if merged is null then
        return query select j.id, 'refused', 'a job with another descriptor is ' || case j.state
          when 'queued' then 'queued' else 'waiting behind the one that is running' end;
        return;
      elsif j.state = 'queued' then
        update example_bundle_jobs set options = merged, run_at = least(run_at, now()) where id = j.id;
        outcome := 'merged';
      else
        update example_bundle_jobs set next_options = merged where id = j.id;
        outcome := 'waiting';
      end if;
      exit;
    end if;
    begin
      insert into example_bundle_jobs (slug, options, requested_by, idempotency_key, max_attempts)
      values (p_slug, p_options, p_requested_by, p_key, p_max_attempts) returning * into j;
      perform bundletop_show_queued(j, p_message);
      outcome := 'created';
      exit;
    exception when unique_violation then
      -- Somebody else was first: look again. A key that is taken by a job of no recorded call would never pass.
      if exists (select from example_bundle_jobs where idempotency_key = p_key) then
        raise;
      end if;
    end;
  end loop;
  if p_key is not null then
    -- The memory of the key: a wish that merged or waits leaves no job of its own to remember it.
    perform bundletop_audit('enqueue', p_requested_by, p_slug, null, outcome, jsonb_build_object('job', j.id), p_key);
  end if;
  return query select j.id, outcome, null::text;
end
$$;

-- The same for people: without a descriptor.
create function bundletop_enqueue(
  p_slug text, p_options jsonb, p_requested_by text, p_key text, p_max_attempts int, p_message text)
returns table (job_id uuid, outcome text, reason text)
language plpgsql security definer set search_path from current as $$
begin
  if p_options ? 'descriptor' then
    return query select null::uuid, 'refused', 'a descriptor is taken from pods only';
  else
    return query select * from bundletop_enqueue_any(
      p_slug, p_options, p_requested_by, p_key, p_max_attempts, p_message);
  end if;
end
$$;

-- Tries a failed bundle again, if it still is what the person saw; a null among p_seen_* is not compared.
-- outcome: retried, or refused with the reason.
create function bundletop_retry(
  p_slug text, p_seen_state text, p_seen_fingerprint text, p_seen_job text, p_seen_attempt int,
  p_force boolean, p_who text, p_why text)
returns table (job_id uuid, attempt int, outcome text, reason text)
language plpgsql security definer set search_path from current as $$
declare
  j example_bundle_jobs;
  s example_bundle_status;
  refusal text;
begin
  -- The job before the status: the order in which every writer locks.
  perform 1 from example_bundle_jobs jobs
   where jobs.id = (select bundletop_job_id(st.job_id) from example_bundle_status st where st.slug = p_slug)
      or (jobs.slug = p_slug and jobs.state in ('queued', 'running'))
   order by jobs.id for no key update;
  select * into s from example_bundle_status st where st.slug = p_slug for no key update;
  if found then
    select * into j from example_bundle_jobs jobs where jobs.id = bundletop_job_id(s.job_id);
  end if;
  refusal := case
    when s.slug is null then 'no bundle of this name is known'
    when s.state = 'running' then 'it is running on ' || coalesce(s.pod, 'a pod')
    when s.state = 'queued' then 'it is already queued'
    when s.state = 'completed' then 'it is completed'
    when p_seen_state is distinct from s.state and p_seen_state is not null
      then 'it changed meanwhile: it was ' || p_seen_state || ' and is ' || s.state
    when p_seen_fingerprint is distinct from s.fingerprint and p_seen_fingerprint is not null
      then 'it changed meanwhile: other inputs were packaged'
    when p_seen_job is distinct from s.job_id and p_seen_job is not null
      then 'it changed meanwhile: another job failed since'
    when p_seen_attempt is distinct from s.attempt and p_seen_attempt is not null
      then 'it changed meanwhile: another attempt failed since'
    when exists (select from example_bundle_jobs jobs where jobs.slug = p_slug and jobs.state in ('queued', 'running'))
      then 'another job of it is queued or running'
  end;
  if refusal is null then
    if j.id is null or j.state not in ('failed', 'cancelled') then
      insert into example_bundle_jobs (slug, options, requested_by)
      values (p_slug, jsonb_build_object('force', p_force), p_who) returning * into j;
    else
      update example_bundle_jobs jobs
         set state = 'queued', run_at = now(), max_attempts = jobs.max_attempts + 1, requested_by = p_who,
             options = case when p_force then jobs.options || '{"force": true}' else jobs.options end,
             error = null, error_class = null, finished_at = null
       where jobs.id = j.id returning * into j;
    end if;
    perform bundletop_show_queued(j, 'retry asked for by ' || p_who);
  end if;
  perform bundletop_audit(
    case when p_force then 'force' else 'retry' end, p_who, p_slug, p_why, coalesce('refused: ' || refusal, 'retried'),
    jsonb_strip_nulls(jsonb_build_object('job', j.id, 'attempt', j.attempt + 1)), null);
  return query select j.id, j.attempt + 1, case when refusal is null then 'retried' else 'refused' end, refusal;
end
$$;

-- Records what a person did. Never a URL, never a secret.
create function bundletop_audit(
  p_what text, p_who text, p_slug text, p_why text, p_result text, p_detail jsonb, p_key text)
returns void language sql security definer set search_path from current as $$
  insert into example_bundle_operations (what, who, slug, why, result, detail, idempotency_key)
  values (p_what, p_who, p_slug, p_why, p_result, p_detail, p_key)
  on conflict (idempotency_key) do nothing
$$;

-- Records what a look at a stored object said, and in the audit what is wrong with it. outcome: recorded; changed (the
-- row is not as it was when the look began: another object, or a later look); gone (there is no such row).
create function bundletop_record_verification(
  p_artifact text, p_checksum text, p_storage_kind text, p_storage_key text, p_size bigint, p_uploaded_at timestamptz,
  p_verified_at timestamptz, p_verification text, p_who text, p_detail jsonb)
returns text language plpgsql security definer set search_path from current as $$
declare
  a example_bundle_artifacts;
begin
  if p_verification is null or p_verification not in ('match', 'mismatch', 'missing') then
    raise exception 'a verification is match, mismatch or missing' using errcode = 'invalid_parameter_value';
  end if;
  select * into a from example_bundle_artifacts where id = p_artifact for no key update;
  if not found then
    return 'gone';
  elsif (a.checksum, a.storage_kind, a.storage_key, a.size, a.uploaded_at, a.verified_at)
        is distinct from (p_checksum, p_storage_kind, p_storage_key, p_size, p_uploaded_at, p_verified_at) then
    return 'changed';
  end if;
  update example_bundle_artifacts set verified_at = clock_timestamp(), verification = p_verification where id = a.id;
  if p_verification <> 'match' then
    perform bundletop_audit('verify', p_who, a.slug, null, p_verification, p_detail || jsonb_build_object(
      'artifact', a.id, 'fingerprint', a.fingerprint, 'key', a.storage_key, 'checksum', a.checksum), null);
  end if;
  return 'recorded';
end
$$;

-- Starts what was asked for while a job was running. Called by whatever ends the job, in its transaction.
create function bundletop_start_next(p_ended example_bundle_jobs) returns void
language plpgsql set search_path from current as $$
declare
  j example_bundle_jobs;
begin
  if p_ended.next_options is not null then
    update example_bundle_jobs set next_options = null where id = p_ended.id;
    insert into example_bundle_jobs (slug, options, requested_by, priority)
    values (p_ended.slug, p_ended.next_options, p_ended.requested_by, p_ended.priority) returning * into j;
    perform bundletop_show_queued(j, 'asked for while the job before was running');
  end if;
end
$$;

-- Publishes an artifact and ends its job: job, status, artifact and attempt in one step. False: the caller lost its
-- job, nothing was written, and it must stop.
create function bundletop_complete(
  p_job uuid, p_attempt int, p_owner uuid, p_fingerprint text, p_version text, p_checksum text, p_filename text,
  p_storage_kind text, p_storage_key text, p_storage_url text, p_content_type text, p_size bigint,
  p_cached boolean, p_message text, p_tail text)
returns boolean language plpgsql set search_path from current set bundletop.writer = 'on' as $$
declare
  j example_bundle_jobs;
  a text;
  before text;
begin
  update example_bundle_jobs
     set state = 'completed', owner = null, lease_until = null, finished_at = clock_timestamp(), error = null,
         error_class = null
   where id = p_job and attempt = p_attempt and owner = p_owner and state = 'running' returning * into j;
  if not found then
    return false;
  end if;
  perform 1 from example_bundle_status where slug = j.slug for no key update;
  if p_cached then
    -- The object was found as recorded a moment ago; that is a verification.
    update example_bundle_artifacts set verified_at = clock_timestamp(), verification = 'match'
     where slug = j.slug and fingerprint = p_fingerprint and checksum = p_checksum and storage_key = p_storage_key
     returning id into a;
  end if;
  if a is null then
    select checksum into before from example_bundle_artifacts
     where slug = j.slug and fingerprint = p_fingerprint for no key update;
    if before <> p_checksum then
      p_message := concat_ws('; ', p_message, 'the same inputs gave other bytes than before (sha256 was ' || before || ')');
    end if;
    insert into example_bundle_artifacts as t
      (id, slug, fingerprint, version, checksum, filename, storage_kind, storage_key, storage_url, content_type, size,
       job_id, uploaded_at, created_at, verified_at, verification)
    values
      (gen_random_uuid()::text, j.slug, p_fingerprint, p_version, p_checksum, p_filename, p_storage_kind,
       p_storage_key, p_storage_url, p_content_type, p_size, p_job::text, clock_timestamp(), clock_timestamp(),
       clock_timestamp(), 'match')
    on conflict (slug, fingerprint) do update
       set version = excluded.version, checksum = excluded.checksum, filename = excluded.filename,
           storage_kind = excluded.storage_kind, storage_key = excluded.storage_key,
           storage_url = excluded.storage_url, content_type = excluded.content_type, size = excluded.size,
           job_id = excluded.job_id, uploaded_at = excluded.uploaded_at, verified_at = excluded.verified_at,
           verification = excluded.verification
    returning t.id into a;
  end if;
  insert into example_bundle_status as s
    (slug, fingerprint, stage, state, job_id, version, checksum, filename, cached, message, artifact_id, completed_at,
     attempt, pod, bytes_done, bytes_total, stage_started_at, created_at, updated_at)
  select j.slug, p_fingerprint, 'completed', 'completed', p_job::text, p_version, p_checksum, p_filename, p_cached,
         p_message, a, clock_timestamp(), p_attempt, t.pod, p_size, p_size, clock_timestamp(), clock_timestamp(),
         clock_timestamp()
    from example_bundle_attempts t where t.job_id = p_job and t.attempt = p_attempt
  on conflict (slug) do update
     set fingerprint = excluded.fingerprint, stage = excluded.stage, state = excluded.state, job_id = excluded.job_id,
         version = excluded.version, checksum = excluded.checksum, filename = excluded.filename,
         cached = excluded.cached, error = null, message = excluded.message, artifact_id = excluded.artifact_id,
         completed_at = excluded.completed_at, attempt = excluded.attempt, pod = excluded.pod,
         bytes_done = excluded.bytes_done, bytes_total = excluded.bytes_total,
         stage_started_at = excluded.stage_started_at, updated_at = excluded.updated_at;
  update example_bundle_attempts
     set outcome = 'completed', ended_at = clock_timestamp(), fingerprint = p_fingerprint, cached = p_cached,
         tail = p_tail
   where job_id = p_job and attempt = p_attempt and outcome is null;
  perform bundletop_start_next(j);
  return true;
end
$$;

-- Ends an attempt that failed. With p_retry_in, and attempts left, the job waits for another one; else it has failed.
-- Null: the caller lost its job. Otherwise the job's new state.
create function bundletop_fail(
  p_job uuid, p_attempt int, p_owner uuid, p_error_class text, p_error text, p_tail text, p_retry_in interval)
returns text language plpgsql set search_path from current as $$
declare
  j example_bundle_jobs;
begin
  update example_bundle_jobs
     set state = case when p_retry_in is not null and attempt < max_attempts then 'queued' else 'failed' end,
         run_at = case when p_retry_in is not null then now() + p_retry_in else run_at end,
         owner = null, lease_until = null, error_class = p_error_class, error = p_error,
         finished_at = case when p_retry_in is not null and attempt < max_attempts then null
                            else clock_timestamp() end
   where id = p_job and attempt = p_attempt and owner = p_owner and state = 'running' returning * into j;
  if not found then
    return null;
  end if;
  perform 1 from example_bundle_status where slug = j.slug for no key update;
  if j.state = 'queued' then
    perform bundletop_show_queued(
      j, 'attempt ' || p_attempt || ' failed, the next one follows by itself: ' || p_error);
  else
    perform bundletop_show_failed(j, p_error);
  end if;
  update example_bundle_attempts
     set outcome = 'failed', ended_at = clock_timestamp(), error_class = p_error_class, error = p_error, tail = p_tail
   where job_id = p_job and attempt = p_attempt and outcome is null;
  if j.state = 'failed' then
    perform bundletop_start_next(j);
  end if;
  return j.state;
end
$$;

-- Shows that the job of a slug has failed; version, checksum, file and artifact belong to completed rows alone.
create function bundletop_show_failed(p_job example_bundle_jobs, p_error text) returns void
language sql set search_path from current set bundletop.writer = 'on' as $$
  insert into example_bundle_status as s
    (slug, fingerprint, stage, state, job_id, error, attempt, pod, stage_started_at, created_at, updated_at)
  values
    (p_job.slug, 'pending', 'failed', 'failed', p_job.id::text, p_error, p_job.attempt,
     (select a.pod from example_bundle_attempts a where a.job_id = p_job.id and a.attempt = p_job.attempt),
     clock_timestamp(), clock_timestamp(), clock_timestamp())
  on conflict (slug) do update
     set stage = 'failed', state = 'failed', job_id = excluded.job_id, error = excluded.error, message = null,
         attempt = excluded.attempt, pod = excluded.pod, stage_started_at = excluded.stage_started_at,
         updated_at = excluded.updated_at, version = null, checksum = null, filename = null, cached = null,
         artifact_id = null, completed_at = null, bytes_done = null, bytes_total = null
$$;

-- Gives a job back unharmed, on an orderly shutdown: the attempt does not count. False: it was lost before.
create function bundletop_return(p_job uuid, p_attempt int, p_owner uuid, p_tail text) returns boolean
language plpgsql set search_path from current as $$
declare
  j example_bundle_jobs;
begin
  update example_bundle_jobs
     set state = 'queued', owner = null, lease_until = null, run_at = now(), max_attempts = max_attempts + 1
   where id = p_job and attempt = p_attempt and owner = p_owner and state = 'running' returning * into j;
  if not found then
    return false;
  end if;
  perform bundletop_show_queued(j, 'given back by a pod that is shutting down');
  update example_bundle_attempts set outcome = 'returned', ended_at = clock_timestamp(), tail = p_tail
   where job_id = p_job and attempt = p_attempt and outcome is null;
  return true;
end
$$;

-- Ends jobs whose lease ran out once more than p_cap attempts allow: a bundle that kills every pod which touches it.
-- Returns how many.
create function bundletop_fail_poison(p_cap int, p_lease interval) returns int
language plpgsql set search_path from current as $$
declare
  j example_bundle_jobs;
  ended int := 0;
begin
  for j in
    select * from example_bundle_jobs
     where state = 'running' and attempt >= p_cap
       and (lease_until < now() or lease_until > now() + 2 * p_lease)
     order by id for no key update skip locked
  loop
    update example_bundle_jobs
       set state = 'failed', owner = null, lease_until = null, finished_at = clock_timestamp(), error_class = 'lost',
           error = 'lost with its pod in attempt ' || attempt || '; no further attempt is made by itself'
     where id = j.id returning * into j;
    perform bundletop_show_failed(j, j.error);
    update example_bundle_attempts
       set outcome = 'lost', ended_at = clock_timestamp(), error_class = 'lost', error = j.error
     where job_id = j.id and attempt = j.attempt and outcome is null;
    perform bundletop_start_next(j);
    ended := ended + 1;
  end loop;
  return ended;
end
$$;
