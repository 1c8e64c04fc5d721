-- A directory holds everything that the database held at a moment.
-- $1 the directory's id, $2 its path, $3 on which host, $4 the moment
insert into example_bundle_sources (id, path, host, exported_at) values ($1, $2, $3, $4::timestamptz)
on conflict (id) do update set path = excluded.path, host = excluded.host, exported_at = excluded.exported_at;
