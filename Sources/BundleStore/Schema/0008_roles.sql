-- Who may do what. The roles are groups: a person's or a pod's login is made a member of one of them.
-- Where the owner of the schema may not make roles, an administrator makes these three first; without them nothing
-- is granted, and `schema check` says so.

do $$
declare
  name text;
begin
  foreach name in array array['bundletop_viewer', 'bundletop_operator', 'bundlepod'] loop
    if not exists (select from pg_roles where rolname = name) then
      begin
        execute format('create role %I nologin', name);
      exception
        when duplicate_object or unique_violation then null;  -- another database of the cluster was first
        when insufficient_privilege then
          raise notice 'role % is missing and may not be made by %', name, current_user;
      end;
    end if;
  end loop;
end
$$;

-- Functions are executable by everybody unless somebody says otherwise.
do $$
declare
  f regprocedure;
begin
  for f in select p.oid::regprocedure from pg_proc p
            where p.pronamespace = current_schema()::regnamespace and p.proname like 'bundletop\_%' loop
    execute format('revoke all on function %s from public', f);
  end loop;
end
$$;

do $$
declare
  tables constant text := 'example_bundle_status, example_bundle_artifacts, example_bundle_jobs, '
    'example_bundle_attempts, example_bundle_events, example_bundle_pods, example_bundle_catalog, '
    'example_bundle_operations, example_bundle_migrations, example_bundle_sources, bundletop_control, bundletop_gc_marks, bundletop_migrations';
  role text;
  f regprocedure;
begin
  foreach role in array array['bundletop_viewer', 'bundletop_operator', 'bundlepod'] loop
    if exists (select from pg_roles where rolname = role) then
      execute format('grant usage on schema %I to %I', current_schema(), role);
      execute format('grant select on %s to %I', tables, role);
      -- Parts of questions, not acts: which job of ours a status row names, and what gc would retire.
      execute format('grant execute on function bundletop_job_id(text), '
        'bundletop_gc_retirable(int, interval, text) to %I', role);
    end if;
  end loop;
  if exists (select from pg_roles where rolname = 'bundletop_operator') then
    grant execute on function
      bundletop_enqueue(text, jsonb, text, text, int, text, int, timestamptz),
      bundletop_retry(text, text, text, text, int, boolean, text, text, int, text, boolean),
      bundletop_cancel(text, text, text, text, text),
      bundletop_pause(text, boolean, text, text),
      bundletop_record_verification(
        text, text, text, text, bigint, timestamptz, timestamptz, text, text, jsonb),
      bundletop_gc_retire(text, int, interval, text),
      bundletop_gc_mark(text, text[], text[], bigint[], bigint[], text),
      bundletop_gc_unmark(text, text[], text[]),
      bundletop_gc_release(text, text, text, timestamptz, interval),
      bundletop_audit(text, text, text, text, text, jsonb, text) to bundletop_operator;
  end if;
  if exists (select from pg_roles where rolname = 'bundlepod') then
    grant insert, update on example_bundle_status, example_bundle_artifacts, example_bundle_jobs,
      example_bundle_attempts, example_bundle_migrations, example_bundle_sources, bundletop_control to bundlepod;
    grant insert, update, delete on example_bundle_pods, example_bundle_catalog to bundlepod;
    grant delete on example_bundle_events to bundlepod;
    for f in select p.oid::regprocedure from pg_proc p
              where p.pronamespace = current_schema()::regnamespace and p.proname like 'bundletop\_%'
                -- Pods publish; only people and their jobs delete.
                and p.proname not like 'bundletop\_gc\_%' loop
      execute format('grant execute on function %s to bundlepod', f);
    end loop;
  end if;
end
$$;
