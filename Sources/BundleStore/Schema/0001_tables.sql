-- AppHub's two tables, made only where AppHub has not made them, and ours beside them.
-- Everything that we add to AppHub's tables is nullable, so that its own statements still run.

do $$
begin
  if to_regclass('example_bundle_artifacts') is null then
    create table example_bundle_artifacts (
      id           text primary key,
      slug         text not null,
      fingerprint  text not null,
      version      text,
      checksum     text not null,
      filename     text,
      storage_kind text not null check (storage_kind in ('local', 's3')),
      storage_key  text not null,
      storage_url  text,
      content_type text,
      size         bigint,
      job_id       text,
      uploaded_at  timestamptz not null default now(),
      created_at   timestamptz not null default now(),
      unique (slug, fingerprint)
    );
    create index example_bundle_artifacts_slug_uploaded_at on example_bundle_artifacts (slug, uploaded_at desc);
  end if;
  if to_regclass('example_bundle_status') is null then
    -- No index on updated_at: it changes with every progress write and would end HOT updates.
    create table example_bundle_status (
      slug         text primary key,
      fingerprint  text not null,
      stage        text not null,
      state        text not null check (state in ('queued', 'running', 'completed', 'failed')),
      job_id       text,
      version      text,
      checksum     text,
      filename     text,
      cached       boolean,
      error        text,
      message      text,
      artifact_id  text references example_bundle_artifacts (id) on delete set null,
      completed_at timestamptz,
      created_at   timestamptz not null default now(),
      updated_at   timestamptz not null default now()
    );
  end if;
end
$$;

alter table example_bundle_artifacts
  add column if not exists verified_at  timestamptz,
  add column if not exists verification text check (verification in ('match', 'mismatch', 'missing'));

alter table example_bundle_status
  add column if not exists attempt          int,
  add column if not exists pod              text,
  add column if not exists bytes_done       bigint,
  add column if not exists bytes_total      bigint,
  add column if not exists stage_started_at timestamptz;

-- Room for HOT updates: progress writes touch the same row again and again.
alter table example_bundle_status set (fillfactor = 70);

create table example_bundle_jobs (
  id              uuid primary key default gen_random_uuid(),
  slug            text not null,
  state           text not null default 'queued'
                  check (state in ('queued', 'running', 'completed', 'failed', 'cancelled')),
  options         jsonb not null default '{}',
  -- What was asked for while the job was running; the rest of that wish beside it.
  next_options      jsonb,
  next_requested_by text,
  next_max_attempts int,
  next_priority     int,
  next_run_at       timestamptz,
  -- A smaller one goes first.
  priority        int not null default 0,
  run_at          timestamptz not null default now(),
  attempt         int not null default 0 check (attempt >= 0),
  max_attempts    int not null default 3,
  owner           uuid,
  lease_until     timestamptz,
  requested_by    text,
  idempotency_key text unique,
  error_class     text,
  error           text,
  created_at      timestamptz not null default now(),
  started_at      timestamptz,
  finished_at     timestamptz,
  check ((state = 'running') = (owner is not null)),
  check ((state = 'running') = (lease_until is not null))
) with (fillfactor = 70);

-- At most one queued or running job a slug.
create unique index example_bundle_jobs_active_slug on example_bundle_jobs (slug) where state in ('queued', 'running');
create index example_bundle_jobs_queued on example_bundle_jobs (priority, run_at, id) where state = 'queued';
-- On id, not on lease_until: an index on the lease would end HOT updates for its renewals.
create index example_bundle_jobs_running on example_bundle_jobs (id) where state = 'running';

create table example_bundle_attempts (
  job_id      uuid not null references example_bundle_jobs (id) on delete cascade,
  attempt     int not null,
  slug        text not null,
  pod         text not null,
  owner       uuid not null,
  started_at  timestamptz not null default clock_timestamp(),
  ended_at    timestamptz,
  outcome     text check (outcome in ('completed', 'failed', 'lost', 'cancelled', 'returned')),
  fingerprint text,
  cached      boolean,
  stages      jsonb not null default '[]',
  error_class text,
  error       text,
  tail        text,
  primary key (job_id, attempt),
  check ((outcome is null) = (ended_at is null))
) with (fillfactor = 70);

