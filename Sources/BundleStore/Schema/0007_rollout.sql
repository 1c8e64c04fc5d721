-- Which side is read while pods write to both, and how far the move is.

-- Makes a directory known, and where it was met last. p_step: what has just ended there (planned, ran, exported,
-- cleaned), or null. What a run or an export changed is to be verified again.
create function bundletop_note_source(p_id text, p_path text, p_host text, p_step text) returns void
language plpgsql security definer set search_path from current as $$
begin
  if p_step not in ('planned', 'ran', 'exported', 'cleaned') then
    raise exception 'a step is planned, ran, exported or cleaned' using errcode = 'invalid_parameter_value';
  end if;
  insert into example_bundle_sources as s (id, path, host, planned_at, ran_at, exported_at, cleaned_at)
  select p_id, p_path, p_host, case p_step when 'planned' then t.at end, case p_step when 'ran' then t.at end,
         case p_step when 'exported' then t.at end, case p_step when 'cleaned' then t.at end
    from (select clock_timestamp() as at) t
  on conflict (id) do update
     set path = excluded.path, host = excluded.host,
         planned_at = coalesce(excluded.planned_at, s.planned_at), ran_at = coalesce(excluded.ran_at, s.ran_at),
         exported_at = coalesce(excluded.exported_at, s.exported_at),
         cleaned_at = coalesce(excluded.cleaned_at, s.cleaned_at);
end
$$;

-- A look at a directory begins: what an earlier one proved is proved no more, also if this one never ends.
create function bundletop_begin_verify(p_source text, p_path text, p_host text) returns void
language plpgsql security definer set search_path from current as $$
begin
  insert into example_bundle_sources as s (id, path, host) values (p_source, p_path, p_host)
  on conflict (id) do update
     set path = excluded.path, host = excluded.host, verified_at = null, differences = null, quarantined = null;
  update example_bundle_migrations set verified_at = null where source = p_source and verified_at is not null;
end
$$;

-- Notes files that the database and the object store were found to agree with. Arrays in the same order; '' stands for
-- null, times are microseconds since 1970. A file that the migration has met as it is keeps what was said of it.
create function bundletop_note_verified(
  p_source text, p_paths text[], p_kinds text[], p_sizes bigint[], p_modified bigint[], p_sha256s text[],
  p_slugs text[], p_fingerprints text[], p_outcomes text[], p_keys text[])
returns void language sql security definer set search_path from current as $$
  insert into example_bundle_migrations as m
    (source, path, kind, size, modified_at, sha256, slug, fingerprint, outcome, storage_key, verified_at)
  select p_source, f.path, f.kind, f.size, timestamptz 'epoch' + f.modified * interval '1 microsecond', f.sha256,
         f.slug, nullif(f.fingerprint, ''), f.outcome, nullif(f.key, ''), clock_timestamp()
    from unnest(p_paths, p_kinds, p_sizes, p_modified, p_sha256s, p_slugs, p_fingerprints, p_outcomes, p_keys)
           as f (path, kind, size, modified, sha256, slug, fingerprint, outcome, key)
  on conflict (source, path) do update
     set kind = excluded.kind, size = excluded.size, modified_at = excluded.modified_at, sha256 = excluded.sha256,
         slug = excluded.slug, fingerprint = excluded.fingerprint, verified_at = excluded.verified_at,
         storage_key = coalesce(excluded.storage_key, m.storage_key),
         outcome = case when m.sha256 = excluded.sha256 and m.outcome <> 'quarantined' then m.outcome
                        else excluded.outcome end,
         reason = case when m.sha256 = excluded.sha256 and m.outcome <> 'quarantined' then m.reason end
$$;

-- The look at a directory has ended.
create function bundletop_end_verify(p_source text, p_differences int, p_quarantined int) returns void
language sql security definer set search_path from current as $$
  update example_bundle_sources
     set verified_at = clock_timestamp(), differences = p_differences, quarantined = p_quarantined
   where id = p_source
$$;

-- Whoever decides about the side that is read waits for whoever decided before: until the transaction ends.
create function bundletop_lock_reads() returns void
language sql set search_path from current as $$
  select pg_advisory_xact_lock(hashtextextended('bundletop reads', 0))
$$;

-- Lets every pod read from the other side, unless it was refused; writes either into the audit. p_what: cutover or
-- cutback. Returns whether anything changed.
create function bundletop_switch_reads(p_what text, p_who text, p_refusal text, p_detail jsonb) returns boolean
language plpgsql security definer set search_path from current as $$
declare
  side constant text := case p_what when 'cutover' then 'database' when 'cutback' then 'directory' end;
  changed boolean := false;
begin
  if side is null then
    raise exception 'reads are switched by cutover or cutback' using errcode = 'invalid_parameter_value';
  end if;
  if p_refusal is null then
    insert into bundletop_control as c (key, value, changed_by) values ('reads.from', side, p_who)
    on conflict (key) do update set value = excluded.value, changed_by = p_who, changed_at = clock_timestamp()
     where c.value <> excluded.value;
    changed := found;
  end if;
  perform bundletop_audit(
    'migrate ' || p_what, p_who, null, null,
    case when p_refusal is not null then 'refused: ' || p_refusal
         when changed then 'reads come from the ' || side else 'reads came from the ' || side || ' already' end,
    p_detail, null);
  return changed;
end
$$;
