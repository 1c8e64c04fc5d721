-- What people do to jobs and pods. Each function locks the job before the status, answers with a reason for every
-- refusal, and records who asked. SECURITY DEFINER: an operator may call these and write nothing else.

-- Tries a failed bundle again, if it still is what the person saw; a null among p_seen_* is not compared.
-- outcome: retried, or refused with the reason; repeated when this idempotency key was used before. p_dry: nothing is
-- done and nothing is recorded, only answered.
create function bundletop_retry(
  p_slug text, p_seen_state text, p_seen_fingerprint text, p_seen_job text, p_seen_attempt int,
  p_force boolean, p_who text, p_why text, p_max_attempts int, p_key text, p_dry boolean)
returns table (job_id uuid, attempt int, outcome text, reason text)
language plpgsql security definer set search_path from current as $$
declare
  j example_bundle_jobs;
  s example_bundle_status;
  answered jsonb;
  refusal text;
begin
  if p_key is not null and not p_dry then
    answered := bundletop_answer_of_key(p_key, case when p_force then 'force' else 'retry' end);
    if answered is not null then
      return query select (answered ->> 'job')::uuid, (answered ->> 'attempt')::int, 'repeated', null::text;
      return;
    end if;
  end if;
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
  if p_dry then
    return query select j.id, coalesce(j.attempt, 0) + 1,
      case when refusal is null then 'would retry' else 'refused' end, refusal;
    return;
  end if;
  if refusal is null then
    if j.id is null or j.state not in ('failed', 'cancelled') then
      insert into example_bundle_jobs (slug, options, requested_by, max_attempts)
      values (p_slug, case when p_force then '{"force": true}'::jsonb else '{}' end, p_who, p_max_attempts)
      returning * into j;
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
    jsonb_strip_nulls(jsonb_build_object('job', j.id, 'attempt', j.attempt + 1)), p_key);
  return query select j.id, j.attempt + 1, case when refusal is null then 'retried' else 'refused' end, refusal;
end
$$;

-- Ends the queued or running job of a slug. p_seen_job: the job that the person saw; null is not compared.
-- outcome: cancelled; completed (that run had committed its end first); repeated (this idempotency key was used before);
-- refused. The reason also says what else to know, such as a run that was asked for behind this one and waits now.
create function bundletop_cancel(p_slug text, p_seen_job text, p_who text, p_why text, p_key text)
returns table (job_id uuid, attempt int, outcome text, reason text)
language plpgsql security definer set search_path from current as $$
declare
  j example_bundle_jobs;
  seen example_bundle_jobs;
  s example_bundle_status;
  answered jsonb;
  note text;
begin
  if p_key is not null then
    answered := bundletop_answer_of_key(p_key, 'cancel');
    if answered is not null then
      return query select (answered ->> 'job')::uuid, (answered ->> 'attempt')::int, 'repeated', null::text;
      return;
    end if;
  end if;
  -- A row that is locked by whatever ends the job vanishes from this statement's view; the run that follows it is
  -- seen by the next one.
  for look in 1..2 loop
    select * into j from example_bundle_jobs jobs
     where jobs.slug = p_slug and jobs.state in ('queued', 'running') for no key update;
    exit when found;
  end loop;
  if j.id is null or (p_seen_job is not null and j.id::text <> p_seen_job) then
    select * into s from example_bundle_status st where st.slug = p_slug;
    select * into seen from example_bundle_jobs jobs
     where jobs.id = bundletop_job_id(coalesce(p_seen_job, s.job_id)) and jobs.slug = p_slug;
    outcome := case when seen.state = 'completed' then 'completed' else 'refused' end;
    note := case
      when seen.state = 'completed' and j.id is not null
        then 'that run was already completed; the one behind it is ' || j.state
      when seen.state = 'completed' then 'it was already completed'
      when j.id is not null then 'it changed meanwhile: another job is ' || j.state
      when s.slug is null then 'no bundle of this name is known'
      when seen.state = 'cancelled' then 'it is already cancelled'
      when s.state in ('queued', 'running') then 'another program works on it: the job is none of ours'
      when s.state = 'completed' then 'it is completed'
      else 'it has already failed'
    end;
    j := seen;
  else
    update example_bundle_jobs jobs
       set state = 'cancelled', owner = null, lease_until = null, finished_at = clock_timestamp(),
           error_class = 'cancelled', error = 'cancelled by ' || p_who
     where jobs.id = j.id returning * into j;
    perform 1 from example_bundle_status st where st.slug = p_slug for no key update;
    perform bundletop_show_failed(j, j.error);
    update example_bundle_attempts a
       set outcome = 'cancelled', ended_at = clock_timestamp(), error_class = 'cancelled', error = j.error
     where a.job_id = j.id and a.attempt = j.attempt and a.outcome is null;
    outcome := 'cancelled';
    if bundletop_start_next(j) then
      note := 'the run that was asked for behind it is queued now';
    end if;
  end if;
  perform bundletop_audit(
    'cancel', p_who, p_slug, p_why,
    case outcome when 'cancelled' then 'cancelled' when 'completed' then 'already completed'
                 else 'refused: ' || note end,
    jsonb_strip_nulls(jsonb_build_object('job', j.id, 'attempt', j.attempt)), p_key);
  return query select j.id, j.attempt, outcome, note;
end
$$;

-- Stops the claiming of jobs, by one pod or (p_pod null) by all, or lets it go on; what runs is not touched.
-- outcome: paused, resumed, unchanged; or refused. The reason says what else to know.
create function bundletop_pause(p_pod text, p_paused boolean, p_who text, p_why text)
returns table (outcome text, reason text)
language plpgsql security definer set search_path from current as $$
declare
  name constant text := 'claiming.paused' || coalesce(':' || p_pod, '');
  before bundletop_control;
begin
  if p_paused then
    if p_pod is not null and not exists (select from example_bundle_pods p where p.name = p_pod) then
      outcome := 'refused';
      reason := 'no pod of this name is known';
    else
      insert into bundletop_control (key, value, changed_by) values (name, coalesce(p_why, ''), p_who)
      on conflict (key) do nothing;
      outcome := case when found then 'paused' else 'unchanged' end;
      if outcome = 'unchanged' then
        select * into before from bundletop_control where key = name;
        reason := 'already paused by ' || before.changed_by;
      end if;
    end if;
  else
    delete from bundletop_control where key = name;
    outcome := case when found then 'resumed' else 'unchanged' end;
    select 'still paused: ' || string_agg(
             case key when 'claiming.paused' then 'all pods' else 'pod ' || substr(key, 17) end
               || ' (by ' || changed_by || ')', ', ' order by key)
      into reason from bundletop_control
     where key = 'claiming.paused'
        or (key like 'claiming.paused:%' and (p_pod is null or key = name));
    reason := coalesce(reason, case outcome when 'unchanged' then 'it was not paused' end);
  end if;
  perform bundletop_audit(
    case when p_paused then 'pause' else 'resume' end, p_who, null, p_why,
    case outcome when 'refused' then 'refused: ' || reason else outcome end,
    jsonb_build_object('pod', coalesce(p_pod, 'all')), null);
  return next;
end
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