create index example_bundle_attempts_slug on example_bundle_attempts (slug, started_at desc);

create table example_bundle_events (
  seq         bigint generated always as identity primary key,
  xid         xid8 not null default pg_current_xact_id(),
  source      text not null check (source in ('status', 'artifact')),
  op          text not null check (op in ('insert', 'update', 'delete', 'resync')),
  slug        text,
  fingerprint text,
  stage       text,
  state       text,
  job_id      text,
  attempt     int,
  pod         text,
  message     text,
  error       text,
  -- What else the row said at that moment, so that an event tells of its own time and not of now.
  cached       boolean,
  bytes_done   bigint,
  bytes_total  bigint,
  created_at   timestamptz,
  updated_at   timestamptz,
  completed_at timestamptz,
  is_foreign  boolean not null default false,
  -- True when only bytes, message or times changed: such events are kept for a shorter time.
  is_progress boolean not null default false,
  at          timestamptz not null default clock_timestamp()
);

-- What the feed reads: everything from the oldest transaction of a cursor on.
create index example_bundle_events_xid on example_bundle_events (xid, seq);

create table example_bundle_pods (
  owner           uuid primary key,
  name            text not null,
  url             text,
  metrics_url     text,
  public_url      text,
  version         text not null,
  persistence     text not null,
  store           text not null,
  legacy_dir      text,
  -- Of the legacy directory: its id, how many statuses in it nobody has moved, and in dual mode how it follows.
  source          text,
  unmigrated      int,
  following       text,
  concurrency     int not null,
  running         int not null default 0,
  catalogue       int not null default 0,
  notes           text[] not null default '{}',
  digest          text,
  digest_snapshot text,
  digest_at       timestamptz,
  started_at      timestamptz not null default clock_timestamp(),
  last_seen       timestamptz not null default clock_timestamp(),
  stopped_at      timestamptz
) with (fillfactor = 50);

create table example_bundle_catalog (
  owner   uuid not null references example_bundle_pods (owner) on delete cascade,
  slug    text not null,
  version text,
  primary key (owner, slug)
);

create index example_bundle_catalog_slug on example_bundle_catalog (slug);

create table example_bundle_operations (
  id              bigint generated always as identity primary key,
  at              timestamptz not null default clock_timestamp(),
  who             text not null,
  db_user         text not null default session_user,
  client_address  inet default inet_client_addr(),
  what            text not null,
  slug            text,
  why             text,
  result          text not null,
  detail          jsonb not null default '{}',
  idempotency_key text unique
);

create index example_bundle_operations_slug on example_bundle_operations (slug, id desc);

-- What became of each file of AppHub's old stores: the journal of the migration, and its quarantine.
create table example_bundle_migrations (
  -- Which directory, by its id.
  source      text not null,
  -- Below it; a member of the older map is status.json#KEY.
  path        text not null,
  kind        text not null check (kind in ('status', 'archive')),
  size        bigint,
  modified_at timestamptz,
  sha256      text,
  slug        text,
  fingerprint text,
  -- taken: a row or an object came of it. known: the database had the same. superseded: something newer is there.
  -- quarantined: it could not be taken.
  outcome     text not null check (outcome in ('taken', 'known', 'superseded', 'quarantined')),
  -- What a person should know; null when there is nothing.
  reason      text,
  storage_key text,
  -- When verify found the database and the object store to agree with the file as it was read; null before.
  verified_at timestamptz,
  at          timestamptz not null default clock_timestamp(),
  primary key (source, path)
);

-- The directories that pods and the migration have met.
create table example_bundle_sources (
  id          text primary key,
  path        text not null,
  host        text not null,
  -- How far each is: the end of the last plan, run, verify, export and clean.
  planned_at  timestamptz,
  ran_at      timestamptz,
  verified_at timestamptz,
  exported_at timestamptz,
  cleaned_at  timestamptz,
  -- What the last verify found.
  differences int,
  quarantined int,
  first_seen  timestamptz not null default clock_timestamp()
);

create table bundletop_control (
  key        text primary key,
  value      text not null,
  changed_by text not null default session_user,
  changed_at timestamptz not null default clock_timestamp()
);

-- The oldest transaction that the feed still knows everything about.
insert into bundletop_control (key, value) values ('feed.floor', '0') on conflict (key) do nothing;
