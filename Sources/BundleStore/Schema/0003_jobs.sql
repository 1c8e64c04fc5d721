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

-- Options asked for while others wait: a true wins over a false; null when they name other sources.
create function bundletop_merge_options(p_waiting jsonb, p_asked jsonb) returns jsonb
language sql immutable as $$
  select case
    when p_waiting is null then p_asked
    -- No descriptor means the pod's own catalogue, which is a source like any other.
    when p_asked -> 'descriptor' is distinct from p_waiting -> 'descriptor' then null
    else p_waiting || (select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each(p_asked)
                        where value <> 'false')
  end
$$;

-- Asks for a bundle. outcome: created; merged (into the job that is queued); waiting (behind the one that is running);
-- repeated (this idempotency key was used before); refused (with the reason).
-- A smaller p_priority goes first; null p_run_at means now.
-- For pods: runs with the rights of its caller, because a descriptor names sources of any kind.
create function bundletop_enqueue_any(
  p_slug text, p_options jsonb, p_requested_by text, p_key text, p_max_attempts int, p_message text,
  p_priority int, p_run_at timestamptz)
returns table (job_id uuid, outcome text, reason text)
language plpgsql set search_path from current as $$
declare
  j example_bundle_jobs;
  merged jsonb;
  answered jsonb;
  due timestamptz := coalesce(p_run_at, now());
begin
  if p_key is not null then
    answered := bundletop_answer_of_key(p_key, 'enqueue');
    if answered is not null then
      return query select (answered ->> 'job')::uuid, 'repeated', null::text;
      return;
    end if;
  end if;
  loop
    select * into j from example_bundle_jobs
     where slug = p_slug and state in ('queued', 'running') for no key update;
    if found then
      merged := bundletop_merge_options(case j.state when 'queued' then j.options else j.next_options end, p_options);
      if merged is null then
        return query select j.id, 'refused', 'a job of other sources is ' || case j.state
          when 'queued' then 'queued' else 'waiting behind the one that is running' end;
        return;
      elsif j.state = 'queued' then
        update example_bundle_jobs
           set options = merged, run_at = least(run_at, due), priority = least(priority, p_priority)
         where id = j.id;
        outcome := 'merged';
      else
        update example_bundle_jobs
           set next_options = merged, next_requested_by = p_requested_by, next_max_attempts = p_max_attempts,
               next_priority = least(next_priority, p_priority), next_run_at = least(next_run_at, due)
         where id = j.id;
        outcome := 'waiting';
      end if;
      exit;
    end if;
    begin
      insert into example_bundle_jobs (slug, options, requested_by, idempotency_key, max_attempts, priority, run_at)
      values (p_slug, p_options, p_requested_by, p_key, p_max_attempts, p_priority, due) returning * into j;
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
  p_slug text, p_options jsonb, p_requested_by text, p_key text, p_max_attempts int, p_message text,
  p_priority int, p_run_at timestamptz)
returns table (job_id uuid, outcome text, reason text)
language plpgsql security definer set search_path from current as $$
begin
  if p_options ? 'descriptor' then
    return query select null::uuid, 'refused', 'a descriptor is taken from pods only';
  else
    return query select * from bundletop_enqueue_any(
      p_slug, p_options, p_requested_by, p_key, p_max_attempts, p_message, p_priority, p_run_at);
  end if;
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

-- What a call with this idempotency key was recorded with, or null. Calls with one key come one after the other: what
-- became of the first is known to the second.
create function bundletop_answer_of_key(p_key text, p_what text) returns jsonb
language plpgsql set search_path from current as $$
declare
  o example_bundle_operations;
begin
  perform pg_advisory_xact_lock(hashtextextended('bundletop key ' || p_key, 0));
  select * into o from example_bundle_operations where idempotency_key = p_key;
  if o.what <> p_what then
    raise exception 'this idempotency key was used before, for a call of %', o.what using errcode = '22023';
  end if;
  return o.detail;
end
$$;

-- Starts what was asked for while a job was running. Called by whatever ends the job, in its transaction. Returns
-- whether anything was.
create function bundletop_start_next(p_ended example_bundle_jobs) returns boolean
language plpgsql set search_path from current as $$
declare
  j example_bundle_jobs;
begin
  if p_ended.next_options is null then
    return false;
  end if;
  update example_bundle_jobs
     set next_options = null, next_requested_by = null, next_max_attempts = null, next_priority = null,
         next_run_at = null
   where id = p_ended.id;
  insert into example_bundle_jobs (slug, options, requested_by, priority, run_at, max_attempts)
  values (p_ended.slug, p_ended.next_options, coalesce(p_ended.next_requested_by, p_ended.requested_by),
          coalesce(p_ended.next_priority, p_ended.priority), coalesce(p_ended.next_run_at, now()),
          coalesce(p_ended.next_max_attempts, 3))
  returning * into j;
  perform bundletop_show_queued(j, 'asked for while the job before was running');
  return true;
end
$$;

-- A job that waits again looks at its sources anew, which is what a wish behind it asked for: the two become one, unless
-- they are of other sources. Called with the job as it stands; returns it as it is then.
create function bundletop_absorb_next(p_job example_bundle_jobs) returns example_bundle_jobs
language plpgsql set search_path from current as $$
declare
  merged jsonb := bundletop_merge_options(p_job.options, p_job.next_options);
begin
  if p_job.next_options is not null and merged is not null then
    update example_bundle_jobs
       set options = merged, priority = least(priority, next_priority), next_options = null, next_requested_by = null,
           next_max_attempts = null, next_priority = null, next_run_at = null
     where id = p_job.id returning * into p_job;
  end if;
  return p_job;
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

-- Ends a job whose bundle is kept in files: the row here only mirrored the job and goes, and no artifact is recorded.
-- No row: the caller lost its job, nothing was written, and it must stop. Otherwise since when this database knows the
-- bundle, and the moment of the end. SECURITY DEFINER: no pod deletes a status by itself.
create function bundletop_complete_in_files(
  p_job uuid, p_attempt int, p_owner uuid, p_fingerprint text, p_cached boolean, p_tail text)
returns table (known_since timestamptz, ended timestamptz)
language plpgsql security definer set search_path from current set bundletop.writer = 'on' as $$
declare
  j example_bundle_jobs;
begin
  update example_bundle_jobs
     set state = 'completed', owner = null, lease_until = null, finished_at = clock_timestamp(), error = null,
         error_class = null
   where id = p_job and attempt = p_attempt and owner = p_owner and state = 'running' returning * into j;
  if not found then
    return;
  end if;
  delete from example_bundle_status where slug = j.slug returning created_at into known_since;
  known_since := coalesce(known_since, j.created_at);
  ended := j.finished_at;
  update example_bundle_attempts
     set outcome = 'completed', ended_at = clock_timestamp(), fingerprint = p_fingerprint, cached = p_cached,
         tail = p_tail
   where job_id = p_job and attempt = p_attempt and outcome is null;
  perform bundletop_start_next(j);
  return next;
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
    j := bundletop_absorb_next(j);
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
  j := bundletop_absorb_next(j);
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
